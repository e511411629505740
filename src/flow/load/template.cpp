#include "flow/load/template.hpp"

#include <optional>

#include "base/text.hpp"

namespace postroom::flow {
namespace {

constexpr auto npos = std::string_view::npos;

// Behind `[[`, `[==[`: the length of the opening bracket; 0 when there is none at `at`.
std::size_t long_bracket(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '[') return 0;
  std::size_t end = at + 1;
  while (end < text.size() && text[end] == '=') ++end;
  return end < text.size() && text[end] == '[' ? end + 1 - at : 0;
}

// Steps over a long bracket whose opening is `length` bytes at `at`; npos when it does not end.
std::size_t skip_long(std::string_view text, std::size_t at, std::size_t length) {
  std::string close = "]" + std::string(length - 2, '=') + "]";
  auto end = text.find(close, at + length);
  return end == npos ? npos : end + close.size();
}

std::size_t skip_quoted(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[at]) {
      return i + 1;
    }
  }
  return npos;
}

// The place behind a string, long bracket or comment that begins at `at`; `at` when none does; npos
// when it does not end.
std::size_t skip_word(std::string_view text, std::size_t at) {
  char c = text[at];
  if (c == '"' || c == '\'') return skip_quoted(text, at);
  if (auto length = long_bracket(text, at)) return skip_long(text, at, length);
  if (text.substr(at, 2) != "--") return at;
  if (auto length = long_bracket(text, at + 2)) return skip_long(text, at + 2, length);
  // A line comment would swallow the closing braces of a one-line template; it ends there instead.
  auto end = std::min(text.find('\n', at), text.find("}}", at));
  return end == npos ? text.size() : end;
}

// The place of the `}}` that ends the expression which begins at `at`.
std::optional<std::size_t> end_of_expression(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    if (auto behind = skip_word(text, at); behind != at) {
      if (behind == npos) return std::nullopt;
      at = behind;
      continue;
    }
    if (text[at] == '{') {
      ++depth;
    } else if (text[at] == '}') {
      if (depth == 0 && text.substr(at, 2) == "}}") return at;
      if (depth > 0) --depth;
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace

std::expected<Template, TemplateError> parse_template(std::string_view text) {
  Template result;
  std::size_t at = 0;
  while (at < text.size()) {
    auto open = text.find("{{", at);
    if (open == npos) open = text.size();
    if (open > at) result.pieces.push_back({false, std::string(text.substr(at, open - at))});
    if (open == text.size()) break;
    auto end = end_of_expression(text, open + 2);
    if (!end) {
      return std::unexpected(
          TemplateError{open, "\"{{\" is not closed by \"}}\"",
                        "close the expression and any quote inside it; in YAML a value with {{ is "
                        "best written in quotes"});
    }
    auto expression = base::trim(text.substr(open + 2, *end - open - 2));
    if (expression.empty()) {
      return std::unexpected(TemplateError{open, "the expression between {{ and }} is empty",
                                           "write {{ mail.subject }}"});
    }
    result.pieces.push_back({true, std::string(expression)});
    at = *end + 2;
  }
  return result;
}

std::expected<Template, TemplateError> parse_condition(std::string_view text) {
  auto trimmed = base::trim(text);
  if (trimmed.starts_with("{{")) {
    auto parsed = parse_template(trimmed);
    if (!parsed) return parsed;
    if (parsed->is_one_expression()) return parsed;
    return std::unexpected(
        TemplateError{0, "a condition is one expression, not text around expressions",
                      "write the whole condition as one expression, with or without {{ }}"});
  }
  if (trimmed.empty()) {
    return std::unexpected(
        TemplateError{0, "the condition is empty", "write an expression such as mail.size > 1000"});
  }
  Template result;
  result.pieces.push_back({true, std::string(trimmed)});
  return result;
}

}  // namespace postroom::flow
