#include "mime/file_name.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/utf8.hpp"

namespace postroom::mime {
namespace {

struct Case {
  std::string name, safe;
};

class SafeFileName : public testing::TestWithParam<Case> {};

TEST_P(SafeFileName, IsOneComponent) {
  EXPECT_EQ(safe_file_name(GetParam().name), GetParam().safe);
}

INSTANTIATE_TEST_SUITE_P(
    Names, SafeFileName,
    testing::Values(Case{"invoice.pdf", "invoice.pdf"}, Case{"../../.bashrc", "_.._.bashrc"},
                    Case{"..\\..\\evil", "_.._evil"}, Case{"/etc/passwd", "_etc_passwd"},
                    Case{"C:\\x.exe", "C__x.exe"}, Case{".hidden", "hidden"},
                    Case{"..", "attachment"}, Case{".", "attachment"}, Case{"", "attachment"},
                    Case{"   ", "attachment"}, Case{"name. . ", "name"}, Case{"CON", "_CON"},
                    Case{"con.txt", "_con.txt"}, Case{"NUL.tar.gz", "_NUL.tar.gz"},
                    Case{"com1", "_com1"}, Case{"LPT9.x", "_LPT9.x"}, Case{"com10", "com10"},
                    Case{"console", "console"}, Case{std::string("a\0b.pdf", 7), "ab.pdf"},
                    Case{"a\r\nb.pdf", "ab.pdf"}, Case{"a\u202Efdp.exe", "afdp.exe"},
                    Case{"a<b>:\"|?*.txt", "a_b______.txt"}, Case{"e\xCC\x81.pdf", "é.pdf"},
                    Case{"\xFF.pdf", "_.pdf"}, Case{"日本語.pdf", "日本語.pdf"},
                    Case{"\u200B.\u200B.", "attachment"}, Case{"a/../../b", "a_.._.._b"}));

TEST(SafeFileNameTest, KeepsTheExtensionOfALongName) {
  EXPECT_EQ(safe_file_name(std::string(500, 'a') + ".pdf"), std::string(116, 'a') + ".pdf");
  EXPECT_TRUE(safe_file_name(std::string(500, 'a') + ".xml.p7m").ends_with("a.xml.p7m"));
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += "é";
  std::string safe = safe_file_name(long_name + ".pdf");
  EXPECT_LE(safe.size(), max_file_name_bytes);
  EXPECT_TRUE(safe.ends_with("é.pdf"));
  EXPECT_LE(safe_file_name(std::string(1 << 20, 'x') + ".pdf").size(), max_file_name_bytes);
}

TEST(SafeFileNameTest, FallsBackSafely) {
  EXPECT_EQ(safe_file_name("", "../x"), "_x");
  EXPECT_EQ(safe_file_name("..", ".."), "attachment");
}

TEST(SafeFileNameTest, NeverLeavesTheFolder) {
  std::string_view pieces[] = {
      "..",     "/",    "\\",       ".",    " ", "CON", "a",      ":",
      "\u202E", ".pdf", "\xCC\x81", "\xFF", "~", "nul", "\u2215", std::string_view("\0", 1)};
  std::uint32_t seed = 5;
  for (int round = 0; round < 20'000; ++round) {
    std::string name;
    for (int i = 0; i < 12; ++i) name += pieces[(seed = seed * 1664525 + 1013904223) >> 28];
    std::string safe = safe_file_name(name, name);
    ASSERT_FALSE(safe.empty());
    ASSERT_LE(safe.size(), max_file_name_bytes);
    ASSERT_TRUE(base::is_valid_utf8(safe));
    ASSERT_EQ(safe.find_first_of(std::string("/\\:\0\r\n", 6)), std::string::npos);
    ASSERT_NE(safe.front(), '.');
    ASSERT_NE(safe.back(), '.');
    ASSERT_NE(safe.back(), ' ');
    auto joined = (std::filesystem::path("/target") / safe).lexically_normal();
    ASSERT_EQ(joined.parent_path(), "/target") << safe;
    ASSERT_EQ(safe_file_name(safe), safe) << "again";
  }
}

}  // namespace
}  // namespace postroom::mime
