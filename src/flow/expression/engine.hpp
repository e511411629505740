// ExpressionEngine: the Lua state behind Expressions, its budget, and what its library functions
// share. Internal to this folder.
//
// Every call into Lua happens below lua_pcall; lua5.4-c++ raises errors as C++ exceptions, so
// destructors run.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <lua.hpp>
#include <re2/re2.h>

#include "base/error.hpp"
#include "flow/expression/expression.hpp"

namespace postroom::flow {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

class ExpressionEngine {
 public:
  enum class Failure { none, syntax, too_long, too_big, wrong_type };

  ExpressionEngine(std::string zone_name, const base::Clock& time, ExpressionLimits bounds);
  ~ExpressionEngine();
  ExpressionEngine(const ExpressionEngine&) = delete;
  ExpressionEngine& operator=(const ExpressionEngine&) = delete;

  static ExpressionEngine& of(lua_State* state) {
    return **static_cast<ExpressionEngine**>(lua_getextraspace(state));
  }

  // Counts work that the instruction count does not see. Raises a Lua error when the budget is
  // spent.
  void charge(lua_State* state, std::uint64_t work);
  // Ends this evaluation: the error cannot be caught by a script.
  [[noreturn]] void abandon(lua_State* state, Failure why, const char* words);
  // A new evaluation: the whole budget again.
  void begin(const Scope* in);

  // Leaves the compiled expression on the stack.
  void push_compiled(lua_State* state, std::string_view expression);
  // Raises a Lua error when `pattern` is none; kept until it is pushed out by newer ones.
  const re2::RE2& compiled_pattern(lua_State* state, std::string_view pattern);
  int zone_index(std::string_view name);

  std::string zone;
  const base::Clock& clock;
  ExpressionLimits limits;
  lua_State* state = nullptr;

  // Of the evaluation that is running.
  const Scope* scope = nullptr;
  bool has_touched_mail = false;
  Failure failure = Failure::none;
  // What a function of ours refused, with its own code and hint; a script may have caught it since.
  std::optional<base::Error> refusal;
  std::uint64_t spent = 0;
  std::size_t allocated = 0;
  std::size_t produced = 0;  // bytes given back so far
  std::chrono::nanoseconds cpu_start{0};

  // Of the state.
  bool is_limited = false;
  std::size_t alive = 0;
  std::unordered_map<std::string, int, TextHash, std::equal_to<>> chunks;
  std::list<std::pair<std::string, std::unique_ptr<re2::RE2>>> patterns;  // newest first
  std::vector<std::string> zones;

  static constexpr int hook_step = 100;
  static constexpr std::size_t kept_chunks = 10'000;
  static constexpr std::size_t kept_patterns = 64;
};

// Names in the registry.
inline constexpr const char* environment_key = "postroom.environment";
inline constexpr const char* date_type = "postroom.date";
inline constexpr const char* mail_type = "postroom.mail";
inline constexpr const char* headers_type = "postroom.headers";
inline constexpr const char* address_type = "postroom.address";
inline constexpr const char* list_type = "postroom.list";

// Values across the border (lua_values.cpp).
void register_values(lua_State* state);
void push_value(lua_State* state, const base::Value& value);
void push_date(lua_State* state, const base::DateTime& date);
void push_address(lua_State* state, std::string_view name, std::string_view address);
void push_text(lua_State* state, std::string_view text);
// Raises a Lua error for what is no value (functions, mails) and for what is too big or too deep.
base::Value read_value(lua_State* state, int index, int depth = 0);
base::Map read_headers(lua_State* state, int index);

// lua_mail.cpp
void register_mail(lua_State* state);
void push_mail(lua_State* state, const MailInScope& mail);

// lua_text.cpp: string functions onto the string table at the top of the stack.
void replace_string_functions(lua_State* state);
// lua_library.cpp
void open_library(lua_State* state);

}  // namespace postroom::flow
