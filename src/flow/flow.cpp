#include "flow/flow.hpp"

namespace postroom::flow {

bool Template::is_constant() const noexcept {
  for (const auto& piece : pieces) {
    if (piece.is_expression) return false;
  }
  return true;
}

bool Template::is_one_expression() const noexcept {
  return pieces.size() == 1 && pieces.front().is_expression;
}

std::string Template::constant_text() const {
  std::string text;
  for (const auto& piece : pieces) {
    if (!piece.is_expression) text += piece.text;
  }
  return text;
}

const Node* Step::field(std::string_view name) const noexcept {
  for (const auto& [key, node] : fields) {
    if (key == name) return &node;
  }
  return nullptr;
}

const std::vector<Step>& Step::body(std::string_view name) const noexcept {
  static const std::vector<Step> none;
  const Node* node = field(name);
  const auto* steps = node ? std::get_if<std::vector<Step>>(&node->data) : nullptr;
  return steps ? *steps : none;
}

}  // namespace postroom::flow
