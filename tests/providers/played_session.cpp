#include "tests/providers/played_session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/task_group.hpp"
#include "tests/providers/query_terms.hpp"

namespace postroom::test {
namespace {

class PlainSecrets final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource& source, std::string_view) const override {
    return std::get<vault::InsecureString>(source.from).text;
  }
};

// One server that is there once.
class OneConnection final : public net::Connector {
 public:
  explicit OneConnection(std::shared_ptr<ScriptedPeer> peer) : peer_(std::move(peer)) {}
  net::Task<std::unique_ptr<net::Stream>> open(const net::Target& target) override {
    co_await net::yield_turn();
    if (!peer_) {
      throw base::Error(base::ErrorKind::config, "test.no_more_connections",
                        "the test has one connection only", "none");
    }
    std::shared_ptr<ScriptedPeer> peer = std::move(peer_);
    peer->options().loopback = net::is_loopback(target.host);
    co_return peer->open();
  }

 private:
  std::shared_ptr<ScriptedPeer> peer_;
};

class Collected final : public base::ByteSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  std::string first_line() const {
    return fmt::format("{} bytes: {}", text.size(), text.substr(0, text.find("\r\n")));
  }
  std::string text;
};

class Session {
 public:
  Session(const ProviderScript& script, const stores::ConnectContext& context)
      : store_(net::run(stores::open_store(script.account, context))) {}

  void step(std::string_view text) {
    const std::vector<std::string_view> words = base::split(text, ' ');
    const std::string_view verb = words[0];
    // Paths may hold blanks: the rest of the line.
    auto rest = [&](std::size_t from) {
      std::string joined;
      for (std::size_t i = from; i < words.size(); ++i)
        joined += (joined.empty() ? "" : " ") + std::string(words[i]);
      return joined;
    };
    if (verb == "folders") return list();
    if (verb == "open") return open(rest(1));
    if (verb == "find") return find(words);
    if (verb == "raw") return raw(words.at(1));
    if (verb == "part") return part(words.at(1), words.at(2));
    if (verb == "create") return see(net::run(store_->create(rest(1))) ? "made" : "was there");
    if (verb == "append") return append(rest(1));
    see(outcomes(verb, keys(words.at(1)), rest(2)));
  }

  void close() { net::run(store_->close()); }
  std::vector<std::string> seen;

 private:
  void see(std::string line) { seen.push_back(std::move(line)); }
  void see(const std::vector<std::string>& lines) {
    seen.insert(seen.end(), lines.begin(), lines.end());
  }

  void list() {
    for (const mailbox::FolderInfo& folder : net::run(store_->folders())) {
      const std::string role =
          folder.role ? " " + std::string(mailbox::to_string(*folder.role)) : std::string();
      see(folder.path + role + (folder.selectable ? "" : " not selectable"));
    }
  }

  void open(std::string path) {
    mailbox::Access access = mailbox::Access::read_write;
    if (path.ends_with(" read_only")) {
      path.resize(path.size() - 10);
      access = mailbox::Access::read_only;
    }
    folder_ = net::run(store_->open(path, access));
    see("opened " + folder_->path());
  }

  void find(const std::vector<std::string_view>& words) {
    const FindTerms terms = find_terms(words);
    auto cursor = net::run(folder_->find(terms.query, terms.want, terms.order));
    found_.clear();
    while (auto* page = net::run(cursor->next_page())) {
      for (mailbox::Message& message : *page) {
        see(line_of(message, terms.want));
        found_.push_back(std::move(message));
      }
    }
    see(fmt::format("{} found", found_.size()));
  }

  static std::string uid_of(const mailbox::MessageKey& key) {
    return key.text.substr(key.text.rfind(':') + 1);
  }

  mailbox::MessageKey key_of(std::string_view uid) const {
    for (const mailbox::Message& message : found_) {
      if (uid_of(message.key) == uid) return message.key;
    }
    throw std::invalid_argument("not found before: " + std::string(uid));
  }
  mailbox::MessageSet keys(std::string_view list) const {
    mailbox::MessageSet set;
    for (std::string_view uid : base::split(list, ',')) set.push_back(key_of(uid));
    return set;
  }

