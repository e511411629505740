// A mail in Lua: an object that converts a property when it is asked for, and keeps what is a
// table.
#include <algorithm>

#include "base/text.hpp"
#include "flow/expression/engine.hpp"
#include "flow/expression/names.hpp"
#include "mime/calendar.hpp"

namespace postroom::flow {
namespace {

using Engine = ExpressionEngine;
using mailbox::Message;

// Valid during the evaluation that made it; nothing of it outlives that.
struct LuaMail {
  const MailInScope* mail;
};

const MailInScope& mail_at(lua_State* state, int index, const char* type) {
  return *static_cast<LuaMail*>(luaL_checkudata(state, index, type))->mail;
}

void push_object(lua_State* state, const MailInScope& mail, const char* type) {
  auto* made = static_cast<LuaMail*>(lua_newuserdatauv(state, sizeof(LuaMail), 1));
  made->mail = &mail;
  luaL_setmetatable(state, type);
}

void push_addresses(lua_State* state, const std::vector<mime::Address>& addresses) {
  lua_createtable(state, static_cast<int>(addresses.size()), 0);
  lua_Integer n = 0;
  for (const auto& address : addresses) {
    push_address(state, address.name, address.address);
    lua_rawseti(state, -2, ++n);
  }
  luaL_setmetatable(state, list_type);
}

void push_texts(lua_State* state, const std::vector<std::string>& texts) {
  lua_createtable(state, static_cast<int>(texts.size()), 0);
  lua_Integer n = 0;
  for (const auto& text : texts) {
    push_text(state, text);
    lua_rawseti(state, -2, ++n);
  }
  luaL_setmetatable(state, list_type);
}

void push_time(lua_State* state, const std::optional<base::Instant>& at) {
  if (at)
    push_date(state, {*at, Engine::of(state).zone});
  else
    lua_pushnil(state);
}

void push_flags(lua_State* state, const mailbox::Flags& flags) {
  lua_createtable(state, 0, 5);
  const std::pair<const char*, bool> plain[] = {{"read", flags.seen},
                                                {"flagged", flags.flagged},
                                                {"answered", flags.answered},
                                                {"draft", flags.draft}};
  for (const auto& [name, is_set] : plain) {
    lua_pushboolean(state, is_set);
    lua_setfield(state, -2, name);
  }
  push_texts(state, flags.keywords);
  lua_setfield(state, -2, "keywords");
}

void push_attachments(lua_State* state, const Message& message) {
  lua_createtable(state, static_cast<int>(message.attachments.size()), 0);
  lua_Integer n = 0;
  for (const auto& attachment : message.attachments) {
    lua_createtable(state, 0, 4);
    push_text(state, attachment.name);
    lua_setfield(state, -2, "name");
    push_text(state, attachment.type);
    lua_setfield(state, -2, "type");
    lua_pushinteger(state, static_cast<lua_Integer>(attachment.size));
    lua_setfield(state, -2, "size");
    lua_pushboolean(state, attachment.inline_);
    lua_setfield(state, -2, "inline");
    lua_rawseti(state, -2, ++n);
  }
}

// What the structure and the envelope tell; start and end need the calendar part, which the caller
// may have read.
void push_invitation(lua_State* state, const MailInScope& mail) {
  if (mail.invitation) {
    push_value(state, base::Value(*mail.invitation));
    return;
  }
  const auto* part =
      mail.message->structure ? mime::invitation_part(*mail.message->structure) : nullptr;
  if (!part) {
    lua_pushnil(state);
    return;
  }
  lua_createtable(state, 0, 2);
  push_text(state, part->method);
  lua_setfield(state, -2, "method");
  const auto& from = mail.message->envelope.from;
  if (!from.empty()) {
    push_address(state, from.front().name, from.front().address);
    lua_setfield(state, -2, "organizer");
  }
}

void push_body(lua_State* state, const MailInScope& mail) {
  const auto& m = *mail.message;
  bool is_html = mail.body == Body::html ? !m.html.empty() : m.text.empty() && !m.html.empty();
  push_text(state, is_html ? m.html : m.text);
}

void push_importance(lua_State* state, const Message& message) {
  switch (mailbox::importance_of(message)) {
    case mailbox::Importance::low:
      lua_pushliteral(state, "low");
      break;
    case mailbox::Importance::normal:
      lua_pushliteral(state, "normal");
      break;
    case mailbox::Importance::high:
      lua_pushliteral(state, "high");
      break;
  }
}

struct Property {
  std::string_view name;
  void (*push)(lua_State* state, const MailInScope& mail);
};

constexpr Property properties[] = {
    {"subject",
     [](lua_State* s, const MailInScope& m) { push_text(s, m.message->envelope.subject); }},
    {"from",
     [](lua_State* s, const MailInScope& m) {
       const auto& from = m.message->envelope.from;
       if (from.empty())
         push_address(s, {}, {});
       else
         push_address(s, from.front().name, from.front().address);
     }},
    {"to", [](lua_State* s, const MailInScope& m) { push_addresses(s, m.message->envelope.to); }},
    {"cc", [](lua_State* s, const MailInScope& m) { push_addresses(s, m.message->envelope.cc); }},
    {"bcc", [](lua_State* s, const MailInScope& m) { push_addresses(s, m.message->envelope.bcc); }},
    {"reply_to",
     [](lua_State* s, const MailInScope& m) { push_addresses(s, m.message->envelope.reply_to); }},
    {"received", [](lua_State* s, const MailInScope& m) { push_time(s, m.message->received); }},
    {"sent", [](lua_State* s, const MailInScope& m) { push_time(s, m.message->envelope.sent); }},
    {"text", [](lua_State* s, const MailInScope& m) { push_text(s, m.message->text); }},
    {"html", [](lua_State* s, const MailInScope& m) { push_text(s, m.message->html); }},
    {"body", push_body},
    {"headers", [](lua_State* s, const MailInScope& m) { push_object(s, m, headers_type); }},
    {"message_id",
     [](lua_State* s, const MailInScope& m) { push_text(s, m.message->envelope.message_id); }},
    {"in_reply_to",
     [](lua_State* s, const MailInScope& m) { push_text(s, m.message->envelope.in_reply_to); }},
    {"references",
     [](lua_State* s, const MailInScope& m) { push_texts(s, m.message->envelope.references); }},
    {"id", [](lua_State* s, const MailInScope& m) { push_text(s, m.message->key.text); }},
    {"folder", [](lua_State* s, const MailInScope& m) { push_text(s, m.folder); }},
    {"flags", [](lua_State* s, const MailInScope& m) { push_flags(s, m.message->flags); }},
    {"size",
     [](lua_State* s, const MailInScope& m) {
       lua_pushinteger(s, static_cast<lua_Integer>(m.message->size));
     }},
    {"importance", [](lua_State* s, const MailInScope& m) { push_importance(s, *m.message); }},
    {"attachment_count",
     [](lua_State* s, const MailInScope& m) {
       auto n =
           std::ranges::count_if(m.message->attachments, [](const auto& a) { return !a.inline_; });
       lua_pushinteger(s, n);
     }},
    {"attachments", [](lua_State* s, const MailInScope& m) { push_attachments(s, *m.message); }},
    {"invitation", push_invitation},
};

int mail_index(lua_State* state) {
  const auto& mail = mail_at(state, 1, mail_type);
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, 2, &size);
  std::string_view key(text, size);
  for (const auto& property : properties) {
    if (property.name != key) continue;
    // Tables are made once: `for i = 1, #mail.attachments` would copy them all at every turn
    // otherwise.
    if (lua_getiuservalue(state, 1, 1) == LUA_TTABLE && lua_getfield(state, -1, text) != LUA_TNIL)
      return 1;
    property.push(state, mail);
    if (lua_type(state, -1) != LUA_TTABLE) return 1;
    if (lua_getiuservalue(state, 1, 1) != LUA_TTABLE) {
      lua_pop(state, 1);
      lua_createtable(state, 0, 4);
      lua_pushvalue(state, -1);
      lua_setiuservalue(state, 1, 1);
    }
    lua_pushvalue(state, -2);
    lua_setfield(state, -2, text);
    lua_pop(state, 1);
    return 1;
  }
  return luaL_error(state, "a mail has no property \"%s\"", text);
}

int refuse_mail_change(lua_State* state) {
  return luaL_error(state, "a mail cannot be changed in an expression");
}

int headers_index(lua_State* state) {
  const auto& mail = mail_at(state, 1, headers_type);
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, 2, &size);
  for (const auto& [name, value] : mail.message->headers) {
    if (!base::ascii_iequals(name, {text, size})) continue;
    push_text(state, value);
    return 1;
  }
  lua_pushnil(state);
  return 1;
}

