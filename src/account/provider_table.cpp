#include "account/provider_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace postroom::account {
namespace {

constexpr std::string_view microsoft_note =
    "Takes OAuth 2.0 only: a password is refused, app passwords too.";
constexpr std::string_view microsoft_web = "https://outlook.office.com";

constexpr std::string_view netease_way_in =
    "use an authorization code instead of the password; web mail, Settings, POP3/SMTP/IMAP "
    "switches "
    "IMAP on and makes one";
constexpr std::string_view netease_note =
    "IMAP is off until it is switched on under Settings, POP3/SMTP/IMAP; sign in with the "
    "authorization code that is shown there.";

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
       microsoft_note,
       "",
       microsoft_web},
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
      {"microsoft365_dod",
       "Microsoft 365 US DoD",
       {},
       "outlook-dod.office365.us",
       993,
       Tls::implicit,
       "outlook-dod.office365.us",
       587,
       Tls::starttls,
       Proof::oauth,
       microsoft_note},
      {"microsoft365_china",
       "Microsoft 365 operated by 21Vianet",
       {},
       "partner.outlook.cn",
       993,
       Tls::implicit,
       "partner.outlook.cn",
       587,
       Tls::starttls,
       Proof::oauth,
       "Takes OAuth 2.0 only. Some tenants send by smtp.partner.outlook.cn: name it under smtp "
       "then.",
       "",
       "",
       {"smtp.partner.outlook.cn"}},
      {"outlook.com",
       "Outlook.com, Hotmail, Live, MSN",
       {"outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.fr", "hotmail.fr", "live.fr",
        "outlook.de", "hotmail.de", "hotmail.co.uk", "outlook.es", "outlook.it", "hotmail.es",
        "hotmail.it", "live.de", "live.co.uk"},
       "outlook.office365.com",
       993,
       Tls::implicit,
       "smtp-mail.outlook.com",
       587,
       Tls::starttls,
       Proof::oauth,
       "Takes OAuth 2.0 only. IMAP is off until it is switched on under Settings, Mail, Forwarding "
       "and IMAP.",
       "",
       "https://outlook.live.com",
       {"imap-mail.outlook.com"}},
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
       "connections at a time.",
       "use an app password, made at https://myaccount.google.com/apppasswords (two-step "
       "verification must be on)",
       "https://mail.google.com",
       {"imap.googlemail.com", "smtp.googlemail.com"}},
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
       "Needs an app password. IMAP shows the newest 10,000 messages of a folder; "
       "export.imap.mail.yahoo.com shows the others, for reading only.",
       "use an app password, made at https://login.yahoo.com/myaccount/security",
       "https://mail.yahoo.com",
       {"export.imap.mail.yahoo.com"}},
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
       "Needs an app password.",
       "use an app password, made at https://login.aol.com/myaccount/security",
       "https://mail.aol.com",
       {"export.imap.aol.com"}},
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
       "Needs an app-specific password.",
       "use an app-specific password, made at https://account.apple.com under Sign-In and "
       "Security; the user name is the whole address",
       "https://www.icloud.com/mail"},
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
       "Needs an app password.",
       "use an app password, made at https://app.fastmail.com under Settings, Privacy and Security",
       "https://app.fastmail.com"},
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
       "IMAP is off until it is switched on under Settings, POP3/IMAP.",
       "switch IMAP on at https://www.gmx.net under E-Mail, Settings, POP3/IMAP; where two-factor "
       "sign-in is on, use an app password",
       "https://www.gmx.net",
       {"imap.gmx.com", "mail.gmx.com"}},
      {"web.de",
       "WEB.DE",
       {"web.de"},
       "imap.web.de",
       993,
       Tls::implicit,
       "smtp.web.de",
       587,
       Tls::starttls,
       Proof::password,
       "IMAP is off until it is switched on under Settings, POP3/IMAP.",
       "switch IMAP on at https://web.de under E-Mail, Settings, POP3/IMAP; where two-factor "
       "sign-in is on, use an app password",
       "https://web.de"},
      {"zoho",
       "Zoho Mail",
       {"zohomail.com", "zoho.com"},
       "imap.zoho.com",
       993,
       Tls::implicit,
       "smtp.zoho.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "IMAP is off until it is switched on under Settings, Mail Accounts, IMAP. Own domains and "
       "other regions have hosts of their own, such as imappro.zoho.com and imap.zoho.eu: name "
       "them.",
       "switch IMAP on under Settings, Mail Accounts; with two-factor sign-in use an app password, "
       "made at https://accounts.zoho.com under Security; accounts of another region have another "
       "host, such as imap.zoho.eu",
       "https://mail.zoho.com",
       {"imappro.zoho.com", "smtppro.zoho.com"}},
      {"zoho_eu",
       "Zoho Mail, Europe",
       {"zohomail.eu"},
       "imap.zoho.eu",
       993,
       Tls::implicit,
       "smtp.zoho.eu",
       465,
       Tls::implicit,
       Proof::app_password,
       "IMAP is off until it is switched on under Settings, Mail Accounts, IMAP.",
       "switch IMAP on under Settings, Mail Accounts; with two-factor sign-in use an app password, "
       "made at https://accounts.zoho.eu under Security",
       "https://mail.zoho.eu",
       {"imappro.zoho.eu", "smtppro.zoho.eu"}},
      {"yandex",
       "Yandex Mail",
       {"yandex.com", "yandex.ru", "ya.ru", "yandex.kz", "yandex.by"},
       "imap.yandex.com",
       993,
       Tls::implicit,
       "smtp.yandex.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "Needs an app password, and IMAP is off until it is switched on under All settings, Email "
       "clients.",
       "switch IMAP on at https://mail.yandex.com under All settings, Email clients, and use an "
       "app password, made at https://id.yandex.com/security/app-passwords",
       "https://mail.yandex.com",
       {"imap.yandex.ru", "smtp.yandex.ru"}},
      {"qq",
       "QQ Mail",
       {"qq.com", "foxmail.com"},
       "imap.qq.com",
       993,
       Tls::implicit,
       "smtp.qq.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "IMAP is off until it is switched on under Settings, Account; sign in with the "
       "authorization code that is shown there.",
       "use an authorization code instead of the password; https://mail.qq.com, Settings, Account "
       "switches IMAP on and makes one",
       "https://mail.qq.com"},
      {"qq_exmail",
       "Tencent Exmail",
       {},
       "imap.exmail.qq.com",
       993,
       Tls::implicit,
       "smtp.exmail.qq.com",
       465,
       Tls::implicit,
       Proof::app_password,
       "For companies; the administrator may have to allow IMAP.",
       "use a client password, made at https://exmail.qq.com under Settings, where sign-in by "
       "WeChat is on",
       "https://exmail.qq.com"},
      {"netease",
       "NetEase 163",
       {"163.com"},
       "imap.163.com",
       993,
       Tls::implicit,
       "smtp.163.com",
       465,
       Tls::implicit,
       Proof::app_password,
       netease_note,
       netease_way_in,
       "https://mail.163.com"},
      {"netease",
       "NetEase 126",
       {"126.com"},
       "imap.126.com",
       993,
       Tls::implicit,
       "smtp.126.com",
       465,
       Tls::implicit,
       Proof::app_password,
       netease_note,
       netease_way_in,
       "https://mail.126.com"},
      {"netease",
       "NetEase yeah.net",
       {"yeah.net"},
       "imap.yeah.net",
       993,
       Tls::implicit,
       "smtp.yeah.net",
       465,
       Tls::implicit,
       Proof::app_password,
       netease_note,
       netease_way_in,
       "https://mail.yeah.net"},
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
    if (lower == row.imap_host || lower == row.smtp_host ||
        std::ranges::find(row.other_hosts, lower) != row.other_hosts.end())
      return &row;
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
