#include "flow/check/check.hpp"

#include <gtest/gtest.h>

#include "flow/load/load.hpp"

namespace postroom::flow {
namespace {

constexpr std::string_view head =
    "name: x\nvariables: { pw: { required: true }, total: 1 }\nsteps:\n";  // steps from line 4
constexpr std::string_view connect =
    "  - connect: { session: a, to: maildir, path: m }\n";  // line 4

struct Bad {
  std::string_view steps;
  int line;
  std::string_view code;
  std::string_view words;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.steps; }

std::string all_of(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) text += to_text(finding, "f") + "\n";
  return text;
}

std::vector<Finding> findings_of(const std::string& yaml, const CheckOptions& options = {}) {
  auto result = load_text(yaml, "f", "/");
  EXPECT_TRUE(result.ok()) << all_of(result.findings);
  return check(result.flow, options);
}

class BadSteps : public testing::TestWithParam<Bad> {};

TEST_P(BadSteps, AreTold) {
  const auto& bad = GetParam();
  auto findings = findings_of(std::string(head) + std::string(connect) + std::string(bad.steps));
  EXPECT_TRUE(has_errors(findings));
  bool is_found = false;
  for (const auto& f : findings)
    is_found |=
        f.place.line == bad.line && f.code == bad.code && (f.message + f.hint).contains(bad.words);
  EXPECT_TRUE(is_found) << all_of(findings);
}

INSTANTIATE_TEST_SUITE_P(
    Check, BadSteps,
    testing::Values(
        Bad{"  - connect: { session: a, to: maildir, path: m }\n", 5, "flow.session_is_live",
            "line 4"},
        Bad{"  - disconnect: b\n", 5, "flow.unknown_session", "did you mean \"a\"?"},
        Bad{"  - disconnect: a\n  - check_folder: { folder: b, as: c }\n", 6, "flow.no_session",
            "connect first"},
        Bad{"  - connect: { session: b, to: maildir, path: m }\n  - check_folder: { folder: b, as: "
            "c }\n",
            6, "flow.no_session", "a, b"},
        Bad{"  - connect: { session: b, to: maildir }\n", 5, "connect.no_path", "path"},
        Bad{"  - connect: { session: b, to: maildir, path: m, host: h }\n", 5,
            "connect.wrong_field", "host"},
        Bad{"  - connect: { session: b, to: server, host: h, tls: none, auth: { mode: none } }\n",
            5, "connect.plaintext", "allow_plaintext"},
        Bad{"  - connect: { session: b, to: server, host: h, port: 70000, auth: { mode: none } }\n",
            5, "connect.bad_port", "65535"},
        Bad{"  - connect: { session: b, to: server, host: h, auth: { username: u } }\n", 5,
            "connect.no_sign_in", "password"},
        Bad{"  - connect: { session: b, to: server, host: h, auth: { username: u, password: { "
            "variable: p } } }\n",
            5, "flow.unknown_variable", "did you mean \"pw\"?"},
        Bad{"  - move: { to: b }\n", 5, "flow.outside_loop", "for_each_mail"},
        Bad{"  - for_each_mail:\n      do:\n        - disconnect: a\n", 7, "flow.inside_loop",
            "before or behind"},
        Bad{"  - connect: { session: b, to: maildir, path: m }\n  - for_each_mail:\n      session: "
            "a\n      do:\n        - move: { session: b, to: c }\n",
            9, "flow.other_session", "\"a\""},
        Bad{"  - for_each_mail:\n      do:\n        - move: { mail: outer, to: c }\n", 7,
            "flow.unknown_mail", "mail"},
        Bad{"  - for_each_mail:\n      do:\n        - move:\n", 7, "flow.missing_field",
            "lacks to"},
        Bad{"  - log: \"{{ totl }}\"\n", 5, "flow.unknown_variable", "did you mean \"total\"?"},
        Bad{"  - log: \"{{ 1 + }}\"\n", 5, "expression.syntax", "expression"},
        Bad{"  - log: \"{{ mail.subject }}\"\n", 5, "flow.unknown_variable", "mail"},
        Bad{"  - for_each_mail:\n      do:\n        - log: \"{{ mail.subjct }}\"\n", 7,
            "expression.unknown_property", "did you mean \"subject\"?"},
        Bad{"  - for_each_mail: { as: total, do: [ log: a ] }\n", 5, "flow.shadowed", "total"},
        Bad{"  - check_folder: { folder: b, as: total }\n", 5, "flow.shadowed", "total"},
        Bad{"  - if: { when: \"true\", do: [ set: { k: 1 } ] }\n  - log: \"{{ k }}\"\n", 6,
            "flow.unknown_variable", "\"k\""},
        Bad{"  - if: { when: total >, do: [ log: a ] }\n", 5, "expression.syntax", "expression"},
        Bad{"  - for_each_mail: { limit: 0, do: [ log: a ] }\n", 5, "flow.wrong_type", "from 1"},
        Bad{"  - for_each_mail: { where: { subjct: a }, do: [ log: a ] }\n", 5, "where.unknown_key",
            "did you mean \"subject\"?"},
        Bad{"  - for_each_mail: { where: { subject: { matches: \"(\" } }, do: [ log: a ] }\n", 5,
            "where.bad_pattern", "RE2"},
        Bad{"  - for_each_mail: { where: { larger_than: big }, do: [ log: a ] }\n", 5,
            "flow.wrong_type", "10MB"},
        Bad{"  - for_each_mail: { where: { received: { since: soon } }, do: [ log: a ] }\n", 5,
            "flow.wrong_type", "date"},
        Bad{"  - for_each_mail: { where: { not: [ a ] }, do: [ log: a ] }\n", 5, "where.wrong_type",
            "mapping"},
        Bad{"  - send: { to: a@b.c, subject: s, text: t }\n", 5, "session.cannot_send", "smtp"}));

constexpr std::string_view with_password =
    "name: x\nvariables: { pw: { required: true }, d: geheim }\nsteps:\n"
    "  - connect: { session: ap, to: server, host: h, auth: { username: u, password: { variable: "
    "pw } } }\n";

TEST(Check, SecretsStayOutOfExpressions) {
  auto findings =
      findings_of(std::string(with_password) + "  - log: \"{{ pw }}\"\n  - set: { pw: x }\n");
  ASSERT_EQ(findings.size(), 2u) << all_of(findings);
  EXPECT_EQ(findings[0].code, "secret.in_expression");
  EXPECT_EQ(findings[0].place.line, 5);
  EXPECT_EQ(findings[1].code, "secret.in_expression");
}

TEST(Check, InsecureStringsWarnOrFail) {
  std::string yaml =
      "name: x\nvariables: { d: geheim }\nsteps:\n"
      "  - connect: { session: ap, to: server, host: h, auth: { username: u, password: { "
      "insecure_string: pst } } }\n"
      "  - connect: { session: b, to: server, host: h, auth: { username: u, password: { variable: "
      "d } } }\n";
  auto findings = findings_of(yaml);
  ASSERT_EQ(findings.size(), 2u) << all_of(findings);
  EXPECT_FALSE(has_errors(findings));
  EXPECT_EQ(findings[0].place.line, 2);  // the variable's default
  EXPECT_EQ(findings[1].place.line, 4);
  EXPECT_TRUE(findings[1].hint.contains("--var-from NAME=env:X")) << findings[1].hint;
  EXPECT_FALSE(all_of(findings).contains("pst"));
  EXPECT_FALSE(all_of(findings).contains("geheim"));
  EXPECT_TRUE(has_errors(findings_of(yaml, {.strict = true})));
}

TEST(Check, CredentialsAreRefusedWithoutAVault) {
  auto findings = findings_of(
      "name: x\nvariables: { d: { credential: box } }\nsteps:\n"
      "  - connect: { session: a, to: server, host: h, auth: { username: u, password: { "
      "credential: "
      "b } } }\n");
  ASSERT_EQ(findings.size(), 2u) << all_of(findings);
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.code, "secret.no_vault");
    EXPECT_EQ(finding.level, Finding::Level::error);
    EXPECT_TRUE(finding.hint.contains("--var-from")) << finding.hint;
  }
  EXPECT_EQ(findings[1].place.line, 4);
}

