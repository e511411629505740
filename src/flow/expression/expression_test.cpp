#include "flow/expression/expression.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "flow/expression/fields.hpp"
#include "flow/expression/names.hpp"
#include "flow/expression/path_field.hpp"
#include "flow/load/template.hpp"

namespace postroom::flow {
namespace {

class Expression : public testing::Test {
 protected:
  Expression() {
    message.envelope.subject = "Rechnung ü 7/2026";
    message.envelope.from = {{"Doe, Jane", "jane@example.com"}};
    message.envelope.to = {{"", "a@b.c"}, {"", "d@e.f"}};
    message.received = base::Instant{std::chrono::milliseconds{1'790'000'000'000}};
    message.size = 2000;
    message.headers = {{"X-Spam", "no"}};
    message.attachments = {{.part_id = "2", .name = "a.pdf", .type = "application/pdf", .size = 9},
                           {.name = "b.png", .inline_ = true}};
    scope.declare_mail("mail", {.message = &message, .folder = "Inbox"});
    scope.declare("archive", "/srv", Origin::flow);
    scope.declare("n", 5, Origin::flow);
  }
  base::Value value(std::string_view expression) {
    return expressions.evaluate_expression(expression, scope).value;
  }
  std::string text(std::string_view source) {
    return text_of(expressions.evaluate(parse_template(source).value(), scope).value);
  }
  std::string code(std::string_view expression) {
    try {
      value(expression);
    } catch (const base::Error& error) {
      return error.code();
    }
    return "fine";
  }

  base::ManualClock clock;
  Expressions expressions{"Europe/Paris", clock};
  mailbox::Message message;
  Scope scope;
};

TEST_F(Expression, Computes) {
  EXPECT_EQ(value("n + 1"), base::Value(6));
  EXPECT_EQ(value("mail.size > 1000 and 'big' or 'small'"), base::Value("big"));
  EXPECT_EQ(value("{1, 2}"), base::Value(base::List{1, 2}));
  EXPECT_EQ(value("{a = 1}"), base::Value(base::Map{{"a", 1}}));
  EXPECT_EQ(value("mail.attachment_count"), base::Value(1));
  EXPECT_EQ(value("mail.headers['x-spam']"), base::Value("no"));
  EXPECT_EQ(text("{{ archive }}/{{ mail.from }}: {{ mail.to }}"),
            "/srv/\"Doe, Jane\" <jane@example.com>: a@b.c, d@e.f");
  EXPECT_EQ(text("{{ mail.received }}"), "2026-09-21T16:13:20+02:00");
  EXPECT_EQ(text("{{ mail.received:date('%Y-%m') }}"), "2026-09");
  EXPECT_EQ(value("mail.received > '2026-01-01'"), base::Value(true));
  EXPECT_EQ(value("('a.b.c'):gsub('[.]', '-')"), base::Value("a-b-c"));
  EXPECT_EQ(value("mail.subject:match([[(\\d+)/(\\d+)]])"), base::Value("7"));
  EXPECT_EQ(value("(function() local t = '' for w in ('a bc'):gmatch([[\\w+]]) do t = t .. '<' .. "
                  "w .. '>' end return t end)()"),
            base::Value("<a><bc>"));
  EXPECT_EQ(value("(('abc'):gsub('', '-'))"), base::Value("-a-b-c-"));
  EXPECT_EQ(value("('x=1'):find('=', 1, true)"), base::Value(2));
}

TEST_F(Expression, IsASandbox) {
  for (const char* name :
       {"os", "io", "debug", "load", "loadstring", "require", "dofile", "setmetatable",
        "getmetatable", "rawset", "collectgarbage", "coroutine", "package", "_G"}) {
    EXPECT_EQ(code(name), "expression.failed") << name;
  }
  EXPECT_EQ(value("string.dump"), base::Value());
  EXPECT_EQ(code("(function() x = 1 end)()"), "expression.failed");
  EXPECT_EQ(code("(function() string.upper = nil end)()"), "expression.failed");
  EXPECT_EQ(code("(function() mail.subject = 'x' end)()"), "expression.failed");
  EXPECT_EQ(value("('x'):upper()"), base::Value("X"));
  EXPECT_EQ(code("string.format('%p', {})"), "expression.failed");
  EXPECT_EQ(value("tostring({})"), base::Value("table"));
}

TEST_F(Expression, EndsWhatDoesNotEnd) {
  EXPECT_EQ(code("(function() while true do end end)()"), "expression.too_long");
  EXPECT_EQ(code("(function() while true do pcall(function() while true do end end) end end)()"),
            "expression.too_long");
  EXPECT_EQ(code("(function() local s = 'x' while true do s = s .. s end end)()"),
            "expression.too_big");
  EXPECT_EQ(code("(function() local t = {} for i = 1, 1e9 do t[i] = {i} end end)()"),
            "expression.too_big");
  EXPECT_EQ(code("pcall(function() local s = 'x' while true do s = s .. s end end)"),
            "expression.too_big");
  EXPECT_EQ(code("('x'):rep(1e9)"), "expression.too_big");
  EXPECT_EQ(code("pcall(string.rep, 'x', 1e9)"), "expression.too_big");
  EXPECT_EQ(
      code("(function() local s = ('x'):rep(1e6) for i = 1, 1e6 do local t = s .. i end end)()"),
      "expression.too_big");
  // Hours in a backtracking matcher.
  EXPECT_EQ(value("(('a'):rep(50000)):match('^(a*)*(a*)*(a*)*b')"), base::Value());
  EXPECT_EQ(code("(('a'):rep(1000000)):find(('(a*)*'):rep(150) .. 'b')"), "expression.too_long");
  EXPECT_EQ(code("('a'):find('((a{1000}){1000}){1000}')"), "expression.failed");
  EXPECT_EQ(code("(function() local t = {} t.t = t return t end)()"), "expression.wrong_type");
  EXPECT_EQ(code("(function() local function f() return f() + 1 end return f() end)()"),
            "expression.too_big");
  EXPECT_EQ(value("1 + 1"), base::Value(2));
}

TEST_F(Expression, SaysWhatIsWrong) {
  EXPECT_EQ(code("1 +"), "expression.syntax");
  EXPECT_EQ(code("return 1"), "expression.syntax");
  EXPECT_EQ(code("a, b"), "expression.syntax");
  EXPECT_EQ(code("mail"), "expression.wrong_type");
  EXPECT_EQ(code("print"), "expression.failed");
  EXPECT_EQ(code("mail.subjct"), "expression.failed");
  EXPECT_EQ(code("('x'):find('(')"), "expression.failed");
  EXPECT_TRUE(expressions.syntax_error("1 +").has_value());
  EXPECT_FALSE(expressions.syntax_error("mail.subject -- a comment").has_value());
}

TEST_F(Expression, EachMistakeHasItsOwnCure) {
  auto told = [&](std::string_view expression) {
    try {
      value(expression);
    } catch (const base::Error& error) {
      return error.code() + ": " + error.message() + " / " + error.hint();
    }
    return std::string("fine");
  };
  EXPECT_TRUE(told("mail.cc[1].address").contains("may be missing"));
  EXPECT_FALSE(told("mail.cc[1].address").contains("integer index"));
  EXPECT_TRUE(told("n > 'x'").contains("tonumber")) << told("n > 'x'");
  EXPECT_FALSE(told("n > 'x'").contains("missing"));
  EXPECT_TRUE(told("mail.received:date('%Q')").starts_with("date.bad_format: "));
  EXPECT_TRUE(told("mail.received:date('%Q')").contains("%Y %m %d"));
  EXPECT_TRUE(told("mail.subject:uper()").contains("no method \"uper\""));
  EXPECT_TRUE(told("mail.subject:uper()").contains("did you mean :upper()?"));
  EXPECT_TRUE(told("n != 1").contains("~="));
}

TEST_F(Expression, TracesWhatCameFromAMail) {
  EXPECT_EQ(expressions.evaluate_expression("archive", scope).origin, Origin::flow);
  EXPECT_EQ(expressions.evaluate_expression("mail.subject", scope).origin, Origin::mail);
}

TEST_F(Expression, KeepsStrangersInsideThePath) {
  auto path = [&](std::string_view source) {
    return evaluate_path(parse_template(source).value(), expressions, scope, "/flows").path;
  };
  EXPECT_EQ(path("{{ archive }}/x"), "/srv/x");
  EXPECT_EQ(path("out/{{ n }}"), "/flows/out/5");
  message.envelope.subject = "../../etc/passwd";
  EXPECT_TRUE(path("{{ archive }}/{{ mail.subject }}").starts_with("/srv/"));
  EXPECT_EQ(path("{{ archive }}/{{ mail.subject }}").find('/', 5), std::string::npos);
  EXPECT_THROW(path("/srv/in/{{ mail.subject }}/../../x"), base::Error);
}

TEST(Names, FindsFreeNamesOnly) {
  auto names = names_in("(function(a) local b = a.c return b + d.e['f'] .. 'g' end)({ h = i })");
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].name, "d");
  EXPECT_EQ(names[0].path, (std::vector<std::string>{"e", "f"}));
  EXPECT_EQ(names[1].name, "i");
}

