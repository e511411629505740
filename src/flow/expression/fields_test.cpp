#include "flow/expression/fields.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "flow/load/load.hpp"

namespace postroom::flow {
namespace {

class Fields : public testing::Test {
 protected:
  Fields() {
    message.envelope.subject = "a;b, c";
    message.envelope.from = {{"x@evil.org, Jane", "jane@example.com"}};
    scope.declare_mail("mail", {.message = &message, .folder = "Inbox"});
    scope.declare("k", "7", Origin::flow);
    scope.declare("bad", base::List{1}, Origin::flow);
  }
  base::Map fields(std::string_view step) {
    auto result = load_text("name: x\nsteps:\n  - " + std::string(step) + "\n", "f.yaml", "/flows");
    for (const auto& finding : result.findings) ADD_FAILURE() << to_text(finding, "f.yaml");
    return evaluate_fields(result.flow.steps.at(0), expressions, scope,
                           {"Europe/Paris", &clock, "/flows", "f.yaml"});
  }
  std::string error(std::string_view step) {
    try {
      fields(step);
    } catch (const base::Error& e) {
      return e.code() + " " + e.message();
    }
    return "fine";
  }

  base::ManualClock clock;
  Expressions expressions{"Europe/Paris", clock};
  mailbox::Message message;
  Scope scope;
};

TEST_F(Fields, HaveTheirTypesAndDefaults) {
  auto loop = fields(
      "for_each_mail: { folder: \"Inbox; Archive\", limit: \"{{ k }}\", where: { larger_than: 1MB "
      "}, do: [ log: a ] }");
  EXPECT_EQ(loop["folder"], base::Value(base::List{"Inbox", "Archive"}));
  EXPECT_EQ(loop["limit"], base::Value(7));
  EXPECT_EQ(loop["once"], base::Value(true));
  EXPECT_EQ(loop["attempts"], base::Value(3));
  EXPECT_EQ(loop["as"], base::Value("mail"));
  EXPECT_EQ(loop["where"], base::Value(base::Map{{"larger_than", "1MB"}}));
  EXPECT_FALSE(loop.contains("do"));
  auto connect = fields("connect: { session: s, to: maildir, path: box, timeout: 5m }");
  EXPECT_EQ(connect["path"], base::Value("/flows/box"));
  EXPECT_EQ(connect["timeout"], base::Value(std::int64_t{300'000}));
  EXPECT_EQ(connect["session"], base::Value("s"));
  auto server = fields(
      "connect: { session: s, to: server, auth: { mode: basic, username: u, password: { "
      "credential: c } } }");
  EXPECT_EQ(server["auth"], base::Value(base::Map{{"mode", "password"}}));
  EXPECT_EQ(fields("if: { when: mail.size, do: [ log: a ] }")["when"], base::Value(true));
  EXPECT_EQ(fields("log: \"n {{ 1 + 1 }}\"")["message"], base::Value("n 2"));
}

TEST_F(Fields, OneTextOfAMailIsOneItem) {
  auto send = fields(
      "send: { to: \"{{ mail.from }}\", cc: [ \"{{ mail.subject }}\", a@b.c ], subject: s, text: t "
      "}");
  EXPECT_EQ(send["to"], base::Value(base::List{"\"x@evil.org, Jane\" <jane@example.com>"}));
  EXPECT_EQ(send["cc"], base::Value(base::List{"a;b, c", "a@b.c"}));
}

TEST_F(Fields, WhatDoesNotFitNamesPlaceAndField) {
  EXPECT_TRUE(error("for_each_mail: { limit: \"{{ mail.subject }}\", do: [ log: a ] }")
                  .starts_with("expression.wrong_type f.yaml:3: limit: needs a number"));
  EXPECT_TRUE(error("for_each_mail: { limit: \"{{ nil }}\", do: [ log: a ] }")
                  .starts_with("expression.wrong_type"));
  EXPECT_TRUE(error("for_each_mail: { mark_read: \"{{ 1 }}\", do: [ log: a ] }")
                  .starts_with("expression.wrong_type"));
  EXPECT_TRUE(error("for_each_mail: { order: \"{{ 'newest' }}\", do: [ log: a ] }")
                  .starts_with("expression.wrong_type"));
  EXPECT_TRUE(error("connect: { session: s, to: server, timeout: \"{{ 30 }}\" }")
                  .starts_with("expression.wrong_type"));
  EXPECT_TRUE(error("log: \"{{ bad.x.y }}\"").starts_with("expression.failed f.yaml:3"));
}

TEST_F(Fields, AssignmentsKeepOrderTypeAndOrigin) {
  auto result = load_text(
      "name: x\nsteps:\n  - set: { b: \"{{ mail.subject }}\", a: 1, q: \"1\", l: [ 1, x ] }\n", "f",
      "/");
  ASSERT_TRUE(result.ok());
  auto set =
      evaluate_assignments(result.flow.steps[0], expressions, scope, {"UTC", &clock, "/", "f"});
  ASSERT_EQ(set.size(), 4u);
  EXPECT_EQ(set[0].name, "b");
  EXPECT_EQ(set[0].evaluated.origin, Origin::mail);
  EXPECT_EQ(set[1].evaluated.value, base::Value(1));
  EXPECT_EQ(set[1].evaluated.origin, Origin::flow);
  EXPECT_EQ(set[2].evaluated.value, base::Value("1"));
  EXPECT_EQ(set[3].evaluated.value, base::Value(base::List{1, "x"}));
}

}  // namespace
}  // namespace postroom::flow
