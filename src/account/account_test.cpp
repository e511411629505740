#include <tuple>

#include <gtest/gtest.h>

#include "account/endpoints.hpp"
#include "account/provider_table.hpp"
#include "base/error.hpp"

namespace postroom::account {
namespace {

TEST(Endpoints, PortAndTlsFollowFromEachOther) {
  EXPECT_EQ(complete(Service::imap, {.host = "h"}, ""), (Endpoint{"h", 993, Tls::implicit}));
  EXPECT_EQ(complete(Service::imap, {.host = "h", .port = 143}, ""),
            (Endpoint{"h", 143, Tls::starttls}));
  EXPECT_EQ(complete(Service::imap, {.host = "h", .tls = Tls::starttls}, ""),
            (Endpoint{"h", 143, Tls::starttls}));
  EXPECT_EQ(complete(Service::smtp, {.host = "h"}, ""), (Endpoint{"h", 587, Tls::starttls}));
  EXPECT_EQ(complete(Service::smtp, {.host = "h", .port = 465}, ""),
            (Endpoint{"h", 465, Tls::implicit}));
  EXPECT_EQ(complete(Service::smtp, {.host = "h", .port = 25}, ""),
            (Endpoint{"h", 25, Tls::starttls}));
  EXPECT_EQ(complete(Service::imap, {.host = "h", .port = 10143, .tls = Tls::none}, ""),
            (Endpoint{"h", 10143, Tls::none}));
}

TEST(Endpoints, HostFollowsFromTheUsersDomain) {
  EXPECT_EQ(complete(Service::imap, {}, "jo@GMAIL.com").host, "imap.gmail.com");
  EXPECT_EQ(complete(Service::smtp, {}, "jo@yahoo.fr"),
            (Endpoint{"smtp.mail.yahoo.com", 465, Tls::implicit}));
}

TEST(Endpoints, AnUnknownDomainNeedsAHost) {
  try {
    complete(Service::imap, {}, "jo@example.com");
    FAIL() << "guessed a host";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "connect.no_host");
    EXPECT_NE(error.hint().find("host:"), std::string::npos);
  }
}

TEST(Endpoints, ProvidersOfOtherCloudsAndCountries) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"jo@qq.com", "imap.qq.com", "smtp.qq.com"},
      {"jo@163.com", "imap.163.com", "smtp.163.com"},
      {"jo@126.com", "imap.126.com", "smtp.126.com"},
      {"jo@yandex.ru", "imap.yandex.com", "smtp.yandex.com"},
      {"jo@zohomail.eu", "imap.zoho.eu", "smtp.zoho.eu"},
      {"jo@web.de", "imap.web.de", "smtp.web.de"},
      {"jo@MSN.com", "outlook.office365.com", "smtp-mail.outlook.com"},
  };
  for (const auto& [user, imap, smtp] : rows) {
    EXPECT_EQ(complete(Service::imap, {}, user), (Endpoint{imap, 993, Tls::implicit}));
    EXPECT_EQ(complete(Service::smtp, {}, user).host, smtp);
  }
  EXPECT_EQ(complete(Service::smtp, {.host = "outlook-dod.office365.us"}, ""),
            (Endpoint{"outlook-dod.office365.us", 587, Tls::starttls}));
}

TEST(ProviderTable, KnowsTheOtherNamesOfAServer) {
  EXPECT_EQ(provider_of_host("imap-mail.outlook.com")->name, "outlook.com");
  EXPECT_EQ(provider_of_host("IMAPPRO.zoho.com")->name, "zoho");
  EXPECT_EQ(provider_of_host("outlook.office365.com")->name, "microsoft365");
  EXPECT_EQ(provider_of_host("imap.163.com.example.org"), nullptr);
}

TEST(ProviderTable, EveryRowIsWhole) {
  for (const auto& row : providers()) {
    EXPECT_FALSE(row.imap_host.empty()) << row.name;
    EXPECT_NE(row.smtp_port, 0) << row.name;
    EXPECT_EQ(provider_of_host(row.imap_host) != nullptr, true) << row.name;
    EXPECT_TRUE(row.imap_tls != Tls::none && row.smtp_tls != Tls::none) << row.name;
    for (auto host : row.other_hosts) EXPECT_NE(provider_of_host(host), nullptr) << host;
    // A password of the account's own is refused there: the user must learn what to do.
    if (row.proof == Proof::app_password) EXPECT_FALSE(row.way_in.empty()) << row.label;
    for (auto domain : row.domains)
      EXPECT_EQ(provider_of_address("x@" + std::string(domain)), &row) << domain;
  }
}

}  // namespace
}  // namespace postroom::account
