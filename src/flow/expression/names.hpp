// Which names an expression uses, found by reading it, not by running it. Conservative: what cannot
// be told is said to use everything.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"
#include "mailbox/want.hpp"

namespace postroom::flow {

// `mail.from.name` is {name: "mail", path: {"from", "name"}}.
struct NameUse {
  std::string name;
  std::vector<std::string> path;  // fixed properties read from it
  // The property is computed, or the value goes on as a whole: path is not all that may be used.
  bool is_open = false;
  std::size_t offset = 0;  // byte in the expression
};

// Free names in order of appearance. Names that the expression declares itself (function
// parameters, locals) are not free anywhere in it.
std::vector<NameUse> names_in(std::string_view expression);

// "Lua writes ~= for not equal": what to write for an operator of another language in it; empty:
// there is none.
std::string foreign_operator(std::string_view expression);

// What is there besides variables: string, table, math, utf8, tostring ... and `now`.
std::span<const std::string> builtin_names();
// subject, from, to ...
std::span<const std::string> mail_properties();
// May a variable be called so? A Lua name that is neither a keyword nor a builtin.
bool is_variable_name(std::string_view name) noexcept;

// What of the mails called `mail_name` the expressions use.
mailbox::Want want_of(const Template& text, std::string_view mail_name);
mailbox::Want want_of(const Node& node, std::string_view mail_name);
// Of all steps, and of those inside them. What the actions need themselves is not in it
// (Action::want).
mailbox::Want want_of(std::span<const Step> steps, std::string_view mail_name);

}  // namespace postroom::flow
