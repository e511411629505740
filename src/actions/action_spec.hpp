// ActionSpec: one action as data: its fields, their types, its labels and help. Forms, `postroom
// actions`, the schema, the checker and the reader of flow files all come from it.
//
// Owns: the words. Does not know: YAML, expressions, sessions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::actions {

struct Label {
  std::string_view en;
  std::string_view fr;
};

enum class FieldType {
  literal,  // a name written out: no expressions (session, as)
  text,
  text_list,     // a list, or one text with ';' or ','
  address_list,  // the same, each a mail address with or without a display name
  path,       // relative to the flow's file; values from a mail become one safe name component each
  path_list,  // the same, several: a list, or one path
  number,
  boolean,
  duration,     // 30s, 5m
  size,         // 10MB
  date,         // ISO 8601, today, yesterday, -7d
  choice,       // one of `choices`
  folder,       // a path or a role
  folder_list,  // the same, several, with '*'
  where,        // a filter
  condition,    // an expression; braces optional
  any,          // whatever the expression yields (set, log)
  secret,       // a secret source
  steps,        // a list of steps
  mapping,      // named texts (headers, set)
  group,        // a mapping with fields of its own (`fields`): auth, smtp
};

struct Choice {
  std::string_view name;
  Label label;
  std::string_view alias = {};  // another spelling, as older flows write it
};

struct FieldSpec {
  std::string_view name;
  FieldType type = FieldType::text;
  Label label;
  std::string_view help;
  bool required = false;
  std::string_view default_text = {};  // as one would write it; empty: none
  std::vector<Choice> choices = {};
  std::vector<FieldSpec> fields = {};  // for group
  bool beyond_reference = false;
};

enum class Place {
  anywhere,
  outside_mail_loop,
  inside_mail_loop,
};

enum class Effect {
  none,         // glue: runs again freely
  local,        // writes a file: the same bytes again do no harm
  mailbox,      // a mutation that the tail of a loop may queue
  irrevocable,  // send, reply: intent first, never blindly again
  structure,    // steps inside (if, for_each, for_each_mail), connect, disconnect: the walker's
};

struct ActionSpec {
  std::string_view name;
  Label label;
  std::string_view help;
  Place place = Place::anywhere;
  Effect effect = Effect::none;
  bool uses_session = false;  // has the `session` field
  bool needs_move = false;    // abilities, checked after connect and before the first message
  bool needs_flags = false;
  bool needs_transport = false;
  std::vector<FieldSpec> fields;  // besides `session`, in form order
  // The field whose value a bare scalar step stands for ("- log: text", "- disconnect: ap"); empty:
  // none.
  std::string_view scalar_field = {};
  bool beyond_reference = false;
};

// "text", "list of texts", "true or false": what a person writes there.
std::string_view in_words(FieldType type) noexcept;

// The step with nothing but its main value, as one would write it: "- move: Done"; empty: it has no
// short form. For a mapping ("- set: { name: value }") this is the only form.
std::string short_form(const ActionSpec& spec);
bool has_only_short_form(const ActionSpec& spec) noexcept;

const FieldSpec* find_field(const ActionSpec& spec, std::string_view name) noexcept;

}  // namespace postroom::actions
