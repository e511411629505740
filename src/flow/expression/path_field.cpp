#include "flow/expression/path_field.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "mime/file_name.hpp"

namespace postroom::flow {

std::string absolute_path(std::string_view path, const std::string& directory) {
  std::filesystem::path made;
  if (path.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    if (!home || home[0] != '/') {
      throw base::Error(base::ErrorKind::config, "expression.no_home",
                        "the path begins with ~/, but HOME is not set",
                        "set HOME, or write the path out");
    }
    made = std::filesystem::path(home) / path.substr(2);
  } else {
    made = std::filesystem::path(directory) / path;
  }
  auto text = made.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

EvaluatedPath evaluate_path(const Template& text, Expressions& expressions, const Scope& scope,
                            const std::string& directory) {
  EvaluatedPath result;
  std::string joined;
  std::optional<std::string> prefix;  // before the first value of a mail
  for (const auto& piece : text.pieces) {
    if (!piece.is_expression) {
      joined += piece.text;
      continue;
    }
    auto part = expressions.evaluate_expression(piece.text, scope);
    auto words = text_of(part.value);
    if (part.origin == Origin::mail) {
      if (!prefix) prefix = joined;
      result.origin = Origin::mail;
      words = mime::safe_file_name(words, "unnamed");
    }
    joined += words;
  }
  if (joined.empty() || joined.find('\0') != std::string::npos) {
    throw base::Error(base::ErrorKind::config, "expression.unsafe_path",
                      "the path is empty or holds a NUL", "write a folder before the expression");
  }
  result.path = absolute_path(joined, directory);
  if (!prefix) return result;
  auto slash = prefix->rfind('/');
  auto root =
      absolute_path(slash == std::string::npos ? "" : prefix->substr(0, slash + 1), directory);
  if (root != "/") root += '/';
  if (!result.path.starts_with(root)) {
    throw base::Error(
        base::ErrorKind::config, "expression.unsafe_path",
        "the path \"" + base::printable(result.path, 200) + "\" leaves \"" + root + "\"",
        "remove .. behind the expression");
  }
  return result;
}

}  // namespace postroom::flow
