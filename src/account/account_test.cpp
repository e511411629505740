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

TEST(ProviderTable, EveryRowIsWhole) {
  for (const auto& row : providers()) {
    EXPECT_FALSE(row.imap_host.empty()) << row.name;
    EXPECT_NE(row.smtp_port, 0) << row.name;
    EXPECT_EQ(provider_of_host(row.imap_host) != nullptr, true) << row.name;
    for (auto domain : row.domains)
      EXPECT_EQ(provider_of_address("x@" + std::string(domain)), &row) << domain;
  }
}

}  // namespace
}  // namespace postroom::account
