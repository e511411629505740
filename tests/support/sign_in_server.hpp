// Mail servers that can do no more than sign somebody in, over TLS, with GNU SASL's own server
// behind them: what our client must agree with. And the man in the middle who relays to one.
//
//   auto notes = std::make_shared<SignInNotes>();
//   TestServer server(sign_in_server({.protocol = MailProtocol::imap, .notes = notes}),
//                     ca.issue({}));
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/test_tls.hpp"

namespace postroom::test {

enum class MailProtocol { imap, smtp };

// What the server was asked for, in order: "SCRAM-SHA-256 y", with the flag of the SCRAM message.
class SignInNotes {
 public:
  void add(std::string note);
  std::vector<std::string> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> notes_;
};

struct SignInServer {
  MailProtocol protocol = MailProtocol::imap;
  std::string offers = "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN";
  std::string unknown = {};  // words: offered, and then not known (BAD, 504)
  std::string username = "user";
  std::string password = "pencil";
  // Knows its own binding; without it -PLUS fails and the flag "y" is believed.
  bool binds = true;
  // A refusal begins with SCRAM's "e=" where the server can tell why.
  bool says_why = false;
  // The signature in SCRAM's last message is not the right one.
  bool lies = false;
  enum class Tls { newest, old, old_without_extended_secret } tls = Tls::newest;
  std::shared_ptr<SignInNotes> notes = std::make_shared<SignInNotes>();
};

// user "user", password "pencil".
Behaviour sign_in_server(SignInServer server);

// Ends the client's TLS, opens its own to `port` and hands every line on, both ways. `strip`: a
// word that is taken out of what the server says.
Behaviour relay_sign_in(MailProtocol protocol, std::uint16_t port, std::string strip = {});

}  // namespace postroom::test
