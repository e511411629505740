// Values across the border to Lua and back; dates, addresses and lists as objects that print
// themselves.
#include <fmt/format.h>

#include "base/date.hpp"
#include "base/error.hpp"
#include "flow/expression/engine.hpp"

namespace postroom::flow {
namespace {

using Engine = ExpressionEngine;

struct LuaDate {
  std::int64_t milliseconds;
  int zone;
};

base::DateTime date_at(lua_State* state, int index) {
  const auto* date = static_cast<LuaDate*>(luaL_checkudata(state, index, date_type));
  return {base::Instant{std::chrono::milliseconds(date->milliseconds)},
          Engine::of(state).zones[static_cast<std::size_t>(date->zone)]};
}

// A date, or a text that is one: mail.received > "2026-01-31".
base::Instant instant_at(lua_State* state, int index) {
  auto& engine = Engine::of(state);
  if (lua_type(state, index) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* text = lua_tolstring(state, index, &size);
    if (auto date = base::parse_date({text, size}, engine.zone, engine.clock.now()))
      return date->at;
    luaL_error(state, "the text that is compared with a date is none");
  }
  return date_at(state, index).at;
}

std::string formatted(lua_State* state, const base::DateTime& date, std::string_view format) {
  auto& refusal = Engine::of(state).refusal;
  try {
    return base::format_date(date, format);
  } catch (const base::Error& error) {
    refusal = error;
  }
  luaL_error(state, "%s", refusal->message().c_str());
  return {};
}

int date_format(lua_State* state) {
  auto date = date_at(state, 1);
  date.zone = Engine::of(state).zone;
  std::size_t size = 0;
  const char* format = luaL_checklstring(state, 2, &size);
  if (size > 200) luaL_error(state, "a date format has at most 200 bytes");
  push_text(state, formatted(state, date, {format, size}));
  return 1;
}

int date_index(lua_State* state) {
  static constexpr std::pair<std::string_view, std::string_view> parts[] = {
      {"year", "%Y"}, {"month", "%m"},  {"day", "%d"},
      {"hour", "%H"}, {"minute", "%M"}, {"second", "%S"}};
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, 2, &size);
  std::string_view key(text, size);
  if (key == "date") {
    lua_pushcfunction(state, date_format);
    return 1;
  }
  for (const auto& [name, format] : parts) {
    if (key != name) continue;
    lua_pushinteger(state, std::atoi(formatted(state, date_at(state, 1), format).c_str()));
    return 1;
  }
  return luaL_error(
      state,
      "a date has no \"%s\"; it has year, month, day, hour, minute, second and :date(format)",
      text);
}

int date_text(lua_State* state) {
  push_text(state, base::to_iso8601(date_at(state, 1)));
  return 1;
}

int date_equals(lua_State* state) {
  lua_pushboolean(state, instant_at(state, 1) == instant_at(state, 2));
  return 1;
}
int date_is_less(lua_State* state) {
  lua_pushboolean(state, instant_at(state, 1) < instant_at(state, 2));
  return 1;
}
int date_is_at_most(lua_State* state) {
  lua_pushboolean(state, instant_at(state, 1) <= instant_at(state, 2));
  return 1;
}

// date - date: seconds.
int date_difference(lua_State* state) {
  std::chrono::duration<double> seconds = instant_at(state, 1) - instant_at(state, 2);
  lua_pushnumber(state, seconds.count());
  return 1;
}

// ".." of two operands, each as it prints.
int concatenate(lua_State* state) {
  luaL_tolstring(state, 1, nullptr);
  luaL_tolstring(state, 2, nullptr);
  lua_concat(state, 2);
  return 1;
}

int address_text(lua_State* state) {
  lua_getfield(state, 1, "name");
  lua_getfield(state, 1, "address");
  base::Map address{{"name", luaL_optstring(state, -2, "")},
                    {"address", luaL_optstring(state, -1, "")}};
  push_text(state, text_of(base::Value(std::move(address))));
  return 1;
}

int list_text(lua_State* state) {
  lua_settop(state, 1);
  push_text(state, text_of(read_value(state, 1)));
  return 1;
}

void make_type(lua_State* state, const char* name, std::initializer_list<luaL_Reg> functions) {
  luaL_newmetatable(state, name);
  for (const auto& function : functions) {
    lua_pushcfunction(state, function.func);
    lua_setfield(state, -2, function.name);
  }
  lua_pop(state, 1);
}

struct Pusher {
  lua_State* state;
  void operator()(std::monostate) const { lua_pushnil(state); }
  void operator()(bool v) const { lua_pushboolean(state, v); }
  void operator()(std::int64_t v) const { lua_pushinteger(state, v); }
  void operator()(double v) const { lua_pushnumber(state, v); }
  void operator()(const std::string& v) const { push_text(state, v); }
  void operator()(const base::DateTime& v) const { push_date(state, v); }
  void operator()(const base::List& list) const {
    luaL_checkstack(state, 4, "a value is too deep");
    lua_createtable(state, static_cast<int>(list.size()), 0);
    lua_Integer n = 0;
    for (const auto& item : list) {
      push_value(state, item);
      lua_rawseti(state, -2, ++n);
    }
    luaL_setmetatable(state, list_type);
  }
  void operator()(const base::Map& map) const {
    luaL_checkstack(state, 4, "a value is too deep");
    lua_createtable(state, 0, static_cast<int>(map.size()));
    for (const auto& [key, item] : map) {
      push_text(state, key);
      push_value(state, item);
      lua_rawset(state, -3);
    }
    if (map.size() == 2 && map.contains("name") && map.contains("address"))
      luaL_setmetatable(state, address_type);
  }
};

[[noreturn]] void wrong(lua_State* state, const char* what) {
  Engine::of(state).failure = Engine::Failure::wrong_type;
  luaL_error(state, "%s", what);
  std::abort();  // luaL_error does not return
}

void count(lua_State* state, std::size_t bytes) {
  auto& engine = Engine::of(state);
  engine.produced += bytes;
  if (engine.produced > engine.limits.memory)
    engine.abandon(state, Engine::Failure::too_big, "its value is too big");
}

std::string text_at(lua_State* state, int index) {
  std::size_t size = 0;
  const char* text = lua_tolstring(state, index, &size);
  count(state, size);
  return {text, size};
}

// The table at `index`: a list when its keys are 1..n, else a mapping.
base::Value read_table(lua_State* state, int index, int depth) {
  auto& engine = Engine::of(state);
  if (depth >= engine.limits.depth)
    wrong(state, "it yields lists or mappings inside each other without end");
  luaL_checkstack(state, 4, "a value is too deep");
  const auto length = static_cast<lua_Integer>(lua_rawlen(state, index));
  base::List list;
  for (lua_Integer i = 1; i <= length; ++i) {
    engine.charge(state, 1);
    count(state, sizeof(base::Value));
    lua_rawgeti(state, index, i);
    list.push_back(read_value(state, lua_gettop(state), depth + 1));
    lua_pop(state, 1);
  }
  base::Map map;
  lua_pushnil(state);
  while (lua_next(state, index) != 0) {
    engine.charge(state, 1);
    if (lua_type(state, -2) == LUA_TSTRING) {
      if (length > 0) wrong(state, "it yields a table that is half a list, half a mapping");
      count(state, sizeof(base::Value) * 2);
      auto key = text_at(state, -2);
      map.insert_or_assign(std::move(key), read_value(state, lua_gettop(state), depth + 1));
    } else if (!lua_isinteger(state, -2) || lua_tointeger(state, -2) < 1 ||
               lua_tointeger(state, -2) > length) {
      wrong(state, "it yields a table whose keys are neither 1 to n nor texts");
    }
    lua_pop(state, 1);
  }
  if (!map.empty()) return map;
  return list;
}

}  // namespace

