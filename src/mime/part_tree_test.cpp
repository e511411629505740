#include "mime/part_tree.hpp"

#include <gtest/gtest.h>

namespace postroom::mime {
namespace {

struct Case {
  std::string header, name;
};

class FileNameOf : public testing::TestWithParam<Case> {};

// "disposition | type": either may be empty.
TEST_P(FileNameOf, DecodesTheForm) {
  std::string_view header = GetParam().header;
  std::size_t bar = header.find('|');
  ParsedField disposition = parse_field(header.substr(0, bar));
  ParsedField type = parse_field(bar == std::string_view::npos ? "" : header.substr(bar + 1));
  PartFields fields;
  fields.type = "application";
  fields.subtype = "pdf";
  fields.params = type.params;
  fields.disposition = disposition.value;
  fields.disposition_params = disposition.params;
  EXPECT_EQ(make_part(fields).name, GetParam().name) << header;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, FileNameOf,
    testing::Values(
        Case{"attachment; filename=a.pdf", "a.pdf"},
        Case{"attachment; filename=\"a b.pdf\"", "a b.pdf"},
        Case{"attachment; filename=a b.pdf", "a b.pdf"},
        Case{"attachment;filename=\"a;b.pdf\"", "a;b.pdf"},
        Case{"attachment; FileName = \"a.pdf\"", "a.pdf"},
        Case{"attachment; filename=\"a\\\"b.pdf\"", "a\"b.pdf"},
        Case{"attachment; filename=\"C:\\dir\\a.pdf\"", "C:\\dir\\a.pdf"},
        Case{"attachment; filename=\"a.pdf", "a.pdf"},
        Case{"attachment; filename=\"a.pdf\" size=5", "a.pdf"},
        Case{"attachment; filename=a.pdf size=5", "a.pdf"},
        Case{"attachment; size=5 filename=a.pdf", "a.pdf"},
        Case{"attachment;;; filename=a.pdf;", "a.pdf"},
        Case{"attachment; filename=report (1).pdf", "report (1).pdf"},
        Case{"attachment; filename=", ""}, Case{"attachment", ""}, Case{"", ""},
        Case{"; filename=a.pdf", "a.pdf"},
        // Both places.
        Case{"attachment; filename=d.pdf|application/pdf; name=t.pdf", "d.pdf"},
        Case{"attachment|application/pdf; name=t.pdf", "t.pdf"},
        Case{"attachment; filename=\"\"|application/pdf; name=t.pdf", "t.pdf"},
        Case{"attachment; name=a.pdf", "a.pdf"}, Case{"|application/pdf; filename=a.pdf", "a.pdf"},
        // RFC 2231.
        Case{"attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"},
        Case{"attachment; filename*=UTF-8'fr'%C3%A9.pdf", "é.pdf"},
        Case{"attachment; filename*=iso-8859-1''%E9.pdf", "é.pdf"},
        Case{"attachment; filename*=\"utf-8''%C3%A9.pdf\"", "é.pdf"},
        Case{"attachment; filename*=%C3%A9.pdf", "é.pdf"},
        Case{"attachment; filename*=''%C3%A9.pdf", "é.pdf"},
        Case{"attachment; filename=x.pdf; filename*=utf-8''%C3%A9.pdf", "é.pdf"},
        Case{"attachment; filename*=utf-8''%C3%A9.pdf; filename=x.pdf", "é.pdf"},
        Case{"attachment; filename*=utf-8''100%25.pdf", "100%.pdf"},
        Case{"attachment; filename*=utf-8''bad%zz.pdf", "bad%zz.pdf"},
        Case{"attachment; filename*=nonsense''a.pdf", "a.pdf"},
        // Continuations.
        Case{"attachment; filename*0=\"long \"; filename*1=\"name.pdf\"", "long name.pdf"},
        Case{"attachment; filename*1=\"name.pdf\"; filename*0=\"long \"", "long name.pdf"},
        Case{"attachment; filename*0*=utf-8''%C3%A9; filename*1*=%C3%A8.pdf", "éè.pdf"},
        Case{"attachment; filename*0*=utf-8''%C3; filename*1*=%A9.pdf", "é.pdf"},
        Case{"attachment; filename*0*=utf-8''%C3%A9; filename*1=\"%20.pdf\"", "é%20.pdf"},
        Case{"attachment; filename*1=\"b.pdf\"; filename*2=\"c\"", "b.pdfc"},
        Case{"attachment; filename*0=\"=?utf-8?Q?=C3=A9\"; filename*1=\".pdf?=\"", "é.pdf"},
        Case{"attachment; filename*10=k; filename*2=c; filename*0=a; filename*1=b", "abck"},
        // RFC 2047 where it must not be.
        Case{"attachment; filename=\"=?utf-8?Q?=C3=A9.pdf?=\"", "é.pdf"},
        Case{"attachment; filename==?utf-8?Q?=C3=A9.pdf?=", "é.pdf"},
        Case{"attachment; filename=\"=?iso-8859-1?Q?=E9?= =?iso-8859-1?Q?.pdf?=\"", "é.pdf"},
        Case{"attachment; filename=\"=?utf-8?B?w6kucGRm?=\"", "é.pdf"},
        Case{"|application/pdf; name=\"=?utf-8?Q?=C3=A9?=.pdf\"", "é.pdf"},
        Case{"attachment; filename*=\"=?utf-8?Q?=C3=A9.pdf?=\"", "é.pdf"},
        Case{"attachment; filename=\"=?gb2312?B?xOO6w8o=?=\"", "你好\xEF\xBF\xBD"},
        // Raw bytes, a forgotten star.
        Case{"attachment; filename=\"é.pdf\"", "é.pdf"},
        Case{"attachment; filename=\"\xE9.pdf\"", "é.pdf"},
        Case{"attachment; filename=\"utf-8''%C3%A9.pdf\"", "é.pdf"},
        Case{"attachment; filename=\"a%20b.pdf\"", "a%20b.pdf"},
        Case{"attachment; filename=\"a\r\n b.pdf\"", "a b.pdf"}));

TEST(PartTest, ReadsTheOtherFields) {
  PartFields fields;
  fields.type = "TEXT";
  fields.subtype = "Calendar";
  fields.params = {
      {"METHOD", "request"}, {"charset", "UTF-8"}, {"format", "Flowed"}, {"DelSp", "yes"}};
  fields.id = " <x@y> ";
  fields.encoding = "BASE64";
  fields.disposition = "INLINE";
  fields.size = 7;
  Part part = make_part(fields);
  EXPECT_TRUE(part.is("text", "calendar"));
  EXPECT_EQ(part.method, "REQUEST");
  EXPECT_EQ(part.content_id, "x@y");
  EXPECT_EQ(part.encoding, "base64");
  EXPECT_EQ(part.disposition, "inline");
  EXPECT_EQ(part.size, 7U);
  EXPECT_TRUE(part.flowed && part.delsp);
  EXPECT_TRUE(make_part({}).is("text", "plain"));
}

TEST(PartTest, NumbersAsImapDoes) {
  Part single;
  number_parts(single);
  EXPECT_EQ(single.id, "1");

  Part nested{.type = "message", .subtype = "rfc822"};
  nested.children.push_back({.type = "multipart", .subtype = "mixed"});
  nested.children[0].children.resize(2);
  Part simple{.type = "message", .subtype = "rfc822"};
  simple.children.resize(1);
  Part root{.type = "multipart", .subtype = "mixed"};
  root.children = {Part{.type = "multipart", .subtype = "alternative"}, nested, simple};
  root.children[0].children.resize(2);
  number_parts(root);
  EXPECT_EQ(root.id, "");
  EXPECT_EQ(root.children[0].children[1].id, "1.2");
  EXPECT_EQ(root.children[1].id, "2");
  EXPECT_EQ(root.children[1].children[0].id, "2.TEXT");
  EXPECT_EQ(root.children[1].children[0].children[1].id, "2.2");
  EXPECT_EQ(root.children[2].children[0].id, "3.1");
  for (std::string_view id : {"", "1", "1.2", "2", "2.TEXT", "2.1", "2.2", "3", "3.1"}) {
    const Part* found = find_part(root, id);
    ASSERT_NE(found, nullptr) << id;
    EXPECT_EQ(found->id, id);
  }
  EXPECT_EQ(find_part(root, "4"), nullptr);
  EXPECT_EQ(find_part(root, "1.3"), nullptr);
}

}  // namespace
}  // namespace postroom::mime
