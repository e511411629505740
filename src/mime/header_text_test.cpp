#include "mime/header_text.hpp"

#include <gtest/gtest.h>

#include "base/utf8.hpp"
#include "mime/header.hpp"

namespace postroom::mime {
namespace {

using std::chrono::milliseconds;

struct Decoded {
  std::string raw, text;
};

class DecodeHeader : public testing::TestWithParam<Decoded> {};

TEST_P(DecodeHeader, ReadsTheForm) { EXPECT_EQ(decode_header(GetParam().raw), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Forms, DecodeHeader,
    testing::Values(
        Decoded{"", ""}, Decoded{"Hello", "Hello"}, Decoded{" Hello\r\n world ", "Hello world"},
        Decoded{"=?utf-8?Q?J=C3=BCrgen?=", "Jürgen"}, Decoded{"=?UTF-8?q?a_b=5F?=", "a b_"},
        Decoded{"=?iso-8859-1?Q?caf=E9?=", "café"}, Decoded{"=?utf-8?B?w6nDqA==?=", "éè"},
        Decoded{"=?utf-8?B?w6nDqA?=", "éè"},
        // Adjacent words: the white space between them is none.
        Decoded{"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"},
        Decoded{"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"},
        Decoded{"=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
        Decoded{"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
        // A character split over two words.
        Decoded{"=?utf-8?Q?=C3?= =?utf-8?Q?=A9t=C3=A9?=", "été"},
        Decoded{"=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"},
        Decoded{"=?utf-8?B?ww==?= =?UTF-8?Q?=A9?=", "é"},
        Decoded{"=?utf-8?B?w6nDq?= =?utf-8?B?A==?=", "éè"},
        // Spaces inside, text right beside, a language, no end.
        Decoded{"=?utf-8?Q?hello world?=", "hello world"}, Decoded{"x=?utf-8?Q?=C3=A9?=y", "xéy"},
        Decoded{"=?utf-8*fr?Q?=C3=A9?=", "é"}, Decoded{"=?utf-8?Q?=C3=A9", "é"},
        Decoded{"=?utf-8?Q?=C3=A9 tail", "é tail"}, Decoded{"=?utf-8?Q?=C3=A9?", "é"},
        Decoded{"=?utf-8?Q?a?b?=", "a?b"}, Decoded{"=?utf-8?Q?=ZZ=4?=", "=ZZ=4"},
        Decoded{"=?utf-8?Q?"
                "?=",
                ""},
        // No encoded words at all.
        Decoded{"=?", "=?"}, Decoded{"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
        Decoded{"a =?b? c", "a =?b? c"},
        // Raw bytes.
        Decoded{"caf\xC3\xA9", "café"}, Decoded{"caf\xE9", "café"},
        Decoded{"\x1B$B$\"\x1B(B", "あ"}, Decoded{"\xE9 =?utf-8?Q?=C3=A9?=", "é é"},
        // Other charsets and wrong labels.
        Decoded{"=?gb2312?B?xOO6ww==?=", "你好"}, Decoded{"=?shift_jis?B?g2WDWINn?=", "テスト"},
        Decoded{"=?iso-2022-jp?B?GyRCJCIbKEI=?=", "あ"}, Decoded{"=?koi8-r?B?8NLJ18XU?=", "Привет"},
        Decoded{"=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет"},
        Decoded{"=?nonsense?Q?abc?=", "abc"}, Decoded{"=?iso-8859-1?Q?=80?=", "€"},
        // What could break a header or a terminal is gone.
        Decoded{"=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x"}, Decoded{std::string("a\0b", 3), "ab"},
        Decoded{"=?utf-8?Q?a=00b=1Bc?=", "abc"}));

TEST(DecodeHeaderTest, AlwaysGivesOneLineOfUtf8) {
  std::uint32_t seed = 12345;
  for (int round = 0; round < 3000; ++round) {
    std::string raw;
    for (int i = 0; i < 60; ++i) {
      seed = seed * 1664525 + 1013904223;
      std::string_view pieces[] = {"=?",     "?=", "?Q?",   "?B?", "utf-8",
                                   "gb2312", " ",  "\r\n ", "=C3", "w6k="};
      if (seed >> 28 < 10) {
        raw += pieces[seed >> 28];
      } else {
        raw += static_cast<char>(seed >> 16);
      }
    }
    std::string text = decode_header(raw);
    ASSERT_TRUE(base::is_valid_utf8(text));
    ASSERT_EQ(text.find_first_of(std::string("\r\n\0", 3)), std::string::npos);
  }
}

using Addresses = std::vector<Address>;
struct List {
  std::string raw;
  Addresses found;
};

class ParseAddresses : public testing::TestWithParam<List> {};

TEST_P(ParseAddresses, ReadsTheForm) {
  auto found = parse_addresses(GetParam().raw);
  ASSERT_EQ(found.size(), GetParam().found.size())
      << (found.empty() ? "" : found[0].name + "|" + found[0].address);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].name, GetParam().found[i].name);
    EXPECT_EQ(found[i].address, GetParam().found[i].address);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ParseAddresses,
    testing::Values(
        List{"", {}}, List{"a@b.c", {{"", "a@b.c"}}}, List{"<a@b.c>", {{"", "a@b.c"}}},
        List{"Ann <a@b.c>", {{"Ann", "a@b.c"}}}, List{"Ann<a@b.c>", {{"Ann", "a@b.c"}}},
        List{"\"Doe, Ann\" <a@b.c>", {{"Doe, Ann", "a@b.c"}}},
        List{"\"A \\\"B\\\"\" <a@b.c>", {{"A \"B\"", "a@b.c"}}},
        List{"a@b.c (Ann)", {{"Ann", "a@b.c"}}},
        List{"a@b.c, d@e.f", {{"", "a@b.c"}, {"", "d@e.f"}}},
        List{"a@b.c; d@e.f", {{"", "a@b.c"}, {"", "d@e.f"}}},
        List{"Ann <a@b.c>,, <d@e.f>,", {{"Ann", "a@b.c"}, {"", "d@e.f"}}},
        List{"=?utf-8?Q?J=C3=BCrgen?= <j@b.c>", {{"Jürgen", "j@b.c"}}},
        List{"\"=?utf-8?Q?J=C3=BCrgen?=\" <j@b.c>", {{"Jürgen", "j@b.c"}}},
        List{"=?utf-8?Q?Doe,_Ann?= <a@b.c>, d@e.f", {{"Doe, Ann", "a@b.c"}, {"", "d@e.f"}}},
        List{"Doe, Ann <a@b.c>", {{"Doe, Ann", "a@b.c"}}},
        List{"J\xFCrgen <j@b.c>", {{"Jürgen", "j@b.c"}}},
        List{"undisclosed-recipients:;", {{"undisclosed-recipients", ""}}},
        List{"Team: a@b.c, Ann <d@e.f>; g@h.i", {{"", "a@b.c"}, {"Ann", "d@e.f"}, {"", "g@h.i"}}},
        List{"<@relay,@other:a@b.c>", {{"", "a@b.c"}}}, List{"<<a@b.c>>", {{"", "a@b.c"}}},
        List{"Ann <a@b.c", {{"Ann", "a@b.c"}}},
        List{"\"odd local\"@b.c", {{"", "\"odd local\"@b.c"}}},
        List{"Ann a@b.c", {{"Ann", "a@b.c"}}}, List{"MAILER-DAEMON", {{"MAILER-DAEMON", ""}}},
        List{"<>", {}}, List{"Ann <>", {{"Ann", ""}}},
        List{"a@b.c (x (y) z)", {{"x (y) z", "a@b.c"}}},
        List{"Ann\r\n <a@b.c>", {{"Ann", "a@b.c"}}}, List{"mailto:a@b.c", {{"", "a@b.c"}}},
        List{"jürgen@b.c", {{"", "jürgen@b.c"}}}));

TEST(ParseAddressesTest, BoundsAHostileList) {
  std::string raw;
  for (int i = 0; i < 30'000; ++i) raw += "a@b.c,";
  EXPECT_EQ(parse_addresses(raw).size(), 10'000U);
  EXPECT_EQ(parse_addresses(std::string(1 << 20, '(')).size(), 0U);
  EXPECT_LE(parse_addresses(std::string(1 << 20, '<')).size(), 1U);
}

struct When {
  std::string text;
  std::int64_t seconds;
};

class ParseDate : public testing::TestWithParam<When> {};

TEST_P(ParseDate, ReadsTheForm) {
  auto at = parse_date(GetParam().text);
  ASSERT_TRUE(at) << GetParam().text;
  EXPECT_EQ(at->time_since_epoch().count(), GetParam().seconds * 1000) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Forms, ParseDate,
                         testing::Values(When{"Mon, 23 Nov 2026 19:00:02 +0000", 1795460402},
                                         When{"Mon, 23 Nov 2026 20:00:02 +0100", 1795460402},
                                         When{"23 Nov 2026 14:00:02 EST", 1795460402},
                                         When{"23 Nov 26 19:00:02 GMT", 1795460402},
                                         When{"Mon,23 Nov 2026 19:00:02 +0000 (UTC)", 1795460402},
                                         When{"Mon, 23 Nov 2026 19:00:02", 1795460402},
                                         When{"Monday, 23-Nov-2026 19:00:02 -0000", 1795460402},
                                         When{"Mon Nov 23 19:00:02 2026", 1795460402},
                                         When{"Mon Nov 23 19:00:02 +0000 2026", 1795460402},
                                         When{"2026-11-23T19:00:02Z", 1795460402},
                                         When{"2026-11-23 20:00:02+01:00", 1795460402},
                                         When{"Mon, 23 Nov 2026 07:00:02 PM +0000", 1795460402},
                                         When{"Mon, 23 Nov 2026 19:00:02 GMT+0100", 1795456802},
                                         When{"Mon, 23 Nov 2026 19:00 +0000", 1795460400},
                                         When{"Mon, 23 Nov 2026 24:30 +0000, 19:00:02", 1795460402},
                                         When{"Thu, 01 Jan 1970 00:00:00 +0000", 0},
                                         When{"1 Jan 100 00:00:00 +0000", 946684800},
                                         When{"29 Feb 2000 00:00:00 +0000", 951782400},
                                         When{"Mon, (comment) 23 Nov 2026 19:00:02.500 +0000",
                                              1795460402}));

TEST(ParseDateTest, RefusesWhatIsNone) {
  for (std::string_view text :
       {"", "yesterday", "32 Nov 2026 00:00:00", "30 Feb 2026 00:00:00 +0000", "Nov 2026",
        "::::", "99999999999999999999", "23 Foo 2026 10:00:00 +0000"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(FormatDateTest, RoundTripsInEveryZone) {
  base::Instant at{milliseconds(1795460402000)};
  EXPECT_EQ(format_date(at), "Mon, 23 Nov 2026 19:00:02 +0000");
  EXPECT_EQ(format_date(at, std::chrono::minutes(-570)), "Mon, 23 Nov 2026 09:30:02 -0930");
  for (int offset = -720; offset <= 840; offset += 30) {
    EXPECT_EQ(parse_date(format_date(at, std::chrono::minutes(offset))), at);
  }
}

TEST(MessageIdsTest, ReadsListsAndJunk) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(parse_message_ids("<a@b> <c@d>"), (Ids{"<a@b>", "<c@d>"}));
  EXPECT_EQ(parse_message_ids("<a@b><c@d>"), (Ids{"<a@b>", "<c@d>"}));
  EXPECT_EQ(parse_message_ids("<a@b>,\r\n\t(x) <c\r\n @d"), (Ids{"<a@b>", "<c@d>"}));
  EXPECT_EQ(parse_message_ids("a@b"), (Ids{"<a@b>"}));
  EXPECT_EQ(parse_message_ids("plain-id"), (Ids{"<plain-id>"}));
  EXPECT_EQ(parse_message_ids("your mail of Monday"), Ids{});
  EXPECT_EQ(parse_message_ids("<>"), Ids{});
  EXPECT_EQ(parse_message_ids("<" + std::string(5000, 'x') + "> <c@d>"), (Ids{"<c@d>"}));
}

TEST(BaseSubjectTest, RemovesEveryMark) {
  for (std::string_view subject :
       {"Offer", "Re: Offer", "RE: Re: re:Offer", "Fwd: Offer", "AW: WG: Offer", "TR: Offer",
        "RE : Offer", "Réf : Offer", "Re[2]: Offer", "Re(3): Offer", "SV: VS: Offer", "R: I: Offer",
        "回复：Offer", "Offer (fwd)", " Re:  Offer "}) {
    EXPECT_EQ(base_subject(subject), "Offer") << subject;
  }
  EXPECT_EQ(base_subject("Regarding: x"), "Regarding: x");
  EXPECT_EQ(base_subject("Re"), "Re");
  EXPECT_EQ(base_subject("Re:"), "");
  EXPECT_EQ(base_subject("Re[x]: y"), "Re[x]: y");
}

TEST(HeadersTest, FoldsNoiseAndLimits) {
  auto headers =
      parse_headers("From x Mon\nSubject: a\r\n b\r\nnoise\r\nTo : x@y\r\nX:\r\n\r\nBody: no\r\n");
  ASSERT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers[0].value, "a b");
  EXPECT_EQ(find_header(headers, "to"), "x@y");
  EXPECT_EQ(find_header(headers, "x"), "");
  EXPECT_FALSE(find_header(headers, "body"));
  std::string many;
  for (int i = 0; i < 6000; ++i) many += "A: b\n";
  EXPECT_EQ(parse_headers(many).size(), 5000U);
}

TEST(HeadersTest, MakesAnEnvelope) {
  Envelope envelope = envelope_of(
      parse_headers("Subject: =?utf-8?Q?=C3=A9?=\nFrom: A <a@b>\nTo: c@d\nTo: e@f\nDate: Thu, 01 "
                    "Jan 1970 00:00:01 +0000\n"
                    "Message-ID: <1@x>\nIn-Reply-To: <0@x>\nReferences: <a@x> <0@x>\n"));
  EXPECT_EQ(envelope.subject, "é");
  EXPECT_EQ(envelope.from, (Addresses{{"A", "a@b"}}));
  EXPECT_EQ(envelope.to.size(), 2U);
  EXPECT_EQ(envelope.sent->time_since_epoch().count(), 1000);
  EXPECT_EQ(envelope.message_id, "<1@x>");
  EXPECT_EQ(envelope.in_reply_to, "<0@x>");
  EXPECT_EQ(envelope.references.size(), 2U);
}

}  // namespace
}  // namespace postroom::mime
