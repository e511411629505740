// The mail servers of well-known providers, so that a flow need not name them.
// docs/reference/mail-servers.md is made from this table (./dev docs).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "account/account.hpp"

namespace postroom::account {

// What a provider takes as proof today.
enum class Proof { password, app_password, oauth };

struct Provider {
  std::string_view name;  // "gmail", as `auth.provider` writes it
  std::string_view label;
  std::vector<std::string_view> domains;  // of user names
  std::string_view imap_host;
  std::uint16_t imap_port;
  Tls imap_tls;
  std::string_view smtp_host;
  std::uint16_t smtp_port;
  Tls smtp_tls;
  Proof proof;
  std::string_view note;
  std::string_view way_in = {};    // what to do when a password is refused: a clause, with its page
  std::string_view web_mail = {};  // where its users sign in with a browser
  std::vector<std::string_view> other_hosts = {};  // more names of its IMAP and SMTP servers
};

std::span<const Provider> providers();

// The provider of an address by its domain ("john@gmail.com"), nothing when it is not in the table.
// Never asks the DNS.
const Provider* provider_of_address(std::string_view address);
// The provider that runs this server, by host name; the first in the table where two share one.
const Provider* provider_of_host(std::string_view host);

// The document: one table, a row each.
std::string providers_as_markdown();

}  // namespace postroom::account
