#include "tests/support/mail_sink.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base64.hpp"

namespace postroom::test {
namespace {

struct Context {
  explicit Context(const Certificate& certificate) : tls(::SSL_CTX_new(::TLS_server_method())) {
    const auto load = [](const std::string& pem, auto read) {
      std::unique_ptr<BIO, decltype(&::BIO_free)> bio(
          ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &::BIO_free);
      return read(bio.get(), nullptr, nullptr, nullptr);
    };
    X509* own = load(certificate.certificate_pem, &::PEM_read_bio_X509);
    EVP_PKEY* key = load(certificate.key_pem, &::PEM_read_bio_PrivateKey);
    ::SSL_CTX_use_certificate(tls, own);
    ::SSL_CTX_use_PrivateKey(tls, key);
    ::X509_free(own);
    ::EVP_PKEY_free(key);
  }
  ~Context() { ::SSL_CTX_free(tls); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  SSL_CTX* tls;
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// "FROM:<a@b> SIZE=1" -> "a@b" and "SIZE=1".
std::pair<std::string, std::string> path_and_parameters(std::string_view text) {
  const auto open = text.find('<');
  const auto close = text.find('>', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  auto rest = text.substr(close + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return {std::string(text.substr(open + 1, close - open - 1)), std::string(rest)};
}

}  // namespace

class MailSink::Conversation {
 public:
  Conversation(MailSink& sink, int descriptor) : sink_(sink), descriptor_(descriptor) {}
  ~Conversation() {
    if (tls_) ::SSL_free(tls_);
    ::shutdown(descriptor_, SHUT_RDWR);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void run() {
    if (sink_.options_.tls == Tls::implicit && !start_tls()) return;
    say("220 sink.test ESMTP");
    std::string line;
    while (!closed_ && read_line(line)) answer_line(line);
  }

 private:
  void answer_line(const std::string& line) {
    const auto verb = upper(line.substr(0, line.find(' ')));
    const auto rest = line.size() > verb.size() ? line.substr(verb.size() + 1) : std::string();
    sink_.record(verb == "AUTH" ? "AUTH " + rest.substr(0, rest.find(' ')) : line);
    if (!pause(verb)) return;
    if (const auto planned = sink_.planned_reply(verb); !planned.empty()) {
      say(planned);
      closed_ = planned.starts_with("421");
    } else if (verb == "EHLO") {
      say(capabilities());
    } else if (verb == "STARTTLS") {
      say("220 2.0.0 go on");
      buffer_.clear();  // what a client pipelined behind STARTTLS is void (RFC 3207 6)
      closed_ = !start_tls();
      envelope_ = {};
    } else if (verb == "AUTH") {
      sign_in(rest);
    } else if (verb == "MAIL") {
      mail_from(rest);
    } else if (verb == "RCPT") {
      recipient(rest);
    } else if (verb == "DATA") {
      data();
    } else if (verb == "RSET" || verb == "NOOP" || verb == "HELO") {
      if (verb != "NOOP") envelope_ = {};
      say("250 2.0.0 ok");
    } else if (verb == "QUIT") {
      say("221 2.0.0 bye");
      closed_ = true;
    } else {
      say("500 5.5.1 unknown command");
    }
  }

  std::string capabilities() {
    std::vector<std::string> offered{"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES",
                                     "SIZE 52428800"};
    if (sink_.options_.tls == Tls::starttls && !tls_) offered.emplace_back("STARTTLS");
    if (sink_.options_.requires_sign_in) offered.emplace_back("AUTH PLAIN LOGIN XOAUTH2");
    std::erase_if(offered, [&](const std::string& name) {
      return std::ranges::find(sink_.options_.without, name.substr(0, name.find(' '))) !=
             sink_.options_.without.end();
    });
    std::string reply = offered.empty() ? "250 sink.test" : "250-sink.test";
    for (std::size_t i = 0; i < offered.size(); ++i)
      reply += "\r\n250" + std::string(i + 1 < offered.size() ? "-" : " ") + offered[i];
    return reply;
  }

  // A challenge and the client's answer to it, decoded.
  std::string ask(std::string_view challenge) {
    say("334 " + base::to_base64(challenge));
    std::string line;
    if (!read_line(line)) return {};
    sink_.record("(sign-in)");
    return base::from_base64(line).value_or("");
  }

  void sign_in(const std::string& words) {
    const auto mechanism = upper(words.substr(0, words.find(' ')));
    const auto initial =
        words.find(' ') == std::string::npos ? std::string() : words.substr(words.find(' ') + 1);
    std::string name;
    bool known = false;
    if (mechanism == "LOGIN") {
      name = ask("Username:");
      known = ask("Password:") == "secret";
    } else {
      const auto response = initial.empty() ? ask("") : base::from_base64(initial).value_or("");
      if (mechanism == "PLAIN") {
        const auto first = response.find('\0');
        const auto second = response.find('\0', first == std::string::npos ? first : first + 1);
        known = second != std::string::npos && response.substr(second + 1) == "secret";
        if (known) name = response.substr(first + 1, second - first - 1);
      } else {
        known = response.starts_with("user=") && response.contains("\1auth=Bearer valid-token\1\1");
        if (known) name = response.substr(5, response.find('\1') - 5);
        if (!known) ask(R"({"status":"401"})");  // XOAUTH2 wants its error read and answered
      }
    }
    user_ = known ? name : "";
    say(known ? "235 2.7.0 signed in" : "535 5.7.8 sign-in refused");
  }

  void mail_from(std::string_view rest) {
    if (sink_.options_.requires_sign_in && user_.empty()) return say("530 5.7.0 sign in first");
    envelope_ = {};
    std::tie(envelope_.from, envelope_.parameters) = path_and_parameters(rest);
    sender_given_ = true;
    say("250 2.1.0 ok");
  }

  void recipient(std::string_view rest) {
    if (!sender_given_) return say("503 5.5.1 MAIL first");
    const auto address = path_and_parameters(rest).first;
    {
      std::lock_guard lock(sink_.mutex_);
      if (const auto refused = sink_.refused_.find(address); refused != sink_.refused_.end())
        return say(refused->second);
    }
    envelope_.recipients.push_back(address);
    say("250 2.1.5 ok");
  }

  void data() {
    if (envelope_.recipients.empty()) return say("554 5.5.1 no valid recipients");
    say("354 go on");
    std::string line;
    for (;;) {
      if (!read_line(line)) return;
      if (line == ".") break;
      envelope_.raw += (line.starts_with(".") ? line.substr(1) : line) + "\r\n";
    }
    if (!pause(".")) return;
    if (const auto planned = sink_.planned_reply("."); !planned.empty()) {
      closed_ = planned.starts_with("421");
      return say(planned);
    }
    envelope_.user = user_;
    envelope_.tls = tls_ != nullptr;
    sink_.keep(std::exchange(envelope_, {}));
    sender_given_ = false;
    {
      std::lock_guard lock(sink_.mutex_);
      if (sink_.drops_ > 0) {
        --sink_.drops_;
        closed_ = true;
        return;
      }
    }
    say("250 2.0.0 kept");
  }

  // False if the client went meanwhile.
  bool pause(const std::string& verb) {
    {
      std::lock_guard lock(sink_.mutex_);
      if (sink_.held_ != verb) return true;
    }
    std::array<pollfd, 2> events{{{descriptor_, POLLRDHUP, 0}, {sink_.released_, POLLIN, 0}}};
    ::poll(events.data(), events.size(), -1);
    closed_ = events[0].revents != 0;
    return !closed_;
  }

  bool start_tls() {
    const Context context(sink_.options_.certificate);
    tls_ = ::SSL_new(context.tls);
    ::SSL_set_fd(tls_, descriptor_);
    return ::SSL_accept(tls_) == 1;
  }

  void say(const std::string& reply) {
    const auto text = reply + "\r\n";
    if (tls_) {
      ::SSL_write(tls_, text.data(), static_cast<int>(text.size()));
    } else {
      ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    }
  }

  bool read_line(std::string& line) {
    for (;;) {
      if (const auto end = buffer_.find("\r\n", searched_); end != std::string::npos) {
        line = buffer_.substr(start_, end - start_);
        start_ = searched_ = end + 2;
        return true;
      }
      buffer_.erase(0, start_);
      start_ = 0;
      searched_ = buffer_.empty() ? 0 : buffer_.size() - 1;
      std::array<char, 65536> bytes;
      const auto count = tls_
                             ? ::SSL_read(tls_, bytes.data(), static_cast<int>(bytes.size()))
                             : static_cast<int>(::recv(descriptor_, bytes.data(), bytes.size(), 0));
      if (count <= 0) return false;
      buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }

  MailSink& sink_;
  int descriptor_;
  SSL* tls_ = nullptr;
  std::string buffer_;
  std::size_t start_ = 0;     // of the next line
  std::size_t searched_ = 0;  // no line end before this
  Received envelope_;
  std::string user_;
  bool sender_given_ = false;
  bool closed_ = false;
};

MailSink::MailSink(Options options) : options_(std::move(options)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 128) != 0)
    throw std::runtime_error("MailSink cannot listen on loopback");
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  released_ = ::eventfd(0, EFD_CLOEXEC);
  acceptor_ = std::thread([this] { accept_all(); });
}

MailSink::~MailSink() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  ::close(released_);
}

void MailSink::accept_all() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    std::lock_guard lock(mutex_);
    if (stopping_) {
      if (descriptor >= 0) ::close(descriptor);
      return;
    }
    if (descriptor < 0) continue;
    ++connections_;
    open_.push_back(descriptor);
    threads_.emplace_back([this, descriptor] {
      Conversation(*this, descriptor).run();
      std::lock_guard closing(mutex_);
      open_.remove(descriptor);
      ::close(descriptor);
    });
  }
}

std::vector<Received> MailSink::messages() const {
  std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<Received> MailSink::wait_for(std::size_t count, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, limit, [&] { return messages_.size() >= count; }))
    throw std::runtime_error(std::to_string(messages_.size()) + " messages arrived, not " +
                             std::to_string(count));
  return messages_;
}

std::vector<std::string> MailSink::commands() const {
  std::lock_guard lock(mutex_);
  return commands_;
}

int MailSink::connections() const {
  std::lock_guard lock(mutex_);
  return connections_;
}

void MailSink::forget() {
  std::lock_guard lock(mutex_);
  messages_.clear();
  commands_.clear();
  refused_.clear();
  planned_.clear();
  held_.clear();
  drops_ = 0;
}

void MailSink::refuse_recipient(std::string address, std::string reply) {
  std::lock_guard lock(mutex_);
  refused_[std::move(address)] = std::move(reply);
}

void MailSink::answer(std::string verb, std::string reply, int times) {
  std::lock_guard lock(mutex_);
  planned_[std::move(verb)] = {std::move(reply), times};
}

void MailSink::drop_after_dot(int times) {
  std::lock_guard lock(mutex_);
  drops_ = times;
}

void MailSink::hold(std::string verb) {
  std::lock_guard lock(mutex_);
  held_ = std::move(verb);
}

void MailSink::release() {
  std::lock_guard lock(mutex_);
  held_.clear();
  ::eventfd_write(released_, 1);
}

std::string MailSink::planned_reply(const std::string& verb) {
  std::lock_guard lock(mutex_);
  const auto found = planned_.find(verb);
  if (found == planned_.end() || found->second.times-- <= 0) return {};
  return found->second.reply;
}

void MailSink::record(std::string command) {
  std::lock_guard lock(mutex_);
  commands_.push_back(std::move(command));
}

void MailSink::keep(Received message) {
  {
    std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  arrived_.notify_all();
}

}  // namespace postroom::test