TEST(Names, TellWhatAListingFetches) {
  auto want = [](std::string_view source) {
    return want_of(parse_template(source).value(), "mail");
  };
  EXPECT_TRUE(want("{{ mail.subject }}").envelope);
  EXPECT_FALSE(want("{{ mail.subject }}").text);
  EXPECT_TRUE(want("{{ mail.body }}").text);
  EXPECT_TRUE(want("{{ mail.attachment_count }}").structure);
  EXPECT_EQ(want("{{ mail.headers['X-A'] }}").headers, std::vector<std::string>{"X-A"});
  EXPECT_TRUE(want("{{ mail.headers }}").all_headers);
  EXPECT_TRUE(want("{{ mail[n] }}").text);
  EXPECT_TRUE(want("{{ f(mail) }}").text);
  EXPECT_FALSE(want("mail.subject").envelope);
  EXPECT_FALSE(want("{{ other.subject }}").envelope);
}

TEST(PlainValue, ReadsOnlyWhatIsWrittenSo) {
  auto plain = [](std::string text, bool quoted) {
    return plain_value(Template{{{false, std::move(text)}}, quoted});
  };
  EXPECT_EQ(plain("12", false), base::Value(12));
  EXPECT_EQ(plain("12", true), base::Value("12"));
  EXPECT_EQ(plain("010", false), base::Value("010"));
  EXPECT_EQ(plain("no", false), base::Value("no"));
  EXPECT_EQ(plain("true", false), base::Value(true));
  EXPECT_EQ(plain("1.5", false), base::Value(1.5));
}

}  // namespace
}  // namespace postroom::flow
