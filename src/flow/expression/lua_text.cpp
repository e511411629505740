// Lua's string functions with RE2 in place of Lua's own patterns, which can run for minutes inside
// one C call. Patterns are RE2's; positions count bytes from 1 and replacements write %0 to %9, as
// in Lua.
#include <algorithm>
#include <vector>

#include "flow/expression/engine.hpp"

namespace postroom::flow {
namespace {

using Engine = ExpressionEngine;
using re2::StringPiece;

constexpr int most_groups = 10;

std::string_view text_argument(lua_State* state, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, index, &size);
  return {text, size};
}

struct Search {
  std::string_view text;
  const re2::RE2* pattern = nullptr;
  int groups = 0;  // with the whole match
  StringPiece found[most_groups + 1];

  std::size_t begin() const { return static_cast<std::size_t>(found[0].data() - text.data()); }
  std::size_t end() const { return begin() + found[0].size(); }

  // Charged by what was scanned: program size times length is what RE2 needs at worst.
  bool next(lua_State* state, std::size_t from) {
    auto& engine = Engine::of(state);
    auto size = static_cast<std::uint64_t>(std::max(1, pattern->ProgramSize()));
    if (size * (text.size() - from) > engine.limits.pattern_work) {
      engine.abandon(state, Engine::Failure::too_long, "a pattern is too large for so long a text");
    }
    bool is_found = pattern->Match(StringPiece(text.data(), text.size()), from, text.size(),
                                   re2::RE2::UNANCHORED, found, groups);
    auto scanned = (is_found ? end() : text.size()) - from;
    engine.charge(state, 1 + size * scanned / 500);
    return is_found;
  }
};

Search make_search(lua_State* state, std::string_view text, int pattern_index) {
  Search search;
  search.text = text;
  search.pattern = &Engine::of(state).compiled_pattern(state, text_argument(state, pattern_index));
  search.groups = std::min(search.pattern->NumberOfCapturingGroups() + 1, most_groups + 1);
  return search;
}

void push_piece(lua_State* state, const StringPiece& piece) {
  // A group that took no part has no data.
  if (!piece.data())
    lua_pushnil(state);
  else
    lua_pushlstring(state, piece.data(), piece.size());
}

// The captures, or the whole match when there are none.
int push_captures(lua_State* state, const Search& search) {
  if (search.groups == 1) {
    push_piece(state, search.found[0]);
    return 1;
  }
  for (int i = 1; i < search.groups; ++i) push_piece(state, search.found[i]);
  return search.groups - 1;
}

// Lua's third argument of find and match: from 1, negative from the end. Nothing when it is behind
// the text.
std::optional<std::size_t> start_argument(lua_State* state, std::string_view text) {
  auto start = luaL_optinteger(state, 3, 1);
  auto size = static_cast<lua_Integer>(text.size());
  if (start < 0) start = std::max<lua_Integer>(1, size + start + 1);
  if (start == 0) start = 1;
  if (start > size + 1) return std::nullopt;
  return static_cast<std::size_t>(start - 1);
}

int find(lua_State* state) {
  auto text = text_argument(state, 1);
  auto start = start_argument(state, text);
  if (start && lua_toboolean(state, 4)) {
    Engine::of(state).charge(state, (text.size() - *start) / 100);
    auto wanted = text_argument(state, 2);
    auto at = text.find(wanted, *start);
    if (at != std::string_view::npos) {
      lua_pushinteger(state, static_cast<lua_Integer>(at + 1));
      lua_pushinteger(state, static_cast<lua_Integer>(at + wanted.size()));
      return 2;
    }
  } else if (start) {
    auto search = make_search(state, text, 2);
    if (search.next(state, *start)) {
      lua_pushinteger(state, static_cast<lua_Integer>(search.begin() + 1));
      lua_pushinteger(state, static_cast<lua_Integer>(search.end()));
      return search.groups == 1 ? 2 : 2 + push_captures(state, search);
    }
  }
  lua_pushnil(state);
  return 1;
}

int match(lua_State* state) {
  auto text = text_argument(state, 1);
  if (auto start = start_argument(state, text)) {
    auto search = make_search(state, text, 2);
    if (search.next(state, *start)) return push_captures(state, search);
  }
  lua_pushnil(state);
  return 1;
}

// Where to look on behind a match: one character further when it was empty.
std::size_t behind(const Search& search) {
  auto end = search.end();
  if (!search.found[0].empty()) return end;
  ++end;
  while (end < search.text.size() && (search.text[end] & 0xC0) == 0x80) ++end;
  return end;
}

int gmatch_step(lua_State* state) {
  lua_settop(state, 0);
  auto at = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3)));
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_pushvalue(state, lua_upvalueindex(2));
  auto text = text_argument(state, 1);
  if (at > text.size()) return 0;
  auto search = make_search(state, text, 2);
  if (!search.next(state, at)) return 0;
  lua_pushinteger(state, static_cast<lua_Integer>(behind(search)));
  lua_replace(state, lua_upvalueindex(3));
  return push_captures(state, search);
}

int gmatch(lua_State* state) {
  auto text = text_argument(state, 1);
  make_search(state, text, 2);  // a bad pattern is told here
  lua_settop(state, 2);
  lua_pushinteger(state, 0);
  lua_pushcclosure(state, gmatch_step, 3);
  return 1;
}