int headers_pairs(lua_State* state) {
  push_value(state, base::Value(read_headers(state, 1)));
  lua_getglobal(state, "next");
  lua_insert(state, -2);
  lua_pushnil(state);
  return 3;
}

int mail_text(lua_State* state) {
  return luaL_error(state, "a mail is no text; name one of its properties, such as mail.subject");
}

void make_type(lua_State* state, const char* name, lua_CFunction index) {
  luaL_newmetatable(state, name);
  lua_pushcfunction(state, index);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, refuse_mail_change);
  lua_setfield(state, -2, "__newindex");
  lua_pushcfunction(state, mail_text);
  lua_setfield(state, -2, "__tostring");
  lua_pop(state, 1);
}

}  // namespace

void push_mail(lua_State* state, const MailInScope& mail) { push_object(state, mail, mail_type); }

// The first of each name, in lower case, so that a mapping kept from it has one spelling.
base::Map read_headers(lua_State* state, int index) {
  const auto& mail = mail_at(state, index, headers_type);
  base::Map map;
  for (const auto& [name, value] : mail.message->headers)
    map.try_emplace(base::ascii_lower(name), base::Value(value));
  return map;
}

void register_mail(lua_State* state) {
  make_type(state, mail_type, mail_index);
  make_type(state, headers_type, headers_index);
  luaL_getmetatable(state, headers_type);
  lua_pushcfunction(state, headers_pairs);
  lua_setfield(state, -2, "__pairs");
  lua_pop(state, 1);
}

std::span<const std::string> mail_properties() {
  static const auto names = [] {
    std::vector<std::string> list;
    for (const auto& property : properties) list.emplace_back(property.name);
    return list;
  }();
  return names;
}

}  // namespace postroom::flow
