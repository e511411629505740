#include <fstream>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.hpp"
#include "imap/wire/imap_date.hpp"
#include "imap/wire/mailbox_name.hpp"
#include "mime/message.hpp"
#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "stores/imap_message.hpp"
#include "stores/maildir_name.hpp"
#include "stores/maildir_store.hpp"
#include "stores/memory_store.hpp"
#include "stores/open_store.hpp"
#include "tests/conformance/sample_mail.hpp"
#include "tests/conformance/world.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace postroom::test {
namespace {

namespace fs = std::filesystem;

class MemoryWorld final : public World {
 public:
  explicit MemoryWorld(std::string_view without = {}) {
    mailbox_.abilities = {.move = without != "move",
                          .flag = without != "flag",
                          .append = without != "append",
                          .create = without != "create"};
  }
  void deliver(const std::string& folder, const std::string& raw, const mailbox::Flags& flags,
               base::Instant received) override {
    const mime::Message message = mime::Message::parse(raw);
    mailbox_.add(folder, full_message(raw, flags, received), raw);
    auto& added = mailbox_.folder(folder).messages.back();
    add_parts(message, message.root(), added.parts);
  }
  Task<void> open() override {
    store_ = stores::open_memory_store(mailbox_);
    co_return;
  }

 private:
  static void add_parts(const mime::Message& message, const mime::Part& part,
                        std::map<std::string, std::string, std::less<>>& parts) {
    base::StringSink sink;
    message.write_part(part.id, sink);
    parts[part.id] = sink.text;
    for (const mime::Part& child : part.children) add_parts(message, child, parts);
  }

  stores::MemoryMailbox mailbox_;
};

class MaildirWorld final : public World {
 public:
  MaildirWorld() {
    for (const char* name : {"", ".Sent", ".Trash"}) {
      for (const char* part : {"cur", "new", "tmp"})
        fs::create_directories(directory_.path() / name / part);
    }
  }
  // As a delivery agent does, but without waiting for the disk.
  void deliver(const std::string& folder, const std::string& raw, const mailbox::Flags& flags,
               base::Instant received) override {
    const fs::path place =
        folder == "Inbox" ? directory_.path() : directory_.path() / ("." + folder);
    for (const char* part : {"cur", "new", "tmp"}) fs::create_directories(place / part);
    const stores::MaildirName name{std::to_string(++delivered_) + ".test",
                                   stores::letters_of(flags)};
    const fs::path file = place / "cur" / stores::format_maildir_name(name);
    std::ofstream(file, std::ios::binary) << raw;
    struct timespec times[2];
    times[0].tv_sec = times[1].tv_sec = received.time_since_epoch() / std::chrono::seconds(1);
    times[0].tv_nsec = times[1].tv_nsec = 0;
    ::utimensat(AT_FDCWD, file.c_str(), times, 0);
  }
  Task<void> open() override {
    store_ = stores::open_maildir(directory_.path());
    co_return;
  }

 private:
  TempDir directory_;
  int delivered_ = 0;
};

class NoSecrets final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource& source, std::string_view) const override {
    return std::get<vault::InsecureString>(source.from).text;
  }
};

vault::SecretSource plain(std::string_view text) {
  return {vault::InsecureString{base::Secret(text)}, "test"};
}

class DovecotWorld final : public World {
 public:
  explicit DovecotWorld(std::vector<std::string> without)
      : server_(server_without(without)),
        without_(std::move(without)),
        connector_(net::make_connector()) {
    static int users = 0;
    user_ = "user" + std::to_string(++users);
    account_.endpoint = {std::string(MailServer::host), server_.imap_port(), account::Tls::none};
    account_.auth.username = plain(user_);
    account_.auth.password = plain(MailServer::password);
    account_.timeout = std::chrono::seconds(20);
  }
  void deliver(const std::string& folder, const std::string& raw, const mailbox::Flags& flags,
               base::Instant received) override {
    std::string words;
    for (const std::string& word : stores::flag_words(flags))
      words += (words.empty() ? "" : " ") + word;
    std::string date = imap::format_date_time(received);
    std::erase(date, '"');
    server_.deliver(user_, imap::to_modified_utf7(folder == "Inbox" ? "INBOX" : folder), raw, words,
                    date);
  }
  Task<void> open() override {
    const stores::ConnectContext context{secrets_, base::system_clock(), *connector_};
    store_ = co_await stores::open_store(account_, context);
  }
  bool removes_one() const override { return !lacks("UIDPLUS"); }
  bool tells_new_keys() const override { return !lacks("UIDPLUS"); }

 private:
  bool lacks(std::string_view word) const {
    return std::find(without_.begin(), without_.end(), word) != without_.end();
  }
  // A start costs more than a test: one server for each set of abilities.
  static MailServer& server_without(const std::vector<std::string>& without) {
    static std::map<std::vector<std::string>, std::unique_ptr<MailServer>> servers;
    auto& server = servers[without];
    if (!server) server = std::make_unique<MailServer>(MailServer::Options{without, {}});
    return *server;
  }

  MailServer& server_;
  std::vector<std::string> without_;
  NoSecrets secrets_;
  std::unique_ptr<net::Connector> connector_;
  account::Account account_;
  std::string user_;
};

}  // namespace

std::unique_ptr<World> make_memory_world() { return std::make_unique<MemoryWorld>(); }
std::unique_ptr<World> make_memory_world_without(const std::string& ability) {
  return std::make_unique<MemoryWorld>(ability);
}
std::unique_ptr<World> make_maildir_world() { return std::make_unique<MaildirWorld>(); }
std::unique_ptr<World> make_dovecot_world(const std::vector<std::string>& without) {
  return std::make_unique<DovecotWorld>(without);
}

const std::vector<WorldKind>& world_kinds() {
  auto dovecot = [](std::vector<std::string> without) {
    return [without] { return make_dovecot_world(without); };
  };
  static const std::vector<WorldKind> kinds = {
      {"memory", make_memory_world},
      {"maildir", make_maildir_world},
      {"dovecot", dovecot({})},
      {"dovecot_without_move", dovecot({"MOVE"})},
      {"dovecot_without_uidplus", dovecot({"MOVE", "UIDPLUS"})},
      {"dovecot_without_esearch", dovecot({"ESEARCH", "SEARCHRES", "ESORT"})},
      {"dovecot_without_searchres", dovecot({"SEARCHRES"})},
      {"dovecot_without_literals", dovecot({"LITERAL+", "LITERAL-", "SASL-IR"})},
      {"dovecot_without_special_use", dovecot({"SPECIAL-USE", "NAMESPACE"})},
  };
  return kinds;
}

const std::vector<WorldKind>& reduced_kinds() {
  static const std::vector<WorldKind> kinds = [] {
    std::vector<WorldKind> made;
    for (const std::string ability : {"move", "flag", "append", "create"}) {
      made.push_back(
          {"memory_without_" + ability, [ability] { return make_memory_world_without(ability); }});
    }
    return made;
  }();
  return kinds;
}

}  // namespace postroom::test
