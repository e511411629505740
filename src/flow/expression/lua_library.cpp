// The environment of expressions: variables first, then the functions that can do no harm. Nothing
// in it can be changed.
#include "base/clock.hpp"
#include "flow/expression/engine.hpp"
#include "flow/expression/names.hpp"

namespace postroom::flow {
namespace {

using Engine = ExpressionEngine;

int refuse_assignment(lua_State* state) {
  return luaL_error(state, "an expression cannot set variables; a set step does that");
}

int look_up(lua_State* state) {
  auto& engine = Engine::of(state);
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, 2, &size);
  const auto* entry = engine.scope ? engine.scope->find({text, size}) : nullptr;
  if (entry) {
    if (entry->origin == Origin::mail) engine.has_touched_mail = true;
    if (const auto* mail = std::get_if<MailInScope>(&entry->value)) {
      push_mail(state, *mail);
    } else {
      const auto& value = std::get<base::Value>(entry->value);
      push_value(state, value);
    }
    return 1;
  }
  lua_pushvalue(state, 2);
  if (lua_rawget(state, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  return luaL_error(state, "there is no variable \"%s\"", text);
}

// pcall that lets the end of the budget through.
int protected_call(lua_State* state) {
  luaL_checkany(state, 1);
  auto& engine = Engine::of(state);
  int status = lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0);
  if (status == LUA_ERRMEM) engine.failure = Engine::Failure::too_big;
  if (engine.failure != Engine::Failure::none) lua_error(state);
  lua_pushboolean(state, status == LUA_OK);
  lua_insert(state, 1);
  return lua_gettop(state);
}

// Without the addresses that Lua's own would show.
int to_string(lua_State* state) {
  luaL_checkany(state, 1);
  int type = lua_type(state, 1);
  bool is_plain = type == LUA_TTABLE && luaL_getmetafield(state, 1, "__tostring") == LUA_TNIL;
  lua_settop(state, 1);
  if (is_plain || type == LUA_TFUNCTION)
    lua_pushstring(state, lua_typename(state, type));
  else
    luaL_tolstring(state, 1, nullptr);
  return 1;
}

// A table function that is linear in its table (sort: a little more): charged, then called.
int charged_by_table(lua_State* state) {
  if (lua_type(state, 1) == LUA_TTABLE) Engine::of(state).charge(state, lua_rawlen(state, 1) / 4);
  int arguments = lua_gettop(state);
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, arguments, LUA_MULTRET);
  return lua_gettop(state);
}

int now(lua_State* state) {
  auto& engine = Engine::of(state);
  push_date(state, {engine.clock.now(), engine.zone});
  return 1;
}

// Replaces the table at the top by one that reads from it and refuses changes.
void make_read_only(lua_State* state) {
  lua_createtable(state, 0, 0);
  lua_createtable(state, 0, 2);
  lua_pushvalue(state, -3);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, refuse_assignment);
  lua_setfield(state, -2, "__newindex");
  lua_setmetatable(state, -2);
  lua_remove(state, -2);
}

void remove_fields(lua_State* state, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    lua_pushnil(state);
    lua_setfield(state, -2, name);
  }
}

void open_table_library(lua_State* state) {
  luaL_requiref(state, LUA_TABLIBNAME, luaopen_table, 0);
  for (const char* name : {"concat", "insert", "remove", "sort", "unpack"}) {
    lua_getfield(state, -1, name);
    lua_pushcclosure(state, charged_by_table, 1);
    lua_setfield(state, -2, name);
  }
  // move fills a table that its first argument does not tell the size of.
  remove_fields(state, {"move"});
}

}  // namespace

std::span<const std::string> builtin_names() {
  static const std::vector<std::string> names = {"string",   "table", "math",   "utf8",  "tostring",
                                                 "tonumber", "type",  "ipairs", "pairs", "next",
                                                 "select",   "pcall", "error",  "now"};
  return names;
}

void open_library(lua_State* state) {
  luaL_requiref(state, LUA_GNAME, luaopen_base, 1);
  lua_createtable(state, 0, 20);  // what look_up falls back on
  for (const char* name : {"tonumber", "type", "ipairs", "pairs", "next", "select", "error"}) {
    lua_getfield(state, -2, name);
    lua_setfield(state, -2, name);
  }
  lua_pushcfunction(state, to_string);
  lua_setfield(state, -2, "tostring");
  lua_pushcfunction(state, protected_call);
  lua_setfield(state, -2, "pcall");
  lua_pushcfunction(state, now);
  lua_setfield(state, -2, "now");

  // The strings' own metatable reads from this table: text:upper().
  luaL_requiref(state, LUA_STRLIBNAME, luaopen_string, 0);
  replace_string_functions(state);
  make_read_only(state);
  lua_setfield(state, -2, "string");
  open_table_library(state);
  make_read_only(state);
  lua_setfield(state, -2, "table");
  luaL_requiref(state, LUA_MATHLIBNAME, luaopen_math, 0);
  // A plan and a run must agree.
  remove_fields(state, {"random", "randomseed"});
  make_read_only(state);
  lua_setfield(state, -2, "math");
  luaL_requiref(state, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  make_read_only(state);
  lua_setfield(state, -2, "utf8");

  register_values(state);
  register_mail(state);

  lua_createtable(state, 0, 0);
  lua_createtable(state, 0, 2);
  lua_pushvalue(state, -3);
  lua_pushcclosure(state, look_up, 1);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, refuse_assignment);
  lua_setfield(state, -2, "__newindex");
  lua_setmetatable(state, -2);
  lua_setfield(state, LUA_REGISTRYINDEX, environment_key);
  lua_settop(state, 0);
}

}  // namespace postroom::flow
