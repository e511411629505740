// MailServer: a real Dovecot for one test program, private, without rights, on loopback.
//
// Owns the server and its mail; both are gone when the object is, also when the test is killed.
// Every user name exists with the password "secret" (PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1,
// SCRAM-SHA-256; XOAUTH2 and OAUTHBEARER take the token "valid-token"). A new user has INBOX, Sent
// and Trash. What is submitted ends in sink(). A start costs about 0.2 s: use shared() and a user
// name per test, or one of your own where a test changes the server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/blocking_socket.hpp"
#include "tests/support/mail_sink.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace postroom::test {

// A conversation in bare IMAP, for setting up and for looking afterwards what a client really did.
class RawImap {
 public:
  RawImap(std::uint16_t port, std::string_view user);

  // The untagged lines, literals inlined. Throws std::runtime_error unless the command ends in OK.
  std::vector<std::string> command(std::string_view text);
  // The whole answer: untagged lines, then the tagged one.
  std::vector<std::string> exchange(std::string_view text);
  // APPEND (RFC 3501 6.3.11); creates the folder where it is missing. Returns the UID.
  std::uint32_t append(std::string_view folder, std::string_view message, std::string_view flags,
                       std::string_view internal_date);

 private:
  std::string next_tag();
  std::vector<std::string> read_answer(const std::string& tag);
  std::string read_with_literals();

  BlockingSocket socket_;
  int tags_ = 0;
};

class MailServer {
 public:
  struct Options {
    std::vector<std::string>
        without;  // capabilities not to advertise, such as "MOVE", "UIDPLUS", "LITERAL+"
    std::vector<std::string> settings;  // more lines of Dovecot configuration
  };

  MailServer() : MailServer(Options{}) {}
  explicit MailServer(Options options);
  ~MailServer();
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  // One for the whole test program.
  static MailServer& shared();

  static constexpr std::string_view host = "127.0.0.1";
  static constexpr std::string_view password = "secret";
  static constexpr std::string_view token = "valid-token";
  std::uint16_t imap_port() const { return port("IMAP_PORT"); }    // plain, STARTTLS
  std::uint16_t imaps_port() const { return port("IMAPS_PORT"); }  // TLS from the first byte
  std::uint16_t pop3_port() const { return port("POP3_PORT"); }
  std::uint16_t pop3s_port() const { return port("POP3S_PORT"); }
  std::uint16_t submission_port() const { return port("SUBMISSION_PORT"); }    // plain, STARTTLS
  std::uint16_t submissions_port() const { return port("SUBMISSIONS_PORT"); }  // TLS
  std::filesystem::path authority() const { return folder_ / "ca.pem"; }       // to trust

  // Puts a message into a folder and returns its UID. Line ends may be LF. `folder` is the name on
  // the wire (modified UTF-7); `flags` such as "\\Seen \\Flagged"; `internal_date` as IMAP spells
  // it, empty for now.
  std::uint32_t deliver(std::string_view user, std::string_view folder, std::string_view message,
                        std::string_view flags = {}, std::string_view internal_date = {});

  // How many messages a folder holds; throws std::runtime_error if there is no such folder.
  std::uint32_t count(std::string_view user, std::string_view folder);

  RawImap raw_imap(std::string_view user) { return RawImap(imap_port(), user); }

  // Cuts every connection and comes back on the same ports with the same mail.
  void restart();

  // What submission handed on.
  MailSink& sink() noexcept { return sink_; }

  // Everything Dovecot wrote, for a failing test's message.
  std::string log() const;

 private:
  std::uint16_t port(const std::string& name) const;
  std::string run(std::vector<std::string> arguments);

  MailSink sink_;
  TempDir folder_;
  std::unique_ptr<Process> guard_;
  std::map<std::string, std::string> settings_;
  std::map<std::string, std::unique_ptr<RawImap>, std::less<>>
      deliveries_;  // one open conversation a user
};

}  // namespace postroom::test
