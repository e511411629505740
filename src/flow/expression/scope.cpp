#include "flow/expression/scope.hpp"

namespace postroom::flow {

Scope::Entry* Scope::local(std::string_view name) noexcept {
  for (auto& entry : entries_) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

void Scope::declare(std::string name, base::Value value, Origin origin) {
  if (auto* there = local(name)) {
    there->value = std::move(value);
    there->origin = origin;
  } else {
    entries_.push_back({std::move(name), std::move(value), origin});
  }
}

void Scope::declare_mail(std::string name, MailInScope mail) {
  if (auto* there = local(name)) {
    there->value = std::move(mail);
    there->origin = Origin::mail;
  } else {
    entries_.push_back({std::move(name), std::move(mail), Origin::mail});
  }
}

void Scope::assign(std::string name, base::Value value, Origin origin) {
  for (Scope* scope = this; scope; scope = scope->outer_) {
    auto* there = scope->local(name);
    if (!there) continue;
    there->value = std::move(value);
    there->origin = origin;
    return;
  }
  declare(std::move(name), std::move(value), origin);
}

const Scope::Entry* Scope::find(std::string_view name) const noexcept {
  for (const Scope* scope = this; scope; scope = scope->outer_) {
    for (const auto& entry : scope->entries_) {
      if (entry.name == name) return &entry;
    }
  }
  return nullptr;
}

}  // namespace postroom::flow
