#include "flow/expression/engine.hpp"

#include <algorithm>
#include <cstdlib>

#include <time.h>

#include "base/error.hpp"

namespace postroom::flow {
namespace {

using Engine = ExpressionEngine;

std::chrono::nanoseconds cpu_now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// lua_Alloc. Null makes Lua collect garbage and ask once more, then raise LUA_ERRMEM.
void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  auto& engine = *static_cast<Engine*>(self);
  if (!block) old_size = 0;  // it is a type tag then
  if (new_size == 0) {
    std::free(block);
    engine.alive -= old_size;
    return nullptr;
  }
  if (engine.is_limited && new_size > old_size) {
    if (engine.alive - old_size + new_size > engine.limits.memory) return nullptr;
    if (engine.allocated + new_size > engine.limits.allocated) return nullptr;
    engine.allocated += new_size;
  }
  void* moved = std::realloc(block, new_size);
  if (moved) engine.alive += new_size - old_size;
  return moved;
}

void count_hook(lua_State* state, lua_Debug*) {
  auto& engine = Engine::of(state);
  // The second time round a script has caught the error: no instruction passes any more.
  if (engine.failure != Engine::Failure::none) luaL_error(state, "stopped");
  engine.charge(state, Engine::hook_step);
}

}  // namespace

ExpressionEngine::ExpressionEngine(std::string zone_name, const base::Clock& time,
                                   ExpressionLimits bounds)
    : zone(std::move(zone_name)), clock(time), limits(bounds) {
  zones.push_back(zone);
  state = lua_newstate(allocate, this);
  if (!state) throw std::bad_alloc();
  *static_cast<Engine**>(lua_getextraspace(state)) = this;
  lua_pushcfunction(state, [](lua_State* in) {
    open_library(in);
    return 0;
  });
  if (lua_pcall(state, 0, 0, 0) != LUA_OK) {
    std::string why = lua_tostring(state, -1);
    lua_close(state);
    throw base::Error(base::ErrorKind::internal, "expression.failed",
                      "the expression engine cannot start: " + why);
  }
  is_limited = true;
}

ExpressionEngine::~ExpressionEngine() {
  is_limited = false;
  lua_close(state);
}

void ExpressionEngine::begin(const Scope* in) {
  scope = in;
  has_touched_mail = false;
  failure = Failure::none;
  refusal.reset();
  spent = 0;
  allocated = 0;
  produced = 0;
  cpu_start = std::chrono::nanoseconds(0);
  lua_sethook(state, count_hook, LUA_MASKCOUNT, hook_step);
}

void ExpressionEngine::abandon(lua_State* in, Failure why, const char* words) {
  failure = why;
  lua_sethook(state, count_hook, LUA_MASKCOUNT, 1);
  luaL_error(in, "%s", words);
  std::abort();  // luaL_error does not return
}

void ExpressionEngine::charge(lua_State* in, std::uint64_t work) {
  auto before = spent / 1000;
  spent += work;
  if (spent > limits.instructions) abandon(in, Failure::too_long, "it takes too many steps");
  // The clock is asked only once in a while: it costs more than the instructions between.
  if (spent / 1000 == before) return;
  if (cpu_start.count() == 0)
    cpu_start = cpu_now();
  else if (cpu_now() - cpu_start > limits.cpu_time)
    abandon(in, Failure::too_long, "it takes too long");
}

int ExpressionEngine::zone_index(std::string_view name) {
  auto there = std::ranges::find(zones, name);
  if (there != zones.end()) return static_cast<int>(there - zones.begin());
  // Zones come from flows and values, a handful; should they ever be more, the flow's own stands
  // in.
  if (zones.size() >= 1000) return 0;
  zones.emplace_back(name);
  return static_cast<int>(zones.size() - 1);
}

void ExpressionEngine::push_compiled(lua_State* in, std::string_view expression) {
  if (auto there = chunks.find(expression); there != chunks.end()) {
    lua_rawgeti(in, LUA_REGISTRYINDEX, there->second);
    return;
  }
  if (expression.size() > limits.expression) {
    failure = Failure::syntax;
    luaL_error(in, "it is longer than %d bytes", static_cast<int>(limits.expression));
  }
  // The line break ends a comment; the brackets allow one value and no statement.
  std::string source = "return (" + std::string(expression) + "\n)";
  if (luaL_loadbufferx(in, source.data(), source.size(), "=expression", "t") != LUA_OK) {
    failure = Failure::syntax;
    lua_error(in);
  }
  lua_getfield(in, LUA_REGISTRYINDEX, environment_key);
  lua_setupvalue(in, -2, 1);
  if (chunks.size() >= kept_chunks) {
    for (const auto& [text, reference] : chunks) luaL_unref(in, LUA_REGISTRYINDEX, reference);
    chunks.clear();
  }
  lua_pushvalue(in, -1);
  chunks.emplace(expression, luaL_ref(in, LUA_REGISTRYINDEX));
}

const re2::RE2& ExpressionEngine::compiled_pattern(lua_State* in, std::string_view pattern) {
  for (auto it = patterns.begin(); it != patterns.end(); ++it) {
    if (it->first != pattern) continue;
    patterns.splice(patterns.begin(), patterns, it);
    return *patterns.front().second;
  }
  if (pattern.size() > limits.pattern)
    luaL_error(in, "a pattern has at most %d bytes", static_cast<int>(limits.pattern));
  charge(in, 100 + pattern.size() * 10);
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(limits.pattern_memory);
  auto compiled =
      std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok())
    luaL_error(in, "the pattern does not compile: %s", compiled->error().c_str());
  patterns.emplace_front(std::string(pattern), std::move(compiled));
  if (patterns.size() > kept_patterns) patterns.pop_back();
  return *patterns.front().second;
}

}  // namespace postroom::flow
