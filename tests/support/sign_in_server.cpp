#include "tests/support/sign_in_server.hpp"

#include <sstream>
#include <stdexcept>

#include <gsasl.h>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace postroom::test {
namespace {

// One attempt, checked by the library.
class LibrarySession {
 public:
  LibrarySession(const std::string& mechanism, const SignInServer& server,
                 const std::string& binding) {
    if (gsasl_init(&context_) != GSASL_OK) throw std::runtime_error("gsasl_init");
    gsasl_callback_set(context_, [](Gsasl*, Gsasl_session* session, Gsasl_property property) {
      if (property != GSASL_VALIDATE_SIMPLE) return static_cast<int>(GSASL_NO_CALLBACK);
      const auto& wanted = *static_cast<const SignInServer*>(gsasl_session_hook_get(session));
      const char* user = gsasl_property_fast(session, GSASL_AUTHID);
      const char* password = gsasl_property_fast(session, GSASL_PASSWORD);
      const bool is_right =
          user && password && wanted.username == user && wanted.password == password;
      return static_cast<int>(is_right ? GSASL_OK : GSASL_AUTHENTICATION_ERROR);
    });
    is_known_ = gsasl_server_start(context_, mechanism.c_str(), &session_) == GSASL_OK;
    if (!is_known_) return;
    gsasl_session_hook_set(session_, const_cast<SignInServer*>(&server));
    if (mechanism.starts_with("SCRAM"))
      gsasl_property_set(session_, GSASL_PASSWORD, server.password.c_str());
    if (server.binds)
      gsasl_property_set(session_, GSASL_CB_TLS_EXPORTER, base::to_base64(binding).c_str());
  }
  ~LibrarySession() {
    if (is_known_) gsasl_finish(session_);
    gsasl_done(context_);
  }
  LibrarySession(const LibrarySession&) = delete;
  LibrarySession& operator=(const LibrarySession&) = delete;

  bool is_known() const { return is_known_; }
  int result() const { return result_; }
  std::string step(const std::string& response) {
    char* output = nullptr;
    size_t length = 0;
    result_ = gsasl_step(session_, response.data(), response.size(), &output, &length);
    std::string text(output ? output : "", output ? length : 0);
    gsasl_free(output);
    return text;
  }

 private:
  Gsasl* context_ = nullptr;
  Gsasl_session* session_ = nullptr;
  bool is_known_ = false;
  int result_ = GSASL_OK;
};

// Why, as far as a server can see it in SCRAM's messages.
std::string reason_of(const std::string& first, const std::string& last,
                      const std::string& binding) {
  if (first.starts_with("y,")) return "server-does-support-channel-binding";
  if (!first.starts_with("p=")) return "invalid-proof";
  const std::string header = first.substr(0, first.find(',', first.find(',') + 1) + 1);
  const auto end = last.find(',');
  const bool is_ours =
      last.starts_with("c=") && last.substr(2, end - 2) == base::to_base64(header + binding);
  return is_ours ? "invalid-proof" : "channel-bindings-dont-match";
}

class Conversation {
 public:
  Conversation(TestPeer& peer, const SignInServer& server) : peer_(peer), server_(server) {}

  void run() {
    const bool is_imap = server_.protocol == MailProtocol::imap;
    if (is_imap) {
      std::string words;
      for (std::string_view name : base::split(server_.offers, ' '))
        words += " AUTH=" + std::string(name);
      peer_.send("* OK [CAPABILITY IMAP4rev1 SASL-IR" + words + "] ready\r\n");
    } else {
      peer_.send("220 ready\r\n");
    }
    for (std::string line = peer_.receive_line(); !line.empty(); line = peer_.receive_line()) {
      std::istringstream words(line);
      if (is_imap) words >> tag_;
      std::string command, mechanism, initial;
      words >> command >> mechanism >> initial;
      if (command == "AUTHENTICATE" || command == "AUTH") {
        authenticate(mechanism, initial);
      } else if (command == "LOGIN") {
        const bool is_right =
            mechanism.contains(server_.username) && initial.contains(server_.password);
        server_.notes->add("LOGIN command");
        end(is_right ? "OK" : "NO", is_right ? "235 welcome" : "535 5.7.8 no");
      } else if (command == "EHLO") {
        peer_.send("250-here\r\n250 AUTH " + server_.offers + "\r\n");
      } else if (command == "QUIT") {
        peer_.send("221 bye\r\n");
      } else {
        end("BAD", "502 no");
      }
    }
  }

