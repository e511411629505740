#include "smtp/wire/address.hpp"

#include <string>

#include <gtest/gtest.h>

#include "smtp/wire/commands.hpp"

namespace postroom::smtp {
namespace {

using namespace std::string_literals;

TEST(Address, TakesWhatIsInUse) {
  for (const char* good :
       {"a@b", "first.last+tag@example.com", "o'brien@example.co.uk", "a..b.@docomo.example",
        "\"with space\"@example.com", "\"a\\\"b\"@example.com", "\"a@b\"@example.com",
        "me@[192.0.2.1]", "me@[IPv6:2001:db8::1]", "x@under_score.example",
        "#!$%&'*+-/=?^_`{|}~@e.x",
        "SRS0=abcd=EF=example.org=somebody-with-a-long-name-indeed@relay.example.com"}) {
    auto form = check_address(good);
    ASSERT_TRUE(form) << good << form.error();
    EXPECT_EQ(*form, AddressForm::ascii);
  }
  EXPECT_EQ(check_address("J\xC3\xBCrgen@example.com").value(), AddressForm::international);
  EXPECT_EQ(check_address("me@b\xC3\xBC"
                          "cher.example")
                .value(),
            AddressForm::international);
}

TEST(Address, RefusesWhatCouldCarryACommand) {
  for (const std::string& bad : {""s,
                                 "a"s,
                                 "@b"s,
                                 "a@"s,
                                 "a@b@c"s,
                                 "a b@c"s,
                                 "<a@b>"s,
                                 "a@b>"s,
                                 "a@b\r\nRCPT TO:<x@y>"s,
                                 "a\n@b"s,
                                 "a@b\r"s,
                                 "a@b> SIZE=1"s,
                                 "a@b c"s,
                                 "a\0@b"s,
                                 "a@b\0"s,
                                 "\"a\r\nb\"@c"s,
                                 "\"a@b"s,
                                 "\"a\"b@c"s,
                                 "\"a\""s,
                                 "\"a\\"s,
                                 "a@[1.2.3.4"s,
                                 "a@[]"s,
                                 "a@[1> x]"s,
                                 "a@b..c"s,
                                 "a@.b"s,
                                 "a@b."s,
                                 "a(comment)@b"s,
                                 "a,b@c"s,
                                 "a@b,c@d"s,
                                 "a;b@c"s,
                                 "a@b\xFF"s,
                                 "a@\xE2\x80\xAE"
                                 "b"s,
                                 "a\xC2\x85@b"s,
                                 "a\xE2\x80\xA8@b"s,
                                 "a\x7F@b"s,
                                 std::string(400, 'a') + "@b",
                                 "a@" + std::string(256, 'b')}) {
    EXPECT_FALSE(check_address(bad)) << bad;
  }
}

TEST(ClientName, IsADomainOrALiteral) {
  EXPECT_TRUE(is_client_name("[127.0.0.1]"));
  EXPECT_TRUE(is_client_name("host.example.com"));
  for (const char* bad : {"", "a b", "a\r\nMAIL", "h\xC3\xB6st", "[x"})
    EXPECT_FALSE(is_client_name(bad)) << bad;
}

TEST(Commands, AreWrittenAsTheRfcSpellsThem) {
  EXPECT_EQ(format_mail({.from = ""}), "MAIL FROM:<>");
  EXPECT_EQ(format_mail({.from = "a@b", .size = 10, .eight_bit_mime = true, .smtp_utf8 = true}),
            "MAIL FROM:<a@b> SIZE=10 BODY=8BITMIME SMTPUTF8");
  EXPECT_EQ(format_rcpt("a@b"), "RCPT TO:<a@b>");
}

}  // namespace
}  // namespace postroom::smtp
