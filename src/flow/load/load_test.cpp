#include "flow/load/load.hpp"

#include <gtest/gtest.h>

#include "flow/check/check.hpp"
#include "flow/load/secret_field.hpp"

namespace postroom::flow {
namespace {

struct Bad {
  std::string_view yaml;
  int line, column;
  std::string_view code;
  std::string_view words;  // part of the message or the hint
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.yaml; }

std::string all_of(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) text += to_text(finding, "f.yaml") + "\n";
  return text;
}

class BadFlow : public testing::TestWithParam<Bad> {};

TEST_P(BadFlow, IsToldWithPlaceCodeAndHint) {
  const auto& bad = GetParam();
  auto result = load_text(bad.yaml, "f.yaml", "/srv");
  EXPECT_FALSE(result.ok());
  bool is_found = false;
  for (const auto& f : result.findings) {
    EXPECT_FALSE(f.hint.empty() && f.code != "flow.no_name") << to_text(f, "f.yaml");
    is_found |= f.place.line == bad.line && f.place.column == bad.column && f.code == bad.code &&
                (f.message + f.hint).contains(bad.words);
  }
  EXPECT_TRUE(is_found) << all_of(result.findings);
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, BadFlow,
    testing::Values(
        Bad{"name: x\nsteps:\n\t- log: a\n", 3, 1, "flow.tab", "spaces only"},
        Bad{"name: x\nname: y\nsteps:\n  - log: a\n", 2, 1, "flow.duplicate_key", "line 1"},
        Bad{"name: x\nsteps:\n  - log: &a hello\n", 3, 10, "flow.anchor", "variable"},
        Bad{"name: &a x\nid: *a\nsteps:\n  - log: a\n", 2, 5, "flow.alias", "variable"},
        Bad{"name: !!str x\nsteps:\n  - log: a\n", 1, 7, "flow.tag", "tag"},
        Bad{"name: x\n<<: {a: 1}\nsteps:\n  - log: a\n", 2, 1, "flow.merge_key",
            "write the fields out"},
        Bad{"name: x\nsteps:\n  - log: {{ x }}\n", 3, 10, "flow.unquoted_braces",
            "quote a value that starts with {{"},
        Bad{"name: x\nsteps:\n  - set: { a: {{ x }}/b }\n", 3, 15, "flow.unquoted_braces",
            "quote a value"},
        Bad{"name: x\nsteps:\n  - log: {{ x }}/y\n", 3, 10, "flow.unquoted_braces",
            "quote a value"},
        Bad{"name:x\n", 1, 1, "flow.missing_space", "colon"},
        Bad{"name:x\nsteps:\n  - log: a\n", 1, 1, "flow.missing_space", "name"},
        Bad{"name: x\nsteps:\n  - move: {to:Archive}\n", 3, 12, "flow.missing_space", "to"},
        Bad{"name: x\nsteps:\n  - log:hello\n", 3, 5, "flow.missing_space", "log"},
        Bad{"name: \xff\n", 1, 7, "flow.not_utf8", "UTF-8"},
        Bad{"name: x\nsteps: [\n", 3, 1, "flow.yaml_syntax", "brackets"},
        Bad{"name: x\nsteps:\n  - log: \"h\u00fc\n  - log: 'x'\n", 3, 10, "flow.unclosed_quote",
            "not closed"},
        Bad{"name: x\nsteps:\n  - log: a\n  - log: \"a \\\"", 4, 10, "flow.unclosed_quote", "same"},
        Bad{"name: x\nsteps:\n  - log: \"hi\n  - log: \"x\"\n", 3, 10, "flow.unclosed_quote",
            "not closed"},
        Bad{"name: x\nsteps:\n  - log: 'it''s\n", 3, 10, "flow.unclosed_quote", "same quote"},
        Bad{"- a\n- b\n", 1, 1, "flow.wrong_type", "name and steps"},
        Bad{"", 1, 1, "flow.wrong_type", "mapping"}));

INSTANTIATE_TEST_SUITE_P(
    Flow, BadFlow,
    testing::Values(
        Bad{"name: x\nstep:\n  - log: a\n", 2, 1, "flow.unknown_key", "did you mean \"steps\"?"},
        Bad{"name: x\nsteps:\n  - mvoe: { to: a }\n", 3, 5, "flow.unknown_action",
            "did you mean \"move\"?"},
        Bad{"name: x\nsteps:\n  - move: { too: a }\n", 3, 13, "flow.unknown_field",
            "did you mean \"to\"?"},
        Bad{"name: x\nsteps:\n  - if: { when: a, then: [ log: b ] }\n", 3, 20, "flow.unknown_field",
            "did you mean \"do\"?"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, user: u }\n", 3, 28, "flow.unknown_field",
            "auth: { username: ..., password: ... }"},
        Bad{"name: x\nsteps:\n  - frobnicate: a\n", 3, 5, "flow.unknown_action",
            "there are: connect"},
        Bad{"name: x\nsteps:\n  - for_each_mail: { limit: 2.5, do: [ log: a ] }\n", 3, 29,
            "flow.wrong_type", "whole number"},
        Bad{"name: x\nsteps:\n  - for_each_mail: { limit: all, do: [ log: a ] }\n", 3, 29,
            "flow.wrong_type", "whole number"},
        Bad{"name: x\nsteps:\n  - move:\n    to: a\n", 4, 5, "flow.misplaced_field", "indent"},
        Bad{"name: x\nsteps:\n  - move: { to: a }\n    log: b\n", 4, 5, "flow.two_actions",
            "- log:"},
        Bad{"name: x\nsteps:\n  - id: a\n", 3, 5, "flow.no_action", "add one"},
        Bad{"name: x\nsteps:\n  - log: a\n    enabled: yes\n", 4, 14, "flow.wrong_type",
            "true or false"},
        Bad{"name: x\nsteps:\n  - log: a\n    id: a b\n", 4, 9, "flow.bad_name", "id"},
        Bad{"name: x\nsteps:\n  - log: a\n    id: p\n  - log: a\n    id: p\n", 6, 9,
            "flow.duplicate_id", "\"p\""},
        Bad{"name: x\nsteps:\n  - for_each_mail: { limit: 010, do: [ log: a ] }\n", 3, 29,
            "flow.wrong_type", "decimal"},
        Bad{"name: x\nsteps:\n  - for_each_mail: { mark_read: no, do: [ log: a ] }\n", 3, 33,
            "flow.wrong_type", "true or false"},
        Bad{"name: x\nsteps:\n  - for_each_mail: { order: newest, do: [ log: a ] }\n", 3, 29,
            "flow.bad_choice", "newest_first"},
        Bad{"name: x\nsteps:\n  - for_each_mail: { limit: \"{{ 1 }}0\", do: [ log: a ] }\n", 3, 29,
            "flow.wrong_type", "exactly one"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: maildir, path: m, timeout: 30 }\n", 3,
            59, "flow.wrong_type", "30s"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: graph }\n", 3, 32,
            "connect.not_available", "available: server, maildir"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: server, auth: { mode: pkce } }\n", 3,
            54, "connect.not_available", "password"},
        Bad{"name: x\nsteps:\n  - connect: { session: \"{{ a }}\", to: maildir }\n", 3, 25,
            "flow.no_expression_here", "session"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: \"{{ k }}\" }\n", 3, 32,
            "flow.no_expression_here", "to of connect"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: server, auth: { password: geheim } "
            "}\n",
            3, 58, "secret.bare_text", "insecure_string"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: server, auth: { password: { variable: "
            "a, credential: b } } }\n",
            3, 58, "secret.one_source", "exactly one"},
        Bad{"name: x\nsteps:\n  - connect: { session: a, to: server, auth: { password: { varable: "
            "a } } }\n",
            3, 60, "flow.unknown_key", "did you mean \"variable\"?"},
        Bad{"name: x\nsteps:\n  - log: \"a {{ b\"\n", 3, 13, "expression.syntax", "not closed"},
        Bad{"name: x\nsteps:\n  - log: \"{{ }}\"\n", 3, 11, "expression.syntax", "empty"},
        Bad{"name: x\nsteps:\n  - log:\n    note: a\n  - log: b\n  - move: { to: }\n", 6, 17,
            "flow.missing_value", "to"},
        Bad{"name: x\ntimezone: Mars/Olympus\nsteps:\n  - log: a\n", 2, 11, "flow.unknown_timezone",
            "IANA"},
        Bad{"name: x\nvariables: { end: 1 }\nsteps:\n  - log: a\n", 2, 14, "flow.bad_name", "Lua"},
        Bad{"name: x\nvariables: { a: \"{{ b }}\" }\nsteps:\n  - log: a\n", 2, 17,
            "flow.no_expression_here", "default"},
        Bad{"name: x\nsteps:\n  - skip\n", 3, 5, "flow.wrong_type", "- skip:"},
        Bad{"steps:\n  - log: a\n", 1, 1, "flow.no_name", "name"}));

