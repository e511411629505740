#include <gtest/gtest.h>

#include "base/error.hpp"
#include "imap/wire/command_text.hpp"
#include "imap/wire/imap_date.hpp"
#include "imap/wire/mailbox_name.hpp"
#include "imap/wire/search_criteria.hpp"

namespace postroom::imap {
namespace {

TEST(MailboxName, modified_utf7_both_ways) {
  struct {
    const char* utf8;
    const char* wire;
  } table[] = {
      {"INBOX", "INBOX"},
      {"a & b", "a &- b"},
      {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},  // RFC 3501 section 5.1.3
      {"Entwürfe", "Entw&APw-rfe"},
      {"😀", "&2D3eAA-"},
      {"", ""},
  };
  for (const auto& row : table) {
    EXPECT_EQ(to_modified_utf7(row.utf8), row.wire);
    EXPECT_EQ(from_modified_utf7(row.wire), row.utf8);
  }
}

TEST(MailboxName, keeps_what_is_no_modified_utf7) {
  for (const char* wire : {"&", "a&b", "&AP-", "&2D0-", "&!-", "Entwürfe"})
    EXPECT_EQ(from_modified_utf7(wire), wire);
  EXPECT_EQ(from_modified_utf7("Entw\xFCrfe"), "Entw\xEF\xBF\xBDrfe");
  EXPECT_EQ(MailboxName::from_wire("Entw\xFCrfe").wire(), "Entw\xFCrfe");
  EXPECT_TRUE(MailboxName::from_utf8("inbox").is_inbox());
}

TEST(ImapDate, reads_and_prints) {
  auto at = parse_date_time("17-Jul-1996 02:44:25 -0700");
  ASSERT_TRUE(at);
  EXPECT_EQ(format_date_time(*at), "\"17-Jul-1996 09:44:25 +0000\"");
  EXPECT_EQ(parse_date_time(" 1-feb-2026 14:05:00 +0130"),
            parse_date_time("01-Feb-2026 12:35:00 +0000"));
  for (const char* bad :
       {"", "17-Jul-1996", "31-Feb-2026 00:00:00 +0000", "1-Foo-2026 00:00:00 +0000",
        "1-Feb-2026 25:00:00 +0000", "1-Feb-2026 00:00:00", "1-Feb-2026 00:00:00 0100"}) {
    EXPECT_FALSE(parse_date_time(bad)) << bad;
  }
  using namespace std::chrono;
  EXPECT_EQ(format_search_date(2026y / 2 / 1), "1-Feb-2026");
}

TEST(CommandText, chooses_quotes_or_literals) {
  CommandText plain;
  plain.word("LOGIN").string("a \"b\" \\c").string("");
  EXPECT_EQ(plain.bytes(), "LOGIN \"a \\\"b\\\" \\\\c\" \"\"");
  EXPECT_TRUE(plain.waits().empty());
  CommandText waiting;
  waiting.word("X").string("a\r\nA2 EXPUNGE");
  EXPECT_EQ(waiting.bytes(), "X {13}\r\na\r\nA2 EXPUNGE");
  ASSERT_EQ(waiting.waits().size(), 1u);
  EXPECT_EQ(waiting.waits()[0], 8u);
  CommandText minus(LiteralStyle::minus);
  minus.word("X").string("\xC3\xA4").string(std::string(5'000, 'x'));
  EXPECT_TRUE(minus.bytes().starts_with("X {2+}\r\n\xC3\xA4 {5000}\r\n"));
  EXPECT_EQ(minus.waits().size(), 1u);
  EXPECT_THROW(plain.string(std::string_view("a\0b", 3)), base::Error);
}

TEST(SearchCriteria, nests) {
  using namespace std::chrono;
  SearchCriteria a, b, c;
  a.unseen().since(2026y / 2 / 1);
  b.larger(100).negate(SearchCriteria().flagged());
  c.either(a, b).keyword("$Forwarded");
  EXPECT_EQ(c.command_text().bytes(),
            "OR (UNSEEN SINCE 1-Feb-2026) (LARGER 100 NOT (FLAGGED)) KEYWORD $Forwarded");
  for (const char* bad : {"", "a b", "x)", "\\", "a\r\nb", "\"q\""})
    EXPECT_THROW(check_flag(bad), base::Error) << bad;
  EXPECT_NO_THROW(check_flag("\\Seen"));
}

}  // namespace
}  // namespace postroom::imap
