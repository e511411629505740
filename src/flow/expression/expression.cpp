#include "flow/expression/expression.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "flow/expression/engine.hpp"
#include "flow/expression/names.hpp"

namespace postroom::flow {
namespace {

using Engine = ExpressionEngine;

enum class Yield { value, text, truth, nothing };

struct Job {
  Engine& engine;
  std::string_view expression;
  Yield yield;
  base::Value value{};
  bool truth = false;
};

int run(lua_State* state) {
  auto& job = *static_cast<Job*>(lua_touserdata(state, 1));
  job.engine.push_compiled(state, job.expression);
  if (job.yield == Yield::nothing) return 0;
  lua_call(state, 0, 1);
  job.truth = lua_toboolean(state, -1) != 0;
  if (job.yield != Yield::truth) job.value = read_value(state, -1);
  return 0;
}

// What Lua says, without the names it gives to the chunk.
std::string words_of(lua_State* state) {
  std::size_t size = 0;
  const char* text = lua_type(state, -1) == LUA_TSTRING ? lua_tolstring(state, -1, &size) : nullptr;
  if (!text) return "it raised an error that is no text";
  std::string_view words(text, size);
  if (words.starts_with("expression:")) {
    auto line = words.find(':', 11);
    if (line != std::string_view::npos) words.remove_prefix(std::min(words.size(), line + 2));
  }
  std::string said = base::printable(words, 300);
  // Lua's word for list[1].
  static constexpr std::string_view item = "(field 'integer index')";
  if (auto at = said.find(item); at != std::string::npos)
    said.replace(at, item.size(), "(an item that the list does not have)");
  return said;
}

// The NAME of "attempt to call a nil value (method 'NAME')"; empty: it is something else.
std::string missing_method(std::string_view words) {
  static constexpr std::string_view start = "attempt to call a nil value (method '";
  if (!words.starts_with(start)) return {};
  words.remove_prefix(start.size());
  return std::string(words.substr(0, words.find('\'')));
}

// What to do about a runtime error of Lua's, by its words.
std::string cure_of(std::string_view words) {
  bool is_comparison = words.starts_with("attempt to compare");
  bool is_nil = words.contains("nil");
  if (is_nil && (is_comparison || words.starts_with("attempt to") || words.contains("got nil")))
    return "check for values that may be missing: name and name.field or \"none\"";
  if (is_comparison || words.starts_with("attempt to perform arithmetic"))
    return "make both sides the same kind: tonumber(text) or tostring(number)";
  if (words.starts_with("attempt to concatenate")) return "write tostring(value)";
  if (words.starts_with("the text that is compared with a date"))
    return "write the date as '2026-01-31'";
  return "correct the expression; docs/flow-file.md says what it may use";
}

base::Error error_of(Engine& engine, int status, std::string_view expression) {
  std::string words = status == LUA_ERRMEM ? "it takes too much memory" : words_of(engine.state);
  if (status == LUA_ERRMEM) engine.failure = Engine::Failure::too_big;
  std::string cure;
  if (auto method = missing_method(words); !method.empty()) {
    static const std::vector<std::string> methods = {"find",  "format", "gmatch",  "gsub", "len",
                                                     "lower", "match",  "reverse", "rep",  "sub",
                                                     "upper", "byte",   "date"};
    auto meant = base::nearest(method, methods);
    words = fmt::format("a text has no method \"{}\"", method);
    cure = meant ? fmt::format("did you mean :{}()?", *meant)
                 : fmt::format("there are: {}; a date has date", base::join(methods, ", "));
  } else {
    cure = cure_of(words);
  }
  auto message = fmt::format("{{{{ {} }}}}: {}", base::printable(expression, 120), words);
  const auto& refusal = engine.refusal;
  if (engine.failure == Engine::Failure::none && refusal && words.contains(refusal->message()))
    return base::Error(base::ErrorKind::config, refusal->code(), message, refusal->hint());
  auto make = [&](std::string_view code, std::string_view hint) {
    return base::Error(base::ErrorKind::config, code, message, std::string(hint));
  };
  switch (engine.failure) {
    case Engine::Failure::syntax:
      if (auto hint = foreign_operator(expression); !hint.empty())
        return make("expression.syntax", hint);
      return make(
          "expression.syntax",
          "an expression is one Lua expression, such as mail.subject or #mail.attachments > 1");
    case Engine::Failure::too_long:
      return make(
          "expression.too_long",
          "an expression is for small computations: shorten its loops or the text it looks at");
    case Engine::Failure::too_big:
      return make("expression.too_big",
                  "an expression may hold 16 MiB; cut texts with text:sub(1, 1000)");
    case Engine::Failure::wrong_type:
      return make("expression.wrong_type",
                  "yield a text, a number, true or false, a date, a list or a mapping");
    case Engine::Failure::none:
      break;
  }
  return make("expression.failed", cure);
}

void run_job(Job& job, const Scope* scope) {
  auto& engine = job.engine;
  engine.begin(scope);
  lua_settop(engine.state, 0);
  lua_pushcfunction(engine.state, run);
  lua_pushlightuserdata(engine.state, &job);
  int status = lua_pcall(engine.state, 1, 0, 0);
  engine.scope = nullptr;
  if (status == LUA_OK) return;
  auto error = error_of(engine, status, job.expression);
  lua_settop(engine.state, 0);
  throw error;
}

}  // namespace

Expressions::Expressions(std::string zone, const base::Clock& clock, ExpressionLimits limits)
    : engine_(std::make_unique<Engine>(std::move(zone), clock, limits)) {}
Expressions::~Expressions() = default;
Expressions::Expressions(Expressions&&) noexcept = default;
Expressions& Expressions::operator=(Expressions&&) noexcept = default;

Evaluated Expressions::evaluate_expression(std::string_view expression, const Scope& scope) {
  Job job{*engine_, expression, Yield::value};
  run_job(job, &scope);
  return {std::move(job.value), engine_->has_touched_mail ? Origin::mail : Origin::flow};
}

Evaluated Expressions::evaluate(const Template& text, const Scope& scope) {
  if (text.is_one_expression()) return evaluate_expression(text.pieces.front().text, scope);
  Evaluated result;
  std::string joined;
  for (const auto& piece : text.pieces) {
    if (!piece.is_expression) {
      joined += piece.text;
      continue;
    }
    auto part = evaluate_expression(piece.text, scope);
    if (part.origin == Origin::mail) result.origin = Origin::mail;
    joined += text_of(part.value);
    if (joined.size() > engine_->limits.memory) {
      throw base::Error(base::ErrorKind::config, "expression.too_big",
                        "a text with expressions becomes too big",
                        "cut long values with text:sub(1, 1000)");
    }
  }
  result.value = base::Value(std::move(joined));
  return result;
}

bool Expressions::is_true(const Template& condition, const Scope& scope) {
  auto expression =
      condition.is_one_expression() ? condition.pieces.front().text : condition.constant_text();
  Job job{*engine_, expression, Yield::truth};
  run_job(job, &scope);
  return job.truth;
}

std::optional<std::string> Expressions::syntax_error(std::string_view expression) {
  Job job{*engine_, expression, Yield::nothing};
  try {
    run_job(job, nullptr);
  } catch (const base::Error& error) {
    auto words = error.message();
    auto prefix = fmt::format("{{{{ {} }}}}: ", base::printable(expression, 120));
    return words.starts_with(prefix) ? words.substr(prefix.size()) : words;
  }
  return std::nullopt;
}

}  // namespace postroom::flow
