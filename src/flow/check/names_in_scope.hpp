// NamesInScope: which variables are known at a step, body by body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postroom::flow {

struct KnownName {
  std::string name;
  bool is_mail = false;
  bool is_secret = false;
};

class NamesInScope {
 public:
  NamesInScope() { open(); }
  void open() { bodies_.emplace_back(); }
  void close() { bodies_.pop_back(); }

  void add(KnownName name) { bodies_.back().push_back(std::move(name)); }
  const KnownName* find(std::string_view name) const noexcept {
    for (auto body = bodies_.rbegin(); body != bodies_.rend(); ++body) {
      for (const auto& known : *body) {
        if (known.name == name) return &known;
      }
    }
    return nullptr;
  }
  bool is_in_this_body(std::string_view name) const noexcept {
    for (const auto& known : bodies_.back()) {
      if (known.name == name) return true;
    }
    return false;
  }
  std::vector<std::string> all() const {
    std::vector<std::string> names;
    for (const auto& body : bodies_) {
      for (const auto& known : body) names.push_back(known.name);
    }
    return names;
  }

 private:
  std::vector<std::vector<KnownName>> bodies_;
};

}  // namespace postroom::flow