void push_text(lua_State* state, std::string_view text) {
  lua_pushlstring(state, text.data(), text.size());
}

void push_date(lua_State* state, const base::DateTime& date) {
  auto* made = static_cast<LuaDate*>(lua_newuserdatauv(state, sizeof(LuaDate), 0));
  made->milliseconds = date.at.time_since_epoch().count();
  made->zone = Engine::of(state).zone_index(date.zone);
  luaL_setmetatable(state, date_type);
}

void push_address(lua_State* state, std::string_view name, std::string_view address) {
  lua_createtable(state, 0, 2);
  push_text(state, name);
  lua_setfield(state, -2, "name");
  push_text(state, address);
  lua_setfield(state, -2, "address");
  luaL_setmetatable(state, address_type);
}

void push_value(lua_State* state, const base::Value& value) {
  std::visit(Pusher{state}, value.data());
}

base::Value read_value(lua_State* state, int index, int depth) {
  index = lua_absindex(state, index);
  switch (lua_type(state, index)) {
    case LUA_TNIL:
      return {};
    case LUA_TBOOLEAN:
      return lua_toboolean(state, index) != 0;
    case LUA_TNUMBER:
      if (lua_isinteger(state, index))
        return static_cast<std::int64_t>(lua_tointeger(state, index));
      return static_cast<double>(lua_tonumber(state, index));
    case LUA_TSTRING:
      return text_at(state, index);
    case LUA_TTABLE:
      return read_table(state, index, depth);
    case LUA_TUSERDATA:
      if (luaL_testudata(state, index, date_type)) return date_at(state, index);
      if (luaL_testudata(state, index, headers_type)) return read_headers(state, index);
      wrong(state, "it yields a whole mail; name one of its properties, such as mail.subject");
    default:
      wrong(state, "it yields a function, not a value");
  }
}

void register_values(lua_State* state) {
  make_type(state, date_type,
            {{"__index", date_index},
             {"__tostring", date_text},
             {"__concat", concatenate},
             {"__eq", date_equals},
             {"__lt", date_is_less},
             {"__le", date_is_at_most},
             {"__sub", date_difference}});
  make_type(state, address_type, {{"__tostring", address_text}, {"__concat", concatenate}});
  make_type(state, list_type, {{"__tostring", list_text}, {"__concat", concatenate}});
}

std::string text_of(const base::Value& value) {
  if (const auto* list = value.as<base::List>()) {
    std::string text;
    for (const auto& item : *list) {
      if (!text.empty()) text += ", ";
      text += text_of(item);
    }
    return text;
  }
  const auto* map = value.as<base::Map>();
  if (!map || map->size() != 2) return value.to_text();
  auto name = map->find("name");
  auto address = map->find("address");
  if (name == map->end() || address == map->end()) return value.to_text();
  auto shown = name->second.to_text();
  auto mailbox = address->second.to_text();
  if (shown.empty()) return mailbox;
  // A name with specials is quoted, as in a header (RFC 5322 section 3.4), so that it reads back as
  // one address.
  if (shown.find_first_of("()<>[]:;@\\,.\"") != std::string::npos) {
    std::string quoted = "\"";
    for (char c : shown) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    shown = quoted + "\"";
  }
  return fmt::format("{} <{}>", shown, mailbox);
}

}  // namespace postroom::flow
