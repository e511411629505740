#include "mime/charset.hpp"

#include <gtest/gtest.h>

#include "base/utf8.hpp"
#include "mime/fold.hpp"

namespace postroom::mime {
namespace {

struct Case {
  std::string label, bytes, text;
};

class ToUtf8 : public testing::TestWithParam<Case> {};

TEST_P(ToUtf8, ReadsTheLabel) {
  auto read = to_utf8(GetParam().label, GetParam().bytes);
  EXPECT_EQ(read.text, GetParam().text) << GetParam().label;
}

INSTANTIATE_TEST_SUITE_P(
    Labels, ToUtf8,
    testing::Values(
        Case{"utf-8", "é", "é"}, Case{"\"UTF-8\"", "é", "é"}, Case{"utf8", "é", "é"},
        Case{"UTF-8;", "é", "é"}, Case{"iso-8859-1", "\x93q\x94 \xE9", "“q” é"},
        Case{"latin1", "\xE9", "é"}, Case{"us-ascii", "\xE9", "é"},
        Case{"US-ASCII (Plain)", "x", "x"}, Case{"ansi_x3.4-1968", "x", "x"},
        Case{"cp-850", "\x82", "é"}, Case{"ibm850", "\x82", "é"}, Case{"windows-874", "\xA1", "ก"},
        Case{"tis-620", "\xA1", "ก"}, Case{"dos-862", "\x80", "א"}, Case{"x-cp1251", "\xCF", "П"},
        Case{"win-1251", "\xCF", "П"}, Case{"windows1252", "\x80", "€"},
        Case{"cp1252", "\x80", "€"}, Case{"_iso-2022-jp$esc", "\x1B$B$\"\x1B(B", "あ"},
        Case{"csISO2022JP", "\x1B$B$\"\x1B(B", "あ"},
        Case{"gb2312", "\xC4\xE3 \xA1\xAA \x81\x30\x84\x36", "你 — \xC2\xA5"},
        Case{"gbk", "\xC4\xE3", "你"}, Case{"ks_c_5601-1987", "\xB0\xA1\x8C\x63", "가\xEB\x98\xA0"},
        Case{"euc-kr", "\xB0\xA1", "가"}, Case{"shift_jis", "\x87\x40", "①"},
        Case{"x-sjis", "\x83\x65", "テ"}, Case{"big5", "\xA7\x41", "你"},
        Case{"euc-jp", "\xA4\xA2", "あ"}, Case{"koi8-r", "\xF0", "П"},
        Case{"iso-8859-15", "\xA4", "€"}, Case{"iso8859-2", "\xB1", "ą"},
        Case{"iso_8859-7", "\xE1", "α"}, Case{"iso-8859-8-i", "\xE0", "א"},
        Case{"iso-8859-9", "\xFD", "ı"}, Case{"macintosh", "\x8E", "é"},
        Case{"utf-16", std::string("\xFF\xFE\xE9\x00", 4), "é"},
        Case{"utf-16", std::string("h\0i\0", 4), "hi"},
        Case{"utf-16", std::string("\0h\0i", 4), "hi"}, Case{"utf-16", "N-Y'Y)g(l4", "中大天木水"},
        Case{"utf-16le", "-N'Y)Y(g4l", "中大天木水"},
        Case{"utf-16", "already made ASCII", "already made ASCII"},
        Case{"utf-16", "hello", "hello"}, Case{"utf-16", "word", "word"},
        Case{"utf-7", "+AOk-", "é"},
        // Wrong labels.
        Case{"iso-8859-1", "d\xC3\xA9j\xC3\xA0", "déjà"}, Case{"utf-8", "d\xE9j\xE0", "déjà"},
        Case{"utf-8", "\xC3\xA9\xE9", "é\xEF\xBF\xBD"}, Case{"", "\xE9", "é"}, Case{"", "é", "é"},
        Case{"no-such", "\xE9", "é"}, Case{"../../x", "x", "x"}, Case{"utf-8//TRANSLIT", "é", "é"},
        Case{"utf-8", "\xEF\xBB\xBFx", "x"}, Case{"gb2312", "\xC4", "\xEF\xBF\xBD"}));

TEST(CharsetTest, WarnsOfWrongLabelsOnly) {
  EXPECT_EQ(to_utf8("utf-8", "é").warning, "");
  EXPECT_EQ(to_utf8("iso-8859-1", "\xE9").warning, "");
  EXPECT_EQ(to_utf8("", "abc").warning, "");
  EXPECT_NE(to_utf8("utf-8", "\xE9").warning, "");
  EXPECT_NE(to_utf8("martian", "abc").warning, "");
  EXPECT_NE(to_utf8("iso-8859-1", "é").warning, "");
  EXPECT_NE(to_utf8("", "\xE9").warning, "");
}

TEST(CharsetTest, IsTotal) {
  std::uint32_t seed = 7;
  for (std::string label :
       {"utf-8",     "utf-7",      "utf-16",         "utf-32",       "iso-8859-1",  "iso-8859-3",
        "gb2312",    "gb18030",    "big5",           "euc-jp",       "iso-2022-jp", "iso-2022-kr",
        "shift_jis", "euc-kr",     "koi8-r",         "windows-1255", "cp037",       "macintosh",
        "viscii",    "hz-gb-2312", "x-user-defined", "\xFF\xFE",     "//",          ""}) {
    for (int round = 0; round < 60; ++round) {
      std::string bytes;
      for (int i = 0; i < 300; ++i)
        bytes += static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
      auto read = to_utf8(label, bytes);
      ASSERT_TRUE(base::is_valid_utf8(read.text)) << label;
    }
  }
}

TEST(FoldTest, ComparesAsPeopleDo) {
  EXPECT_EQ(fold("ABC"), "abc");
  EXPECT_EQ(fold("ÉCOLE"), fold("e\xCC\x81"
                                "cole"));
  EXPECT_EQ(fold("Straße"), "strasse");
  EXPECT_EQ(fold("ＡＢ"), "ab");
  EXPECT_TRUE(contains_folded("Your INVOICE №5", "invoice no5"));
  EXPECT_TRUE(contains_folded("x", ""));
  EXPECT_FALSE(contains_folded("", "x"));
  EXPECT_TRUE(equals_folded("ΣΊΣΥΦΟΣ", "σίσυφος"));
  EXPECT_TRUE(base::is_valid_utf8(fold("\xFF\xC3(")));
  EXPECT_TRUE(fold(std::string("É\0É", 5)).ends_with("é"));
}

TEST(FoldTest, StaysLinearOnCombiningMarks) {
  std::string marks = "é";
  for (int i = 0; i < 300'000; ++i) marks += i % 2 == 0 ? "\xCC\x81" : "\xCC\xA3";
  EXPECT_GT(fold(marks).size(), 100'000U);
}

}  // namespace
}  // namespace postroom::mime