void append_template(lua_State* state, std::string& out, std::string_view replacement,
                     const Search& search) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    char c = replacement[i];
    if (c != '%') {
      out += c;
      continue;
    }
    c = ++i < replacement.size() ? replacement[i] : '\0';
    if (c == '%') {
      out += '%';
    } else if (c >= '0' && c <= '9') {
      int group = c - '0';
      if (group == 1 && search.groups == 1) group = 0;
      if (group >= search.groups) luaL_error(state, "the pattern has no group %%%d", group);
      if (search.found[group].data())
        out.append(search.found[group].data(), search.found[group].size());
    } else {
      luaL_error(state, "behind %% comes a digit or %% in a replacement");
    }
  }
}

void append_replacement(lua_State* state, std::string& out, const Search& search) {
  int type = lua_type(state, 3);
  if (type == LUA_TSTRING || type == LUA_TNUMBER)
    return append_template(state, out, text_argument(state, 3), search);
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(state, 3);
    lua_call(state, push_captures(state, search), 1);
  } else {
    push_piece(state, search.groups == 1 ? search.found[0] : search.found[1]);
    if (lua_isnil(state, -1)) luaL_error(state, "the first group took no part in the match");
    lua_gettable(state, 3);
  }
  if (!lua_toboolean(state, -1)) {
    out.append(search.found[0].data(), search.found[0].size());
  } else if (lua_isstring(state, -1)) {
    std::size_t size = 0;
    const char* text = lua_tolstring(state, -1, &size);
    out.append(text, size);
  } else {
    luaL_error(state, "a replacement is a text, not a %s", luaL_typename(state, -1));
  }
  lua_pop(state, 1);
}

int gsub(lua_State* state) {
  auto& engine = Engine::of(state);
  auto text = text_argument(state, 1);
  int type = lua_type(state, 3);
  luaL_argexpected(
      state,
      type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TTABLE || type == LUA_TFUNCTION, 3,
      "text, table or function");
  auto most = luaL_optinteger(state, 4, static_cast<lua_Integer>(text.size() + 1));
  // Copied, and compiled again at each turn: a replacing function may push the pattern out of the
  // cache.
  std::string out;
  std::size_t at = 0;
  lua_Integer count = 0;
  while (count < most && at <= text.size()) {
    auto search = make_search(state, text, 2);
    if (!search.next(state, at)) break;
    out.append(text, at, search.begin() - at);
    append_replacement(state, out, search);
    ++count;
    auto next = std::min(behind(search), text.size() + 1);
    if (search.found[0].empty() && search.end() < text.size())
      out.append(text, search.end(), next - search.end());
    at = next;
    if (out.size() > engine.limits.memory)
      engine.abandon(state, Engine::Failure::too_big, "a text grows too big");
    engine.charge(state, 2);
  }
  if (at < text.size()) out.append(text, at);
  push_text(state, out);
  lua_pushinteger(state, count);
  return 2;
}

int repeat(lua_State* state) {
  auto& engine = Engine::of(state);
  auto text = text_argument(state, 1);
  auto times = luaL_checkinteger(state, 2);
  std::size_t separator_size = 0;
  const char* separator = luaL_optlstring(state, 3, "", &separator_size);
  if (times <= 0) {
    lua_pushliteral(state, "");
    return 1;
  }
  auto each = text.size() + separator_size;
  auto most = engine.limits.repeated / std::max<std::size_t>(1, each);
  if (each > engine.limits.repeated || static_cast<std::uint64_t>(times) > most) {
    engine.abandon(state, Engine::Failure::too_big, "string.rep would make too big a text");
  }
  std::string out;
  out.reserve(each * static_cast<std::size_t>(times));
  for (lua_Integer i = 0; i < times; ++i) {
    if (i > 0) out.append(separator, separator_size);
    out += text;
  }
  engine.charge(state, out.size() / 100);
  push_text(state, out);
  return 1;
}

// Lua caps widths at 99 itself; %p would give addresses away.
int format(lua_State* state) {
  auto text = text_argument(state, 1);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (text[i + 1] == '%') {
      ++i;
      continue;
    }
    auto letter = text.find_first_not_of("-+ #0123456789.", i + 1);
    if (letter != std::string_view::npos && text[letter] == 'p')
      luaL_error(state, "%%p is not available");
  }
  Engine::of(state).charge(state, text.size());
  int arguments = lua_gettop(state);
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, arguments, 1);
  return 1;
}

// A function of Lua's own that is linear in its text: charged, then called.
int charged_by_text(lua_State* state) {
  if (lua_type(state, 1) == LUA_TSTRING)
    Engine::of(state).charge(state, lua_rawlen(state, 1) / 100);
  int arguments = lua_gettop(state);
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, arguments, LUA_MULTRET);
  return lua_gettop(state);
}

}  // namespace

void replace_string_functions(lua_State* state) {
  for (const char* name : {"dump", "pack", "packsize", "unpack"}) {
    lua_pushnil(state);
    lua_setfield(state, -2, name);
  }
  for (const char* name : {"lower", "upper", "reverse"}) {
    lua_getfield(state, -1, name);
    lua_pushcclosure(state, charged_by_text, 1);
    lua_setfield(state, -2, name);
  }
  lua_getfield(state, -1, "format");
  lua_pushcclosure(state, format, 1);
  lua_setfield(state, -2, "format");
  const luaL_Reg ours[] = {{"find", find}, {"match", match}, {"gmatch", gmatch},
                           {"gsub", gsub}, {"rep", repeat},  {nullptr, nullptr}};
  luaL_setfuncs(state, ours, 0);
}

}  // namespace postroom::flow
