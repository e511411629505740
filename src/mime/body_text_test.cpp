// Bodies as text: format=flowed (RFC 3676) and charsets.
#include <gtest/gtest.h>

#include "mime/message.hpp"

namespace postroom::mime {
namespace {

struct Flowed {
  std::string raw, text;
  bool delete_space = false;
};

class UnfoldFlowed : public testing::TestWithParam<Flowed> {};

TEST_P(UnfoldFlowed, Joins) {
  EXPECT_EQ(unfold_flowed(GetParam().raw, GetParam().delete_space), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3676, UnfoldFlowed,
    testing::Values(Flowed{"", ""}, Flowed{"a", "a\n"}, Flowed{"a\n", "a\n"},
                    Flowed{"a \nb\n", "a b\n"}, Flowed{"a \nb \nc", "a b c\n"},
                    Flowed{"a\nb\n", "a\nb\n"},
                    // DelSp: the space was only the mark, in scripts without spaces.
                    Flowed{"日 \n本\n", "日本\n", true}, Flowed{"a  \nb\n", "a b\n", true},
                    // Space stuffing.
                    Flowed{" From x\n", "From x\n"}, Flowed{" > no quote\n", "> no quote\n"},
                    Flowed{"  two\n", " two\n"}, Flowed{" \nx\n", "\nx\n"},
                    // Quotes, and a depth that changes in the middle of a paragraph.
                    Flowed{"> a \n> b\nc\n", "> a b\nc\n"},
                    Flowed{">> a \n> b \nc\n", ">> a \n> b \nc\n"}, Flowed{">>> a\n", ">>> a\n"},
                    Flowed{">a\n", "> a\n"}, Flowed{">\n> a\n", ">\n> a\n"},
                    Flowed{"> > a\n", "> > a\n"},
                    // The signature's line joins nothing, quoted neither.
                    Flowed{"a \n-- \nAnn\n", "a \n-- \nAnn\n"},
                    Flowed{"> a \n> -- \n> Ann\n", "> a \n> -- \n> Ann\n"},
                    Flowed{"-- \nAnn\n", "-- \nAnn\n", true}));

std::string body(Part part, std::string_view bytes) { return read_body_text(part, bytes).text; }

TEST(BodyTextTest, ReadsFlowedInAnyCharset) {
  Part part;
  part.flowed = true;
  part.charset = "utf-16be";
  EXPECT_EQ(body(part, std::string("\0a\0 \0\r\0\n\0b", 10)), "a b\n");
  part.charset = "iso-2022-jp";
  part.delsp = true;
  EXPECT_EQ(body(part, "\x1B$BF|\x1B(B \r\n\x1B$BK\\\x1B(B\r\n"), "日本\n");
  part.charset = "no-such";
  EXPECT_EQ(body(part, "caf\xE9 \r\nau lait\r\n"), "caféau lait\n");
  part.subtype = "html";
  EXPECT_EQ(body(part, "a \r\nb"), "a \nb");
}

TEST(BodyTextTest, TakesThePagesOwnWordAsAHint) {
  Part part;
  part.subtype = "html";
  EXPECT_EQ(body(part, "<meta charset=gb2312>\xC4\xE3\xBA\xC3"), "<meta charset=gb2312>你好");
  EXPECT_EQ(body(part, "<meta http-equiv=x content=\"text/html; charset=koi8-r\">\xF0"),
            "<meta http-equiv=x content=\"text/html; charset=koi8-r\">П");
  // Valid UTF-8 wins over the hint, the label over both.
  EXPECT_EQ(body(part, "<meta charset=gb2312>你"), "<meta charset=gb2312>你");
  part.charset = "windows-1251";
  EXPECT_EQ(body(part, "<meta charset=gb2312>\xCF"), "<meta charset=gb2312>П");
  part.charset = "utf-8";
  EXPECT_EQ(body(part, "<meta charset=windows-1251>\xCF"), "<meta charset=windows-1251>П");
  part.charset = "";
  EXPECT_EQ(body(part, "<meta charset=utf-16>\xE9"), "<meta charset=utf-16>é");
  EXPECT_EQ(body(part, std::string("\xFF\xFE<\0p\0>\0\xE9\0", 10)), "<p>é");
}

}  // namespace
}  // namespace postroom::mime
