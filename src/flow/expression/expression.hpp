// Expressions: Lua 5.4 as a calculator. Strangers' subjects and bodies flow through it, so it can
// compute and nothing else: no files, no loading, no lasting state, bounded in steps, memory and
// time.
//
// Owns: the Lua state, the compiled expressions, the limits. Does not know: fields and their types
// (fields.hpp), steps. The only code, with its neighbours in this folder, that includes Lua.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/value.hpp"
#include "flow/expression/scope.hpp"
#include "flow/flow.hpp"

namespace postroom::flow {

class ExpressionEngine;

struct ExpressionLimits {
  std::uint64_t instructions =
      1'000'000;                      // one evaluation; work inside library calls is charged too
  std::size_t memory = 16 << 20;      // alive at once in the whole state
  std::size_t allocated = 256 << 20;  // by one evaluation, freed or not: copying is work
  std::chrono::milliseconds cpu_time{1000};  // what the instruction count cannot see
  std::size_t repeated = 1 << 20;            // bytes that one string.rep may make
  std::size_t pattern = 1000;                // bytes of one RE2 pattern
  std::int64_t pattern_memory = 1 << 19;     // of one compiled pattern
  std::uint64_t pattern_work = 500'000'000;  // program size times text length of one match
  int depth = 32;                            // nesting of a list or mapping that is given back
  std::size_t expression = 16 << 10;         // bytes of one expression
};

struct Evaluated {
  base::Value value;
  Origin origin = Origin::flow;  // mail: something of a mail went into it
};

// One state, many evaluations; each sees a fresh environment and leaves nothing behind. Compiled
// expressions are kept. Not thread-safe: one for each thread. Errors are base::Error{config} with
// code expression.syntax, .failed, .too_long, .too_big or .wrong_type.
class Expressions {
 public:
  // Dates print in `zone`; `clock` outlives this.
  Expressions(std::string zone, const base::Clock& clock, ExpressionLimits limits = {});
  ~Expressions();
  Expressions(Expressions&&) noexcept;
  Expressions& operator=(Expressions&&) noexcept;

  // Exactly one {{ expression }}: its value. Anything else: a text, the pieces concatenated.
  Evaluated evaluate(const Template& text, const Scope& scope);
  // One expression without its braces.
  Evaluated evaluate_expression(std::string_view expression, const Scope& scope);
  // Only false and nil are false. A constant template is read as an expression.
  bool is_true(const Template& condition, const Scope& scope);

  // Why `expression` is no Lua expression; nothing when it is one.
  std::optional<std::string> syntax_error(std::string_view expression);

 private:
  std::unique_ptr<ExpressionEngine> engine_;
};

// As an expression's value stands in a text: like Value::to_text, but an address ({name, address})
// as `Name <address>`.
std::string text_of(const base::Value& value);

}  // namespace postroom::flow
