#include "smtp/wire/wait_hint.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t in_ms;
};
constexpr Unit units[] = {
    {"milliseconds", 1}, {"ms", 1},          {"seconds", 1000}, {"second", 1000},
    {"secs", 1000},      {"sec", 1000},      {"s", 1000},       {"minutes", 60'000},
    {"minute", 60'000},  {"mins", 60'000},   {"min", 60'000},   {"hours", 3'600'000},
    {"hour", 3'600'000}, {"hrs", 3'600'000},
};

// What stands before a time that is meant as a wait.
constexpr std::string_view leads[] = {"in",    "after", "for",     "wait", "within",
                                      "about", "least", "backoff", "time", "retry"};

bool is_word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':'; }

std::string_view take_word(std::string_view& text) {
  while (!text.empty() && !is_word_byte(text[0])) text.remove_prefix(1);
  std::size_t n = 0;
  while (n < text.size() && is_word_byte(text[n])) ++n;
  std::string_view word = text.substr(0, n);
  text.remove_prefix(n);
  while (word.ends_with(':')) word.remove_suffix(1);
  return word;
}

std::int64_t unit_of(std::string_view name) {
  const auto* found = std::ranges::find(units, name, &Unit::name);
  return found == std::end(units) ? 0 : found->in_ms;
}

constexpr std::uint64_t most = 1'000'000'000;  // so that no product overflows

// "00:04:59" and "04:59".
std::optional<std::int64_t> clock_ms(std::string_view word) {
  std::int64_t total = 0;
  const auto parts = base::split(word, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  for (std::string_view part : parts) {
    const auto number = base::to_number(part);
    if (!number || *number > 999) return std::nullopt;
    total = total * 60 + static_cast<std::int64_t>(*number);
  }
  return total * 1000;
}

// "300 seconds", "300s", "00:05:00"; `rest` stands behind the word.
std::optional<std::int64_t> duration_ms(std::string_view word, std::string_view rest) {
  if (auto clock = clock_ms(word)) return clock;
  const auto digits = word.find_first_not_of("0123456789");
  const auto number = base::to_number(word.substr(0, digits));
  if (!number || *number > most) return std::nullopt;
  const std::int64_t unit =
      unit_of(digits == std::string_view::npos ? take_word(rest) : word.substr(digits));
  if (unit == 0) return std::nullopt;
  return static_cast<std::int64_t>(*number) * unit;
}

}  // namespace

std::optional<milliseconds> parse_wait(std::string_view lower_text) {
  bool is_lead = false;
  while (true) {
    const std::string_view word = take_word(lower_text);
    if (word.empty() && lower_text.empty()) return std::nullopt;
    if (is_lead && !word.empty() && word[0] >= '0' && word[0] <= '9') {
      if (auto found = duration_ms(word, lower_text)) {
        return std::clamp(milliseconds(*found), milliseconds(1000), limits.longest_wait);
      }
    }
    is_lead = std::ranges::find(leads, word) != std::end(leads);
  }
}

}  // namespace postroom::smtp
