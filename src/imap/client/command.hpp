// Command: the caller's handle on an exchange. Starting a command does no I/O; waiting for any
// command writes all that was started and reads until its own reply is in. Dropping a handle
// withdraws what was not sent yet.
#pragma once

#include <memory>
#include <utility>

#include "imap/client/client.hpp"
#include "imap/client/exchange.hpp"

namespace postroom::imap {

template <class E>
class [[nodiscard]] Command {
 public:
  Command(Client& client, std::shared_ptr<E> exchange)
      : client_(&client), exchange_(std::move(exchange)) {}
  Command(Command&&) noexcept = default;
  Command& operator=(Command&& other) noexcept {
    if (exchange_) exchange_->abandon();
    client_ = other.client_;
    exchange_ = std::move(other.exchange_);
    return *this;
  }
  ~Command() {
    if (exchange_) exchange_->abandon();
  }

  // Once. Throws the refusal (session_usable) or what broke the connection. The handle outlives the
  // call.
  base::Task<typename E::Result> result() {
    co_await client_->wait_for(exchange_);
    co_return exchange_->take_result();
  }

 private:
  Client* client_;
  std::shared_ptr<E> exchange_;
};

}  // namespace postroom::imap