TEST(Load, CollectsAllFindingsInOrderOfLines) {
  auto result = load_text("nmae: x\nsteps:\n  - mvoe: a\n  - log: b\n    enabled: yes\n", "f", "/");
  ASSERT_GE(result.findings.size(), 3u);
  for (std::size_t i = 1; i < result.findings.size(); ++i)
    EXPECT_LE(result.findings[i - 1].place.line, result.findings[i].place.line);
}

TEST(Load, RefusesWhatIsTooDeepOrTooLarge) {
  std::string deep = "name: x\nsteps: " + std::string(100, '[');
  auto result = load_text(deep, "f", "/");
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].code, "flow.too_deep");
  result = load_text("name: " + std::string(2 << 20, 'x'), "f", "/");
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].code, "flow.too_large");
  result = load_text("name: x\nsteps:\n  - log: a\n---\nname: y\n", "f", "/");
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].code, "flow.many_documents");
}

constexpr std::string_view good = R"(name: File invoices
variables: { archive: /srv/invoices, pw: { required: true }, user: { required: true } }
steps:
  - connect:
      session: ap
      to: server
      host: mail.example.com
      auth:
        username: ap@example.com
        password: { variable: pw }
  - for_each_mail:
      folder: Inbox
      where: { status: unread, subject: { contains: invoice }, has_attachment: true }
      do:
        - save_attachments: { to: "{{ archive }}/{{ mail.received:date('%Y-%m') }}", types: [pdf] }
        - if: { when: "mail.size > 1000", do: [ log: big ], else: [ skip: ] }
        - set: { n: 12, t: "12" }
        - move: { to: Processed }
  - disconnect: ap
)";

