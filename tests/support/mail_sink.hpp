// MailSink: an SMTP server inside the test that keeps what it is given, sends nothing on, and fails
// when told to.
//
// Owns a listening socket on loopback and a thread for each connection. Speaks RFC 5321 as far as a
// client needs, with PIPELINING, 8BITMIME, SMTPUTF8, SIZE and ENHANCEDSTATUSCODES; STARTTLS, TLS
// and AUTH (PLAIN and LOGIN, password "secret"; XOAUTH2, token "valid-token") as its options say.
// It knows no mail: a message is bytes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/test_tls.hpp"

namespace postroom::test {

struct Received {
  std::string from;                     // the MAIL FROM path without brackets
  std::vector<std::string> recipients;  // those that were accepted
  std::string parameters;  // what followed the path of MAIL FROM, such as "BODY=8BITMIME SIZE=12"
  std::string user;        // who signed in, or empty
  bool tls = false;
  std::string raw;  // CRLF line ends, dots unstuffed
};

class MailSink {
 public:
  enum class Tls { none, starttls, implicit };
  struct Options {
    Tls tls = Tls::none;
    Certificate certificate;           // for starttls and implicit
    bool requires_sign_in = false;     // and so advertises AUTH
    std::vector<std::string> without;  // extensions not to advertise, such as "PIPELINING"
  };

  MailSink() : MailSink(Options{}) {}
  explicit MailSink(Options options);
  ~MailSink();
  MailSink(const MailSink&) = delete;
  MailSink& operator=(const MailSink&) = delete;

  std::uint16_t port() const noexcept { return port_; }

  std::vector<Received> messages() const;
  // Waits until there are so many. Throws std::runtime_error past the limit.
  std::vector<Received> wait_for(std::size_t count,
                                 std::chrono::milliseconds limit = std::chrono::seconds(20)) const;
  // Every command line of every connection in order of arrival; AUTH answers appear as "(sign-in)".
  std::vector<std::string> commands() const;
  int connections() const;
  void forget();  // messages, commands and failures

  // Failures. A reply is whole: "550 5.1.1 no such user".
  void refuse_recipient(std::string address, std::string reply);
  // The next commands with this verb (EHLO, MAIL, RCPT, DATA, AUTH, STARTTLS, or "." for the end of
  // the message) are answered so, and have no effect. A reply that starts with 421 also closes.
  void answer(std::string verb, std::string reply, int times = 1);
  // Takes the message, keeps it, and closes without the 250: the client cannot know.
  void drop_after_dot(int times = 1);
  // Does not answer this verb until release(), or until the client goes.
  void hold(std::string verb);
  void release();

 private:
  class Conversation;
  struct Planned {
    std::string reply;
    int times = 0;
  };

  void accept_all();
  std::string planned_reply(const std::string& verb);  // empty: as usual
  void record(std::string command);
  void keep(Received message);

  Options options_;
  int listener_ = -1;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<Received> messages_;
  std::vector<std::string> commands_;
  std::map<std::string, std::string, std::less<>> refused_;
  std::map<std::string, Planned, std::less<>> planned_;
  std::string held_;   // a verb
  int released_ = -1;  // an eventfd; readable once it is answered
  int drops_ = 0;
  int connections_ = 0;
  bool stopping_ = false;
  std::list<int> open_;  // descriptors, to cut at the end
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace postroom::test
