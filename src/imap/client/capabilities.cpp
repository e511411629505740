#include "imap/client/capabilities.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "imap/wire/response.hpp"

namespace postroom::imap {

namespace {

constexpr std::string_view rev2_parts[] = {
    "NAMESPACE", "UNSELECT", "UIDPLUS",     "ESEARCH",       "SEARCHRES",
    "ENABLE",    "IDLE",     "SASL-IR",     "LIST-EXTENDED", "LIST-STATUS",
    "MOVE",      "LITERAL-", "SPECIAL-USE", "CHILDREN",      "STATUS=SIZE",
};

}  // namespace

Capabilities::Capabilities(std::string_view words) { say_anew(words); }

void Capabilities::say_anew(std::string_view words) {
  words_.clear();
  wire::for_each_word(words, [&](std::string_view word) {
    constexpr std::size_t most = 200;  // Gmail, the longest known, has about 30
    auto same = [&](const std::string& other) { return base::ascii_iequals(other, word); };
    if (words_.size() < most && std::ranges::none_of(removed_, same)) words_.emplace_back(word);
  });
}

bool Capabilities::has(std::string_view word) const noexcept {
  return std::ranges::any_of(words_,
                             [&](const std::string& w) { return base::ascii_iequals(w, word); });
}

std::vector<std::string> Capabilities::sasl_mechanisms() const {
  std::vector<std::string> names;
  for (const std::string& word : words_) {
    if (word.size() > 5 && base::ascii_iequals(std::string_view(word).substr(0, 5), "AUTH="))
      names.push_back(word.substr(5));
  }
  return names;
}

std::optional<std::uint64_t> Capabilities::number_of(std::string_view word) const noexcept {
  for (const std::string& have : words_) {
    std::string_view view = have;
    if (view.size() <= word.size() || view[word.size()] != '=') continue;
    if (base::ascii_iequals(view.substr(0, word.size()), word))
      return base::to_number(view.substr(word.size() + 1));
  }
  return std::nullopt;
}

bool Capabilities::rev2_includes(std::string_view word) const noexcept {
  auto same = [&](std::string_view other) { return base::ascii_iequals(other, word); };
  return std::ranges::any_of(rev2_parts, same) && std::ranges::none_of(removed_, same);
}

std::string Capabilities::to_string() const { return base::join(words_, " "); }

void Capabilities::remove(std::string_view word) {
  removed_.emplace_back(word);
  std::erase_if(words_, [&](const std::string& w) { return base::ascii_iequals(w, word); });
}

}  // namespace postroom::imap