TEST(Load, ReadsAGoodFlow) {
  auto result = load_text(good, "f.yaml", "/srv");
  ASSERT_TRUE(result.ok()) << all_of(result.findings);
  auto& flow = result.flow;
  EXPECT_EQ(flow.id, "file-invoices");
  ASSERT_EQ(flow.steps.size(), 3u);
  const auto& body = std::get<std::vector<Step>>(flow.steps[1].field("do")->data);
  ASSERT_EQ(body.size(), 4u);
  EXPECT_EQ(body[1].path, "1.do.1");
  EXPECT_EQ(std::get<Template>(body[0].field("to")->data).pieces.size(), 3u);
  EXPECT_EQ(flow.steps[2].session, "ap");
  auto source = secret_source(flow, flow.steps[0], "auth.password");
  ASSERT_TRUE(source);
  EXPECT_EQ(std::get<vault::VariableSource>(source->from).name, "pw");
  EXPECT_TRUE(flow.variables[1].required);
  auto findings = check(flow);
  EXPECT_TRUE(findings.empty()) << all_of(findings);
  const auto& checked = std::get<std::vector<Step>>(flow.steps[1].field("do")->data);
  EXPECT_EQ(checked[3].session, "ap");
}

TEST(Load, AcceptsQuotesThatAreClosed) {
  auto result = load_text(
      "name: 'x'\nsteps:\n  - log: \"h\u00fc \\\" it's \\\\\"\n  - log: 'it''s \"'\n"
      "  - log: \"two\n      lines\"\n  - log: |\n      \"open\n  - log: it's \"so\n",
      "f", "/");
  EXPECT_TRUE(result.ok()) << all_of(result.findings);
}

TEST(Load, UnknownActionsAreNotOfferedTheKeysOfAStep) {
  auto result = load_text("name: x\nsteps:\n  - frobnicate: a\n", "f", "/");
  ASSERT_EQ(result.findings.size(), 1u);
  for (const char* key : {" id", "enabled", "note"})
    EXPECT_FALSE(result.findings[0].hint.contains(key)) << result.findings[0].hint;
}

TEST(Load, ShortFormsGiveTheMainField) {
  auto result = load_text(
      "name: x\nsteps:\n  - connect: { session: h, to: maildir, path: m }\n"
      "  - for_each_mail:\n      do:\n        - save_attachments: a\n        - save_email: a\n"
      "        - reply: hello\n        - change_status: read\n        - if:\n"
      "            when: mail.size > 1\n            do: [ move: Done ]\n"
      "            else: [ delete: permanent ]\n        - skip: because\n  - disconnect: h\n",
      "f", "/");
  ASSERT_TRUE(result.ok()) << all_of(result.findings);
  const auto& body = std::get<std::vector<Step>>(result.flow.steps[1].field("do")->data);
  for (std::size_t i : {0u, 1u, 3u}) EXPECT_NE(body[i].field("to"), nullptr) << i;
  EXPECT_NE(body[2].field("text"), nullptr);
  EXPECT_EQ(result.flow.steps[2].session, "h");
}

TEST(Template, KnowsWhereAnExpressionEnds) {
  auto result = load_text("name: x\nsteps:\n  - log: \"{{ '}}' }}{{ {{1}}[1][1] }}{{ [[}}]] }}\"\n",
                          "f", "/");
  ASSERT_TRUE(result.ok()) << all_of(result.findings);
  const auto& text = std::get<Template>(result.flow.steps[0].field("message")->data);
  ASSERT_EQ(text.pieces.size(), 3u);
  EXPECT_EQ(text.pieces[0].text, "'}}'");
  EXPECT_EQ(text.pieces[1].text, "{{1}}[1][1]");
}

}  // namespace
}  // namespace postroom::flow