 private:
  bool is_imap() const { return server_.protocol == MailProtocol::imap; }
  void end(const std::string& imap, const std::string& smtp) {
    peer_.send(is_imap() ? tag_ + " " + imap + " so it is\r\n" : smtp + "\r\n");
  }
  std::string ask(const std::string& challenge) {
    peer_.send((is_imap() ? "+ " : "334 ") + base::to_base64(challenge) + "\r\n");
    return base::from_base64(peer_.receive_line()).value_or("not base64");
  }

  void authenticate(const std::string& mechanism, const std::string& initial) {
    const bool is_unknown = (" " + server_.unknown + " ").contains(" " + mechanism + " ");
    LibrarySession session(mechanism, server_, peer_.channel_binding());
    if (is_unknown || !session.is_known()) {
      server_.notes->add(mechanism + " unknown");
      return end("BAD", "504 5.5.4 unknown");
    }
    std::string response = initial.empty() || initial == "="
                               ? std::string()
                               : base::from_base64(initial).value_or("not base64");
    if (initial.empty() && mechanism != "LOGIN") response = ask("");
    const std::string first = response;
    server_.notes->add(mechanism.starts_with("SCRAM") ? mechanism + " " + first.substr(0, 1)
                                                      : mechanism);
    std::string challenge = session.step(response);
    while (session.result() == GSASL_NEEDS_MORE) {
      response = ask(challenge);
      challenge = session.step(response);
    }
    if (session.result() != GSASL_OK) {
      if (server_.says_why) ask("e=" + reason_of(first, response, peer_.channel_binding()));
      return end("NO", "535 5.7.8 no");
    }
    if (server_.lies && challenge.size() > 4) challenge[4] = challenge[4] == 'A' ? 'B' : 'A';
    if (!challenge.empty()) ask(challenge);
    end("OK", "235 2.7.0 welcome");
  }

  TestPeer& peer_;
  const SignInServer& server_;
  std::string tag_;
};

void hand_on(TestPeer& from, TestPeer& to, bool is_smtp, const std::string& strip) {
  while (true) {
    std::string line = from.receive_line();
    const bool is_last = line.empty() || !is_smtp || line.size() < 4 || line[3] == ' ';
    for (auto at = line.find(strip); !strip.empty() && at != std::string::npos;
         at = line.find(strip)) {
      line.erase(at, strip.size());
    }
    to.send(line + "\r\n");
    if (is_last) return;
  }
}

}  // namespace

void SignInNotes::add(std::string note) {
  std::lock_guard lock(mutex_);
  notes_.push_back(std::move(note));
}

std::vector<std::string> SignInNotes::all() const {
  std::lock_guard lock(mutex_);
  return notes_;
}

Behaviour sign_in_server(SignInServer server) {
  return [server = std::move(server)](TestPeer& peer) {
    using Tls = SignInServer::Tls;
    using Secret = TestPeer::MasterSecret;
    const bool is_up = server.tls == Tls::newest ? peer.start_tls()
                       : server.tls == Tls::old  ? peer.start_tls_1_2(Secret::extended)
                                                 : peer.start_tls_1_2(Secret::plain);
    if (is_up) Conversation(peer, server).run();
  };
}

Behaviour relay_sign_in(MailProtocol protocol, std::uint16_t port, std::string strip) {
  return [protocol, port, strip = std::move(strip)](TestPeer& client) {
    if (!client.start_tls()) return;
    auto server = connect_tls(port);
    const bool is_smtp = protocol == MailProtocol::smtp;
    hand_on(*server, client, is_smtp, strip);
    // A command is one write; the empty line that ends SCRAM is one, too.
    for (std::string said = client.receive(); !said.empty(); said = client.receive()) {
      server->send(said);
      hand_on(*server, client, is_smtp, strip);
    }
  };
}

}  // namespace postroom::test
