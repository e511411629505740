#include "base/text.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/utf8.hpp"

namespace postroom::base {
namespace {

TEST(Text, FoldsAsciiOnly) {
  EXPECT_EQ(ascii_lower("AbZ\xC3\x89[@"), "abz\xC3\x89[@");
  EXPECT_TRUE(ascii_iequals("INBOX", "inBox"));
  EXPECT_FALSE(ascii_iequals("INBOX", "INBO"));
  EXPECT_FALSE(ascii_iequals("[", "{"));
}

TEST(Text, TrimsSplitsAndJoins) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \r\n"), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
  EXPECT_EQ(join(std::vector<std::string>{"", "a", "b"}, ", "), ", a, b");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, FindsTheNearestWord) {
  std::vector<std::string> words{"subject", "sender", "received"};
  EXPECT_EQ(nearest("subjct", words), "subject");
  EXPECT_EQ(nearest("Sender", words), "sender");
  EXPECT_EQ(nearest("recieved", words), "received");
  EXPECT_EQ(nearest("sned", std::vector<std::string>{"move", "send"}), "send");
  EXPECT_FALSE(nearest("attachment", words));
  EXPECT_FALSE(nearest("", words));
}

TEST(Text, ReadsWholeNumbersOnly) {
  EXPECT_EQ(to_number("0"), 0u);
  EXPECT_EQ(to_number("18446744073709551615"), UINT64_MAX);
  for (const char* bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "1a", "0x1"}) {
    EXPECT_FALSE(to_number(bad)) << bad;
  }
}

TEST(Text, Counts) {
  EXPECT_EQ(count_of(0, "message"), "0 messages");
  EXPECT_EQ(count_of(1, "message"), "1 message");
  EXPECT_EQ(count_of(999, "message"), "999 messages");
  EXPECT_EQ(count_of(12000, "message"), "12,000 messages");
  EXPECT_EQ(count_of(1234567, "byte"), "1,234,567 bytes");
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  for (std::string_view good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x93\xA7",
                                "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
    EXPECT_EQ(to_valid_utf8(good), good);
  }
  for (std::string_view bad :
       {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xFF", "\xE2\x82", "\xC3(", "a\xF0\x9F\x93"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << testing::PrintToString(bad);
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(bad)));
    EXPECT_TRUE(to_valid_utf8(bad).contains("\xEF\xBF\xBD"));
  }
}

TEST(Utf8, WritesWhatItReads) {
  for (char32_t c : {U'\0', U'a', U'\u00e9', U'\u20ac', U'\U0001F4E7', U'\U0010FFFF'}) {
    std::string text;
    append_utf8(text, c);
    auto step = next_code_point(text, 0);
    EXPECT_TRUE(step.valid);
    EXPECT_EQ(step.code_point, c);
    EXPECT_EQ(step.length, text.size());
  }
  std::string text;
  append_utf8(text, char32_t{0xD800});
  append_utf8(text, char32_t{0x110000});
  EXPECT_EQ(text, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Utf8, NeverCutsACharacter) {
  EXPECT_EQ(truncate_utf8("a\xC3\xA9z", 2), "a");
  EXPECT_EQ(truncate_utf8("a\xC3\xA9z", 3), "a\xC3\xA9");
  EXPECT_EQ(truncate_utf8("\xF0\x9F\x93\xA7", 3), "");
  EXPECT_EQ(truncate_utf8("abc", 10), "abc");
  EXPECT_EQ(truncate_utf8("abc", 0), "");
}

TEST(Utf8, KnowsAsciiAndBidiControls) {
  EXPECT_TRUE(is_ascii("abc\x7F"));
  EXPECT_FALSE(is_ascii("\xC3\xA9"));
  EXPECT_TRUE(is_bidi_control(0x202E));
  EXPECT_TRUE(is_bidi_control(0x2066));
  EXPECT_TRUE(is_bidi_control(0x061C));
  EXPECT_FALSE(is_bidi_control(U'a'));
}

TEST(Base64, AgreesWithRfc4648) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded), plain);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(from_base64(to_base64(all)), all);
  EXPECT_EQ(from_base64("Zg"), "f");  // padding may be missing
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* bad : {"Z", "Z===", "Zm 9v", "Zm9v\n", "Zm9-", "Zg==Zg==", "===="}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
}

}  // namespace
}  // namespace postroom::base
