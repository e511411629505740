// From what a connect step says to whole endpoints: port by TLS mode, TLS mode by port, host by
// provider.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.hpp"

namespace postroom::account {

enum class Service { imap, smtp };

struct EndpointFields {
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  std::optional<Tls> tls;
};

// `user` is the user name, for the provider table; may be empty. Throws Error{config,
// "connect.no_host"} naming the field when no host is given and the domain is not in the table.
Endpoint complete(Service service, const EndpointFields& fields, std::string_view user);

}  // namespace postroom::account
