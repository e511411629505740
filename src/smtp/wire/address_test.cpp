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
  EXPECT_EQ(
      format_mail(
          {.from = "a@b", .return_content = ReturnContent::headers, .envelope_id = "run 7+step=2"}),
      "MAIL FROM:<a@b> RET=HDRS ENVID=run+207+2Bstep+3D2");
  EXPECT_EQ(format_mail({.from = "a@b", .return_content = ReturnContent::full}),
            "MAIL FROM:<a@b> RET=FULL");
  EXPECT_EQ(format_rcpt({.address = "a@b"}), "RCPT TO:<a@b>");
  EXPECT_EQ(format_rcpt({.address = "a@b", .notify = Notify::never}), "RCPT TO:<a@b> NOTIFY=NEVER");
  EXPECT_EQ(format_rcpt({.address = "a@b",
                         .notify = Notify::delay | Notify::success,
                         .original_recipient = "x+y=z@b"}),
            "RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2By+3Dz@b");
  EXPECT_EQ(format_rcpt({.address = "a@b", .original_recipient = std::string(300, '+') + "@b"}),
            "RCPT TO:<a@b>")
      << "beyond RFC 3461's 500 octets it is left out";
  EXPECT_EQ(format_last_chunk(23), "BDAT 23 LAST");
}

TEST(Commands, XtextCarriesNothingThatEndsALineOrAParameter) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (char c : to_xtext(all)) {
    EXPECT_TRUE(c > ' ' && c < 0x7F && c != '=') << static_cast<int>(c);
  }
}

TEST(WireAddress, ADomainBeyondAsciiBecomesALabels) {
  EXPECT_EQ(to_wire_address("me@b\xC3\xBC"
                            "cher.example")
                .value(),
            "me@xn--bcher-kva.example");
  EXPECT_EQ(to_wire_address("me@fa\xC3\x9F.de").value(), "me@xn--fa-hia.de")
      << "nontransitional: not fass.de";
  EXPECT_EQ(to_wire_address("me@B\xC3\x9C"
                            "CHER.example")
                .value(),
            "me@xn--bcher-kva.example");
  EXPECT_EQ(to_wire_address("me@\xE4\xBE\x8B\xE3\x80\x82jp").value(), "me@xn--fsq.jp")
      << "the ideographic full stop separates labels";
  for (const char* same : {"me@example.com", "me@[192.0.2.1]",
                           "J\xC3\xBCrgen@b\xC3\xBC"
                           "cher.example"}) {
    EXPECT_EQ(to_wire_address(same).value(), same);
  }
  for (const std::string& bad :
       {"me@\xE2\x80\x8B"s, "me@-\xC3\xBC.x"s, "me@" + std::string(100, 'a') + "\xC3\xBC.x"}) {
    EXPECT_FALSE(to_wire_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace postroom::smtp
