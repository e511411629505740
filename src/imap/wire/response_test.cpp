#include "imap/wire/response.hpp"

#include <gtest/gtest.h>

namespace postroom::imap::wire {
namespace {

template <class T>
T parsed(std::string_view text) {
  static FetchData fetch;
  auto response = parse_response(text, fetch);
  if (!response) {
    ADD_FAILURE() << text << ": expected " << response.error().expected << " at "
                  << response.error().at;
    return {};
  }
  if (!std::holds_alternative<T>(*response)) {
    ADD_FAILURE() << text << ": another response";
    return {};
  }
  return std::get<T>(*response);
}

const FetchData& fetched(std::string_view text) {
  static FetchData none;
  auto reference = parsed<FetchReference>(text);
  return reference.data ? *reference.data : none;
}

TEST(Response, status) {
  auto ok = parsed<Status>("A12 OK [COPYUID 38505 304,319:320 3956:3958] Done");
  EXPECT_EQ(ok.tag, "A12");
  EXPECT_TRUE(ok.code.is("copyuid"));
  EXPECT_EQ(ok.code.arguments, "38505 304,319:320 3956:3958");
  EXPECT_EQ(ok.text, "Done");
  EXPECT_EQ(parsed<Status>("A1 OK").condition, Condition::ok);
  EXPECT_EQ(parsed<Status>("* bye later").condition, Condition::bye);
  EXPECT_EQ(parsed<Status>("* OK [PERMANENTFLAGS (\\Deleted \\*)] x").code.arguments,
            "(\\Deleted \\*)");
  EXPECT_EQ(parsed<Status>("* NO [broken text").text, "[broken text");
  EXPECT_EQ(parsed<Continuation>("+").text, "");
  EXPECT_EQ(parsed<Continuation>("+ abc=").text, "abc=");
}

TEST(Response, data) {
  EXPECT_EQ(parsed<ExistsData>("* 172 EXISTS").count, 172u);
  EXPECT_EQ(parsed<ExpungeData>("* 44 EXPUNGE").number.value, 44u);
  EXPECT_EQ(parsed<CapabilityData>("* CAPABILITY IMAP4rev1 MOVE").words, "IMAP4rev1 MOVE");
  EXPECT_EQ(parsed<FlagsData>("* FLAGS (\\Seen $X)").flags, "\\Seen $X");
  EXPECT_EQ(parsed<SearchData>("* SEARCH").numbers, "");
  EXPECT_EQ(parsed<SearchData>("* SEARCH 2 84").numbers, "2 84");
  EXPECT_EQ(parsed<EsearchData>("* ESEARCH (TAG \"A1\") UID COUNT 3 ALL 2,10:11").all, "2,10:11");
  EXPECT_EQ(parsed<EsearchData>("* ESEARCH (TAG \"A1\") UID").all, "");
  auto list = parsed<ListData>("* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent \\\"Items\\\"\"");
  EXPECT_EQ(list.mailbox.to_string(), "Sent \"Items\"");
  EXPECT_EQ(list.delimiter, '/');
  EXPECT_EQ(parsed<ListData>("* LIST () \"\\\\\" a[b]").delimiter, '\\');
  EXPECT_EQ(parsed<ListData>("* LIST () NIL {3}\r\na b").mailbox.raw, "a b");
  auto status = parsed<StatusData>(
      "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292 X (1 2) MAILBOXID (F2212) )");
  EXPECT_EQ(status.messages, 231u);
  EXPECT_EQ(status.mailbox_id, "F2212");
  EXPECT_EQ(parsed<NamespaceData>("* NAMESPACE ((\"\" \"/\")) NIL NIL").personal.at(0).delimiter,
            '/');
  EXPECT_TRUE(parsed<NamespaceData>("* NAMESPACE NIL NIL NIL").personal.empty());
  EXPECT_EQ(parsed<OtherData>("* XSOMETHING new (1").word, "XSOMETHING");
}

TEST(Response, extensions) {
  EXPECT_EQ(parsed<EnabledData>("* ENABLED CONDSTORE X-Y").words, "CONDSTORE X-Y");
  EXPECT_EQ(parsed<EnabledData>("* enabled").words, "");
  EXPECT_TRUE(parsed<VanishedData>("* VANISHED (EARLIER) 300:310,405").earlier);
  EXPECT_EQ(parsed<VanishedData>("* VANISHED 405,505:507").uids, "405,505:507");
  EXPECT_FALSE(parsed<VanishedData>("* VANISHED 405").earlier);
  EXPECT_EQ(parsed<EsearchData>("* ESEARCH (TAG \"A\") UID ALL 2 MODSEQ 917162500").modseq,
            917162500u);
  auto list = parsed<ListData>(
      "* LIST (\\NonExistent) \"/\" \"Foo\" (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME ({3}\r\nBar) X "
      "(1))");
  EXPECT_EQ(list.old_name.raw, "Bar");
  EXPECT_EQ(list.child_info, "\"SUBSCRIBED\"");
  auto status = parsed<StatusData>("* STATUS x (DELETED 4 SIZE 9 HIGHESTMODSEQ 7)");
  EXPECT_EQ(status.deleted, 4u);
  EXPECT_EQ(status.highest_modseq, 7u);
  auto spaces = parsed<NamespaceData>("* NAMESPACE NIL ((\"~\" \"/\" \"X\" (\"a\"))(\"#\" NIL))");
  EXPECT_TRUE(spaces.personal.empty() && spaces.shared.empty());
  EXPECT_EQ(spaces.other_users.at(1).prefix.raw, "#");
  const FetchData& f = fetched(
      "* 1 FETCH (EMAILID (M1) THREADID NIL MODSEQ 5 X-GM-LABELS (\\Inbox \"a b\" {1}\r\n)) UID "
      "2)");
  EXPECT_EQ(f.mail_id, "M1");
  EXPECT_EQ(f.thread_id, "");
  EXPECT_EQ(f.modseq, 5u);
  std::string labels;
  for_each_label(f.labels.value(), [&](const Text& label) { labels += label.to_string() + "|"; });
  EXPECT_EQ(labels, "\\Inbox|a b|)|");
}

TEST(Response, quotes_inside_quotes) {
  EXPECT_EQ(parsed<ListData>("* LIST () \"/\" \"a\"b\"c\"").mailbox.raw, "a\"b\"c");
  EXPECT_EQ(parsed<ListData>("* LIST () \"/\" \"\"").mailbox.raw, "");
  EXPECT_EQ(parsed<ListData>("* LIST () \"/\" \"a\\\"\"").mailbox.to_string(), "a\"");
}

TEST(Response, fetch) {
  const FetchData& f = fetched(
      "* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 UID "
      "77 MODSEQ (9) "
      "X-UNKNOWN (a (b \")\") {2}\r\n))) "
      "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 \\\"WG\\\" mtg\" "
      "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) NIL NIL "
      "((NIL NIL \"imap\" \"cac.washington.edu\")(NIL NIL \"group\" NIL) (NIL NIL NIL NIL)) \"\" "
      "NIL NIL "
      "\"<B27397-0100000@cac.washington.edu>\") "
      "BODY[HEADER.FIELDS (Date \"X]Y\")]<0> {4}\r\na: b)");
  EXPECT_EQ(f.number.value, 12u);
  EXPECT_EQ(f.uid, Uid{77});
  EXPECT_EQ(f.size, 4286u);
  EXPECT_EQ(f.modseq, 9u);
  EXPECT_TRUE(f.has_flag("\\SEEN"));
  ASSERT_TRUE(f.envelope);
  EXPECT_EQ(f.envelope->subject.to_string(), "IMAP4rev1 \"WG\" mtg");
  int count = 0;
  for_each_address(f.envelope->from, [&](const Address& a) {
    ++count;
    EXPECT_EQ(a.name.raw, "Terry Gray");
    EXPECT_EQ(a.host.raw, "cac.washington.edu");
  });
  EXPECT_EQ(count, 1);
  count = 0;
  for_each_address(f.envelope->to, [&](const Address& a) {
    count += a.is_group_start() * 10 + a.is_group_end() * 100 + 1;
  });
  EXPECT_EQ(count, 113);
  ASSERT_EQ(f.sections.size(), 1u);
  EXPECT_EQ(f.sections[0].section, "HEADER.FIELDS (Date \"X]Y\")");
  EXPECT_EQ(f.sections[0].origin, 0u);
  EXPECT_EQ(f.sections[0].value.raw, "a: b");
  EXPECT_TRUE(fetched("* 1 FETCH (UID 3 BODY[] NIL)").sections[0].value.is_nil());
  EXPECT_TRUE(fetched("* 1 FETCH (UID 3)").sections.empty());  // memory used again, content not
}

TEST(Response, body_structure_numbers_parts) {
  const FetchData& f = fetched(
      "* 1 FETCH (UID 1 BODYSTRUCTURE "
      "(((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 100 3 NIL NIL NIL NIL)"
      "(\"TEXT\" \"HTML\" NIL NIL NIL \"QUOTED-PRINTABLE\" 200 5) \"ALTERNATIVE\" (\"BOUNDARY\" "
      "\"x\") NIL NIL)"
      "(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") \"<id>\" NIL \"BASE64\" 5000 NIL "
      "(\"attachment\" (\"FILENAME\" \"a.pdf\")) NIL NIL)"
      "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 900 (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL "
      "NIL) "
      "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 10 1)(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" "
      "20) \"MIXED\") 40)"
      "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 90 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 10 1) 4)"
      " \"MIXED\"))");
  const auto& parts = f.structure.parts;
  ASSERT_EQ(parts.size(), 11u);
  const char* sections[] = {"", "1", "1.1", "1.2", "2", "3", "", "3.1", "3.2", "4", "4.1"};
  for (std::size_t i = 0; i < parts.size(); ++i)
    EXPECT_EQ(f.structure.section(i), sections[i]) << i;
  EXPECT_EQ(parts[4].size, 5000u);
  EXPECT_TRUE(parts[4].disposition.is("ATTACHMENT"));
  std::string name;
  for_each_parameter(parts[4].disposition_parameters,
                     [&](Text, Text value) { name = value.to_string(); });
  EXPECT_EQ(name, "a.pdf");
  EXPECT_TRUE(parts[5].holds_message);
  Scanner in(parts[5].envelope);
  EXPECT_EQ(parse_envelope(in).subject.raw, "inner");
}

TEST(Response, sloppy_body_structures) {
  EXPECT_EQ(fetched("* 1 FETCH (UID 1 BODYSTRUCTURE (\"MIXED\" (\"BOUNDARY\" \"x\") NIL NIL))")
                .structure.parts.size(),
            1u);
  EXPECT_EQ(fetched("* 1 FETCH (BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 900 NIL "
                    "NIL NIL NIL))")
                .structure.section(0),
            "1");
  EXPECT_EQ(fetched("* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" NIL))")
                .structure.parts[0]
                .size,
            0u);
}

