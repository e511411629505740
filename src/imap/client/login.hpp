// LOGIN (RFC 9051 section 6.2.3): the last resort, where the server offers no SASL mechanism that
// we can serve.
#pragma once

#include <string_view>

#include "base/secret.hpp"
#include "imap/client/command.hpp"

namespace postroom::imap {

class LoginExchange final : public Exchange {
 public:
  using Result = void;
  explicit LoginExchange(Client& client) : Exchange("LOGIN"), client_(client) {}
  bool take(const wire::Response& response) override;
  bool is_gate() const noexcept override { return true; }
  void take_result() const { throw_if_failed(); }

 protected:
  void accept(std::size_t part, const wire::Status& status) override;
  base::Error error_of(const wire::Status& status) const override;

 private:
  Client& client_;
  bool new_capabilities_ = false;
};

// Throws Error{tls, "tls.required"} on a stream that is not private, Error{auth,
// "auth.login_disabled"} where the server says LOGINDISABLED.
Command<LoginExchange> login(Client& client, std::string_view user, const base::Secret& password);

}  // namespace postroom::imap
