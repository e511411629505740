#include "account/provider_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace postroom::account {
namespace {

constexpr std::string_view microsoft_note =
    "Takes OAuth 2.0 only: a password is refused, app passwords too.";

const std::vector<Provider>& table() {
  static const std::vector<Provider> rows{
      {"microsoft365",
       "Microsoft 365, Exchange Online",
       {},
       "outlook.office365.com",
       993,
       Tls::implicit,
       "smtp.office365.com",
       587,
       Tls::starttls,
       Proof::oauth,
       microsoft_note},
      {"microsoft365_gcc_high",
       "Microsoft 365 US GCC High",
       {},
       "outlook.office365.us",
       993,
       Tls::implicit,
       "smtp.office365.us",
       587,
       Tls::starttls,
       Proof::oauth,
       microsoft_note},
      {"outlook.com",
       "Outlook.com, Hotmail, Live, MSN",
       {"outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.fr", "hotmail.fr", "live.fr",
        "outlook.de", "hotmail.de", "hotmail.co.uk"},
       "outlook.office365.com",
       993,
       Tls::implicit,
       "smtp-mail.outlook.com",
       587,
       Tls::starttls,
       Proof::oauth,
       "Takes OAuth 2.0 only. IMAP is off until it is switched on under Settings, Mail, Forwarding "
       "and IMAP."},
      {"gmail",
       "Gmail, Google Workspace",
       {"gmail.com", "googlemail.com"},
       "imap.gmail.com",
       993,
       Tls::implicit,
       "smtp.gmail.com",
       587,
       Tls::starttls,
       Proof::app_password,
       "Needs two-step verification and an app password (myaccount.google.com/apppasswords). 15 "
       "connections at a time."},
      {"yahoo",
       "Yahoo Mail",
       {"yahoo.com", "yahoo.fr", "yahoo.de", "yahoo.co.uk", "yahoo.es", "yahoo.it", "ymail.com",
        "rocketmail.com"},
       "imap.mail.yahoo.com",
       993,
       Tls::implicit,
       "smtp.mail.yahoo.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "Needs an app password. IMAP shows the newest 10,000 messages of a folder."},
      {"aol",
       "AOL Mail",
       {"aol.com"},
       "imap.aol.com",
       993,
       Tls::implicit,
       "smtp.aol.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "Needs an app password."},
      {"icloud",
       "iCloud Mail",
       {"icloud.com", "me.com", "mac.com"},
       "imap.mail.me.com",
       993,
       Tls::implicit,
       "smtp.mail.me.com",
       587,
       Tls::starttls,
       Proof::app_password,
       "Needs an app-specific password."},
      {"fastmail",
       "Fastmail",
       {"fastmail.com", "fastmail.fm"},
       "imap.fastmail.com",
       993,
       Tls::implicit,
       "smtp.fastmail.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "Needs an app password."},
      {"gmx",
       "GMX",
       {"gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com"},
       "imap.gmx.net",
       993,
       Tls::implicit,
       "mail.gmx.net",
       465,
       Tls::implicit,
       Proof::password,
       "IMAP is off until it is switched on under Settings, POP3/IMAP."},
      {"proton_bridge",
       "Proton Mail Bridge",
       {"proton.me", "protonmail.com"},
       "127.0.0.1",
       1143,
       Tls::starttls,
       "127.0.0.1",
       1025,
       Tls::starttls,
       Proof::password,
       "Proton Mail Bridge runs on this computer and shows a password of its own; its certificate "
       "goes into tls_ca."},
  };
  return rows;
}

std::string_view words(Tls tls) {
  switch (tls) {
    case Tls::implicit:
      return "implicit";
    case Tls::starttls:
      return "starttls";
    case Tls::none:
      return "none";
  }
  return "";
}

std::string_view words(Proof proof) {
  switch (proof) {
    case Proof::password:
      return "password";
    case Proof::app_password:
      return "app password";
    case Proof::oauth:
      return "OAuth 2.0";
  }
  return "";
}

}  // namespace

std::span<const Provider> providers() { return table(); }

const Provider* provider_of_address(std::string_view address) {
  auto at = address.rfind('@');
  if (at == std::string_view::npos) return nullptr;
  std::string domain = base::ascii_lower(address.substr(at + 1));
  for (const auto& row : table()) {
    if (std::ranges::find(row.domains, domain) != row.domains.end()) return &row;
  }
  return nullptr;
}

const Provider* provider_of_host(std::string_view host) {
  std::string lower = base::ascii_lower(host);
  for (const auto& row : table()) {
    if (lower == row.imap_host || lower == row.smtp_host) return &row;
  }
  return nullptr;
}

std::string providers_as_markdown() {
  std::string out =
      "# Mail servers that Postroom knows\n\n"
      "A connect step may leave out `host` and `smtp` when the user name's domain is in this "
      "table. Everything that the "
      "step does say wins. No other look-up is made: an unknown domain needs `host`.\n\n"
      "| Provider | Domains | IMAP | SMTP | Sign-in | Note |\n|---|---|---|---|---|---|\n";
  for (const auto& row : table()) {
    std::string domains;
    for (auto domain : row.domains) domains += (domains.empty() ? "" : ", ") + std::string(domain);
    out += fmt::format("| {} | {} | {}:{} {} | {}:{} {} | {} | {} |\n", row.label,
                       domains.empty() ? "(your own: name the host)" : domains, row.imap_host,
                       row.imap_port, words(row.imap_tls), row.smtp_host, row.smtp_port,
                       words(row.smtp_tls), words(row.proof), row.note);
  }
  return out;
}

}  // namespace postroom::account
