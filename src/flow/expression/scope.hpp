// Scope: the variables that an expression sees, by body; MailInScope: a mail as an expression sees
// it.
//
// Owns: names and values. Does not know: Lua.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/value.hpp"
#include "mailbox/message.hpp"

namespace postroom::flow {

// Where a value came from. What came from a mail was written by a stranger: in a path it becomes
// one safe name.
enum class Origin { flow, mail };

enum class Body { html, plain };

// What the name of a mail loop stands for. Nothing of the message is converted until an expression
// asks for it.
struct MailInScope {
  const mailbox::Message* message = nullptr;  // outlives the scope
  std::string folder;                         // path of the folder it lies in
  Body body = Body::html;  // what `mail.body` is; the other one when that is empty
  std::optional<base::Map>
      invitation;  // method, organizer, start, end, where the caller read the calendar part
};

class Scope {
 public:
  struct Entry {
    std::string name;
    std::variant<base::Value, MailInScope> value;
    Origin origin = Origin::flow;
  };

  // `outer` outlives this scope; one scope a body.
  explicit Scope(Scope* outer = nullptr) : outer_(outer) {}

  // A name of this body (`as`, a variable of the flow, the mail of a loop), replacing the same name
  // here.
  void declare(std::string name, base::Value value, Origin origin);
  void declare_mail(std::string name, MailInScope mail);

  // `set`: changes the name where it lives; a new one lives here.
  void assign(std::string name, base::Value value, Origin origin);

  const Entry* find(std::string_view name) const noexcept;

 private:
  Entry* local(std::string_view name) noexcept;

  Scope* outer_;
  std::vector<Entry> entries_;
};

}  // namespace postroom::flow