TEST(Response, refuses_what_it_cannot_read) {
  std::string deep = "* 1 FETCH (BODYSTRUCTURE " + std::string(10'000, '(');
  for (std::string_view text :
       std::initializer_list<std::string_view>{"*",
                                               "* ",
                                               "* 1",
                                               "* 1 FETCH",
                                               "* 1 FETCH (",
                                               "* 1 FETCH (UID x)",
                                               "* 1 FETCH (UID 1",
                                               "* 99999999999 EXISTS",
                                               "* 1 FETCH (BODY[1 {3}\r\nabc)",
                                               "* 1 FETCH (BODY[] {9}\r\nabc)",
                                               "* LIST (",
                                               "* LIST () \"/\"",
                                               "* STATUS x (MESSAGES)",
                                               "* VANISHED",
                                               "* VANISHED (EARLIER)",
                                               "* VANISHED (EARLIER",
                                               "* NAMESPACE ((\"a\" \"/\")",
                                               "* NAMESPACE x",
                                               "* LIST () \"/\" a (OLDNAME (b",
                                               "* 1 FETCH (MODSEQ (5)",
                                               "* 1 FETCH ((UID 1)",
                                               "A1",
                                               "A1 MAYBE",
                                               "* 1 FETCH (X \"a)",
                                               std::string_view(deep)}) {
    FetchData fetch;
    EXPECT_FALSE(parse_response(text, fetch)) << text.substr(0, 60);
  }
}

TEST(Response, finds_the_place_of_a_literal) {
  FetchData scratch;
  auto place = parse_literal_place("* 3 FETCH (UID 9 FLAGS () BODY[2.1]<0> {70000}\r\n", scratch);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->uid, Uid{9});
  EXPECT_EQ(place->section, "2.1");
  place = parse_literal_place("* 3 FETCH (BODY[] {70000}\r\n", scratch);
  ASSERT_TRUE(place);
  EXPECT_FALSE(place->uid);
  EXPECT_FALSE(
      parse_literal_place("* 3 FETCH (UID 9 BODY[] {1}\r\nx ENVELOPE (NIL {70000}\r\n", scratch));
  EXPECT_FALSE(parse_literal_place("* LIST () \"/\" {70000}\r\n", scratch));
}

}  // namespace
}  // namespace postroom::imap::wire
