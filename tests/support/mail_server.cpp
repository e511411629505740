#include "tests/support/mail_server.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>

namespace postroom::test {
namespace {

// What Dovecot 2.3.19 advertises by itself: `imap_capability` can add to it or replace it, not take
// away.
constexpr std::string_view all_capabilities[] = {
    "IMAP4rev1",
    "SASL-IR",
    "LOGIN-REFERRALS",
    "ID",
    "ENABLE",
    "IDLE",
    "SORT",
    "SORT=DISPLAY",
    "THREAD=REFERENCES",
    "THREAD=REFS",
    "MULTIAPPEND",
    "THREAD=ORDEREDSUBJECT",
    "URL-PARTIAL",
    "CATENATE",
    "UNSELECT",
    "CHILDREN",
    "NAMESPACE",
    "UIDPLUS",
    "LIST-EXTENDED",
    "I18NLEVEL=1",
    "CONDSTORE",
    "QRESYNC",
    "ESEARCH",
    "ESORT",
    "SEARCHRES",
    "WITHIN",
    "CONTEXT=SEARCH",
    "LIST-STATUS",
    "BINARY",
    "MOVE",
    "SNIPPET=FUZZY",
    "PREVIEW=FUZZY",
    "PREVIEW",
    "STATUS=SIZE",
    "SAVEDATE",
    "LITERAL+",
    "NOTIFY",
    "SPECIAL-USE",
};

// The script that starts, restarts and stops; the demonstration runs the same one.
const std::string script = std::string(POSTROOM_SOURCE_DIR) + "/tests/servers/dovecot.sh";

std::string remaining_capabilities(const std::vector<std::string>& without) {
  std::string list;
  for (const auto capability : all_capabilities)
    if (std::ranges::find(without, capability) == without.end())
      list += (list.empty() ? "" : " ") + std::string(capability);
  return list;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 40);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::uint32_t number_after(std::string_view line, std::string_view mark) {
  const auto at = line.find(mark);
  std::uint32_t number = 0;
  if (at == std::string_view::npos) return 0;
  std::from_chars(line.data() + at + mark.size(), line.data() + line.size(), number);
  return number;
}

}  // namespace

RawImap::RawImap(std::uint16_t port, std::string_view user)
    : socket_(BlockingSocket::connect_loopback(port)) {
  socket_.read_line();
  command("LOGIN " + quoted(user) + " " + quoted(MailServer::password));
}

std::string RawImap::next_tag() { return "t" + std::to_string(++tags_); }

std::string RawImap::read_with_literals() {
  auto line = socket_.read_line();
  while (line.ends_with('}')) {
    const auto open = line.rfind('{');
    std::size_t size = 0;
    std::from_chars(line.data() + open + 1, line.data() + line.size() - 1, size);
    line += "\r\n" + socket_.read_exactly(size) + socket_.read_line();
  }
  return line;
}

std::vector<std::string> RawImap::read_answer(const std::string& tag) {
  std::vector<std::string> lines;
  do lines.push_back(read_with_literals());
  while (!lines.back().starts_with(tag + " "));
  return lines;
}

std::vector<std::string> RawImap::exchange(std::string_view text) {
  const auto tag = next_tag();
  socket_.write(tag + " " + std::string(text) + "\r\n");
  return read_answer(tag);
}

std::vector<std::string> RawImap::command(std::string_view text) {
  auto lines = exchange(text);
  const auto last = std::move(lines.back());
  lines.pop_back();
  if (!last.contains(" OK"))
    throw std::runtime_error(std::string(text) + ": the server answered " + last);
  return lines;
}

std::uint32_t RawImap::append(std::string_view folder, std::string_view message,
                              std::string_view flags, std::string_view internal_date) {
  std::string head = "APPEND " + quoted(folder) + " (" + std::string(flags) + ")";
  if (!internal_date.empty()) head += " " + quoted(internal_date);
  head += " {" + std::to_string(message.size()) + "}\r\n";
  for (const bool may_create : {true, false}) {
    const auto tag = next_tag();
    socket_.write(tag + " " + head);
    auto line = socket_.read_line();
    while (line.starts_with("* ")) line = socket_.read_line();
    if (line.starts_with("+")) {
      socket_.write(message);
      socket_.write("\r\n");
      line = read_answer(tag).back();
    }
    if (line.starts_with(tag + " OK"))
      return number_after(line.substr(line.find("APPENDUID") + 10), " ");
    if (!may_create || !line.contains("TRYCREATE"))
      throw std::runtime_error("APPEND to " + std::string(folder) + ": " + line);
    command("CREATE " + quoted(folder));
  }
  return 0;
}

MailServer::MailServer(Options options) {
  std::vector<std::string> arguments{"start", folder_.path(), "--relay",
                                     std::to_string(sink_.port())};
  if (!options.without.empty()) {
    arguments.emplace_back("--capabilities");
    arguments.push_back(remaining_capabilities(options.without));
  }
  for (auto& setting : options.settings) {
    arguments.emplace_back("--set");
    arguments.push_back(std::move(setting));
  }
  std::istringstream chosen(run(std::move(arguments)));
  for (std::string line; std::getline(chosen, line);)
    settings_[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  // A killed test runs no destructor: the guard sees its pipe close.
  guard_ = std::make_unique<Process>(
      Command{.arguments = {script, "guard", folder_.path()}, .input_stays_open = true});
}

MailServer::~MailServer() {
  deliveries_.clear();
  try {
    if (guard_) {
      guard_->close_input();
      guard_->wait(std::chrono::seconds(20));
    }
  } catch (const std::exception&) {
    // Nothing to add to a test that is over; the guard's own output says what went wrong.
  }
}

MailServer& MailServer::shared() {
  static MailServer server;
  return server;
}

std::string MailServer::run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), script);
  const auto done = run_process({.arguments = std::move(arguments)});
  if (done.exit_code != 0) throw std::runtime_error(done.errors);
  return done.output;
}

std::uint16_t MailServer::port(const std::string& name) const {
  return static_cast<std::uint16_t>(std::stoi(settings_.at(name)));
}

std::uint32_t MailServer::deliver(std::string_view user, std::string_view folder,
                                  std::string_view message, std::string_view flags,
                                  std::string_view internal_date) {
  auto conversation = deliveries_.find(user);
  if (conversation == deliveries_.end())
    conversation = deliveries_.emplace(user, std::make_unique<RawImap>(imap_port(), user)).first;
  return conversation->second->append(folder, with_crlf(message), flags, internal_date);
}

std::uint32_t MailServer::count(std::string_view user, std::string_view folder) {
  const auto lines = raw_imap(user).command("STATUS " + quoted(folder) + " (MESSAGES)");
  return number_after(lines.at(0), "MESSAGES ");
}

void MailServer::restart() {
  deliveries_.clear();
  run({"restart", folder_.path()});
}

std::string MailServer::log() const { return folder_.read("dovecot.log"); }

}  // namespace postroom::test
