#include "flow/load/yaml_complaint.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace postroom::flow {
namespace {

bool is_name_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// In characters, from 1.
int column_of(std::string_view line, std::size_t byte) {
  int column = 1;
  for (std::size_t at = 0; at < byte && at < line.size();
       at += base::next_code_point(line, at).length)
    ++column;
  return column;
}

std::optional<std::size_t> tab_in_indentation(std::string_view line) {
  auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  auto tab = line.find('\t');
  if (tab == std::string_view::npos || tab > first) return std::nullopt;
  return tab;
}

// "{{" outside quotes and comments.
std::optional<std::size_t> open_braces(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if ((c == '"' || c == '\'') &&
               (i == 0 || std::string_view(" \t[{,:-").contains(line[i - 1]))) {
      quote = c;
    } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
      return std::nullopt;
    } else if (line.substr(i, 2) == "{{") {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view text_at(std::string_view text, Place place) noexcept {
  for (int line = 1; line < place.line; ++line) {
    auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  for (int column = 1; column < place.column && !text.empty(); ++column) {
    text.remove_prefix(base::next_code_point(text, 0).length);
  }
  return text;
}

bool lacks_space(std::string_view text) noexcept {
  auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 >= text.size()) return false;
  auto key = text.substr(0, colon);
  if (!std::ranges::all_of(key, is_name_char) || (key[0] >= '0' && key[0] <= '9')) return false;
  char next = text[colon + 1];
  return next != ' ' && next != '/' && next != '\\' && next != ':';
}

Finding unquoted_braces(Place place) {
  return {Finding::Level::error, "flow.unquoted_braces",
          "a value with {{ must be in quotes: YAML takes the braces for a mapping",
          "quote a value that starts with {{, as in to: \"{{ name }}\"", place};
}

Finding unclosed_quote(Place place) {
  return {
      Finding::Level::error, "flow.unclosed_quote", "the quote that begins here is not closed",
      "end the text with the same quote; a quote inside it is written \\\" in double quotes, '' "
      "in single ones",
      place};
}

Finding missing_space(std::string_view key, Place place) {
  return {Finding::Level::error, "flow.missing_space",
          fmt::format("there is no space behind the colon of \"{}:\"", base::printable(key, 60)),
          fmt::format("write \"{}: VALUE\"", base::printable(key, 60)), place};
}

Finding explain(std::string_view text, std::string_view words, Place place) {
  // The parser may stop a line behind the mistake (or far behind it, in an unclosed bracket): the
  // nearest suspect line at or before the stop is meant.
  auto lines = base::split(text, '\n');
  int last = std::clamp(place.line, 1, static_cast<int>(lines.size()));
  for (int number = last; number >= std::max(1, last - 3); --number) {
    auto line = lines[static_cast<std::size_t>(number - 1)];
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (auto tab = tab_in_indentation(line)) {
      return {Finding::Level::error,
              "flow.tab",
              "a tab indents this line: YAML indents with spaces only",
              "replace the tab with spaces",
              {number, column_of(line, *tab)}};
    }
    if (auto braces = open_braces(line)) return unquoted_braces({number, column_of(line, *braces)});
    auto start = line.find_first_not_of(" -");
    if (start != std::string_view::npos && lacks_space(line.substr(start))) {
      auto key = line.substr(start, line.find(':', start) - start);
      return missing_space(key, {number, column_of(line, start)});
    }
  }
  return {Finding::Level::error, "flow.yaml_syntax",
          fmt::format("this is not YAML: {}", base::printable(words, 200)),
          "look at the indentation, quotes and brackets of this line and the one before it", place};
}

}  // namespace postroom::flow