  static std::string line_of(const mailbox::Message& message, const mailbox::Want& want) {
    std::string line = uid_of(message.key);
    if (want.size) line += fmt::format(" size={}", message.size);
    if (want.flags) line += message.flags.seen ? " seen" : " unseen";
    if (want.envelope) line += " \"" + message.envelope.subject + "\"";
    for (const mime::Attachment& attachment : message.attachments) {
      if (want.structure) line += " [" + attachment.name + "]";
    }
    if (want.text)
      line += " text: " + std::string(base::trim(message.text.substr(0, message.text.find('\n'))));
    for (const std::string& warning : message.warnings) line += " (" + warning + ")";
    return line;
  }

  void raw(std::string_view uid) {
    Collected sink;
    net::run(folder_->raw(key_of(uid), sink));
    see(sink.first_line());
  }

  void part(std::string_view uid, std::string_view id) {
    const mailbox::MessageKey key = key_of(uid);
    for (const mailbox::Message& message : found_) {
      if (message.key != key || !message.structure) continue;
      const mime::Part* found = find_part(*message.structure, id);
      if (found == nullptr) throw std::invalid_argument("no part " + std::string(id));
      Collected sink;
      net::run(folder_->part(key, *found, sink));
      return see(sink.first_line());
    }
    throw std::invalid_argument("no structure of " + std::string(uid));
  }

  static const mime::Part* find_part(const mime::Part& part, std::string_view id) {
    if (part.id == id) return &part;
    for (const mime::Part& child : part.children) {
      if (const mime::Part* found = find_part(child, id)) return found;
    }
    return nullptr;
  }

  void append(const std::string& subject) {
    base::StringSource source("Subject: " + subject + "\r\n\r\nBody\r\n");
    const auto key = net::run(folder_->appending()->append(source, {}, std::nullopt));
    see(key ? "stored as " + uid_of(*key) : "stored");
  }

  std::vector<std::string> outcomes(std::string_view verb, mailbox::MessageSet set,
                                    std::string target) {
    std::vector<mailbox::Outcome> results;
    if (verb == "move")
      results = net::run(folder_->moving()->move(std::move(set), target));
    else if (verb == "copy")
      results = net::run(folder_->moving()->copy(std::move(set), target));
    else if (verb == "trash")
      results = net::run(folder_->remove(std::move(set), mailbox::Removal::trash));
    else if (verb == "remove")
      results = net::run(folder_->remove(std::move(set), mailbox::Removal::permanent));
    else if (verb == "read")
      results = net::run(folder_->flagging()->set_flag(std::move(set), mailbox::Flag::seen, true));
    else
      throw std::invalid_argument("no such step: " + std::string(verb));
    std::vector<std::string> lines;
    for (const mailbox::Outcome& outcome : results) {
      std::string line = uid_of(outcome.key);
      if (outcome.error)
        line += " error " + outcome.error->code();
      else if (outcome.new_key)
        line += " -> " + uid_of(*outcome.new_key);
      else
        line += " done";
      if (!outcome.note.empty()) line += " (" + outcome.note + ")";
      lines.push_back(std::move(line));
    }
    return lines;
  }

  std::unique_ptr<mailbox::Store> store_;
  std::unique_ptr<mailbox::Folder> folder_;
  std::vector<mailbox::Message> found_;
};

std::string line_of_error(const base::Error& error) {
  std::string line = fmt::format("error {} {}", base::to_string(error.kind()), error.code());
  if (error.retry_after()) line += fmt::format(" retry after {} ms", error.retry_after()->count());
  return line;
}

}  // namespace

Played play(const ProviderScript& script, const std::shared_ptr<ScriptedPeer>& peer) {
  ProviderScript mine = script;
  mine.account.auth.username = {vault::InsecureString{base::Secret(script.user)}, "test"};
  mine.account.auth.password = {vault::InsecureString{base::Secret(script.password)}, "test"};
  PlainSecrets secrets;
  OneConnection connector(peer);
  const stores::ConnectContext context{secrets, base::system_clock(), connector};
  Played played;
  std::unique_ptr<Session> session;
  try {
    session = std::make_unique<Session>(mine, context);
    for (const std::string& step : script.steps) session->step(step);
  } catch (const base::Error& error) {
    played.error = error;
  }
  if (session) {
    session->close();
    played.seen = std::move(session->seen);
  }
  if (played.error) played.seen.push_back(line_of_error(*played.error));
  return played;
}

}  // namespace postroom::test
