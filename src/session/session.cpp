#include "session/session.hpp"

#include <fmt/format.h>

#include "base/date.hpp"
#include "base/text.hpp"
#include "net/task_group.hpp"
#include "stores/open_transport.hpp"

namespace postroom::session {

using base::Error;
using base::ErrorKind;

Session::Session(account::Account account, const Context& context)
    : account_(std::move(account)), context_(context) {}

Session::~Session() = default;

Task<void> Session::open() {
  for (int next = 2;; ++next) {
    std::optional<std::chrono::milliseconds> pause;
    try {
      store_ = co_await stores::open_store(account_, context_.connect);
      co_return;
    } catch (const Error& error) {
      pause = pause_before(context_.retry, next, error);
      if (!pause) throw;
      context_.note(fmt::format("{}; trying again in {}", error.message(), base::to_words(*pause)));
    }
    co_await net::pause(*pause);
  }
}

mailbox::Store& Session::store() {
  if (!store_) {
    throw Error(ErrorKind::internal, "session.not_open",
                fmt::format("session {} is not open", account_.session));
  }
  return *store_;
}

bool Session::can_send() const noexcept { return account_.smtp.has_value(); }

mailbox::Transport& Session::transport() {
  if (!transport_) transport_ = stores::open_transport(account_, context_.connect);
  return *transport_;
}

std::string Session::user_name() const {
  if (!account_.auth.username) return {};
  base::Secret name = context_.connect.secrets.resolve(*account_.auth.username, "username");
  return std::string(name.reveal());
}

std::string Session::own_address() const {
  for (const std::string& candidate : {account_.from, account_.mailbox, user_name()}) {
    if (candidate.contains('@')) return candidate;
  }
  throw Error(ErrorKind::config, "session.no_address",
              fmt::format("session {} has no address to send from", account_.session),
              "add from: you@example.com to the connect step");
}

std::string Session::mailbox_identity() const {
  if (account_.kind == account::Kind::maildir)
    return "maildir:" + account_.path.lexically_normal().string();
  std::string who = account_.mailbox.empty() ? user_name() : account_.mailbox;
  return fmt::format("imap:{}@@{}", base::ascii_lower(who),
                     base::ascii_lower(account_.endpoint.host));
}

Task<void> Session::close() {
  if (transport_) co_await transport_->close();
  if (store_) co_await store_->close();
  transport_.reset();
  store_.reset();
}

}  // namespace postroom::session