TEST(Check, StepsBehindAMoveOfTheSameMessage) {
  auto lines = [](std::string_view body) {
    std::string text;
    for (const auto& finding : findings_of(std::string(head) + std::string(connect) +
                                           "  - for_each_mail:\n      do:\n" + std::string(body)))
      text += finding.code + ":" + std::to_string(finding.place.line) + " ";
    return text;
  };
  EXPECT_EQ(lines("        - move: a\n        - log: x\n        - change_status: read\n"),
            "flow.step_after_move:9 ");
  EXPECT_EQ(lines("        - delete:\n        - if:\n            when: mail.size > 1\n"
                  "            do: [ save_email: a ]\n"),
            "flow.step_after_move:10 ");
  EXPECT_EQ(
      lines("        - if: { when: mail.size > 1, do: [ move: a ], else: [ delete: trash ] }\n"
            "        - move: b\n"),
      "flow.step_after_move:8 ");
  EXPECT_EQ(lines("        - if: { when: mail.size > 1, do: [ move: a, stop: ] }\n"
                  "        - save_email: b\n        - move: b\n        - set: { n: 1 }\n"),
            "");
  EXPECT_EQ(lines("        - { move: a, enabled: false }\n        - move: b\n"), "");
}

TEST(Check, SaysHowLuaWritesAnOperator) {
  auto hint = [](std::string_view when) {
    auto findings = findings_of(std::string(head) + "  - if: { when: '" + std::string(when) +
                                "', do: [ log: a ] }\n");
    return findings.empty() ? std::string() : findings[0].hint;
  };
  EXPECT_TRUE(hint("total != 1").contains("~="));
  EXPECT_TRUE(hint("total = 1").contains("=="));
  EXPECT_TRUE(hint("total && 1").contains("and"));
  EXPECT_TRUE(hint("total || 1").contains("or"));
  EXPECT_EQ(hint("total ~= 1 and ({ a = 1 }).a == 1"), "");
}

