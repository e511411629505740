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

PatienceRules Session::rules() const {
  PatienceRules rules{.clock = context_.connect.clock,
                      .retry = context_.retry,
                      .pause = context_.pause,
                      .book = context_.pauses,
                      .zone = context_.zone,
                      .note = context_.note,
                      .wait = context_.wait};
  if (!rules.wait) rules.wait = &net::pause;
  return rules;
}

Task<void> Session::open() {
  patience_ = std::make_unique<Patience>(rules(), mailbox_identity());
  reading_.emplace(context_.connect);
  reading_->recovery = patience_.get();
  while (true) {
    std::optional<Error> failure;
    try {
      co_await patience_->before_connecting();
      store_ = co_await stores::open_store(account_, *reading_);
      co_return;
    } catch (const Error& error) {
      failure = error;
    }
    co_await patience_->wait_after(*failure);
  }
}

Patience& Session::sending() {
  if (sending_) return *sending_;
  PatienceRules sending = rules();
  // Submission servers ask again at once, and name no time: what helps is to go slower.
  sending.pause.unnamed = sending.retry.first_pause;
  sending_ = std::make_unique<Patience>(std::move(sending), "send:" + mailbox_identity());
  return *sending_;
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