TEST(Check, VariablesGivenFromOutside) {
  auto codes = [](const CheckOptions& options) {
    std::string text;
    for (const auto& finding : findings_of(std::string(with_password), options))
      text += finding.code + " ";
    return text;
  };
  EXPECT_EQ(codes({}), "");
  EXPECT_EQ(codes({.are_variables_complete = true}), "flow.missing_variable ");
  EXPECT_EQ(codes({.sourced_variables = {"pw"}, .are_variables_complete = true}), "");
  EXPECT_EQ(codes({.plain_variables = {"pw"}, .are_variables_complete = true}),
            "secret.by_argument ");
  EXPECT_EQ(codes({.plain_variables = {"q"}}), "flow.unknown_variable ");
}

TEST(Check, GoodFlowsPass) {
  auto findings =
      findings_of(std::string(head) + std::string(connect) +
                  "  - check_folder: { folder: b, as: there }\n"
                  "  - if: { when: there, do: [ set: { total: 2 } ], else: [ log: none ] }\n"
                  "  - for_each_mail:\n      as: outer\n      do:\n"
                  "        - set: { size: \"{{ outer.size }}\" }\n"
                  "        - log: \"{{ size }} {{ now():date('%Y') }} {{ string.rep('-', 3) }}\"\n"
                  "        - change_status: { to: read, mail: outer }\n"
                  "  - disconnect: a\n"
                  "  - connect: { session: a, to: maildir, path: m }\n");
  EXPECT_TRUE(findings.empty()) << all_of(findings);
}

}  // namespace
}  // namespace postroom::flow
