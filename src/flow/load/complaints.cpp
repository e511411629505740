#include "flow/load/complaints.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace postroom::flow {

void Complaints::add(Finding::Level level, std::string_view code, std::string message,
                     std::string hint, Place place) {
  if (is_full()) return;
  findings_.push_back({level, std::string(code), std::move(message), std::move(hint), place});
}

void Complaints::error(std::string_view code, std::string message, std::string hint, Place place) {
  add(Finding::Level::error, code, std::move(message), std::move(hint), place);
}

void Complaints::warning(std::string_view code, std::string message, std::string hint,
                         Place place) {
  add(Finding::Level::warning, code, std::move(message), std::move(hint), place);
}

void Complaints::info(std::string_view code, std::string message, std::string hint, Place place) {
  add(Finding::Level::info, code, std::move(message), std::move(hint), place);
}

void Complaints::unknown(std::string_view code, std::string_view kind, std::string_view name,
                         std::string_view where, const std::vector<std::string>& known,
                         Place place) {
  error(code,
        fmt::format("there is no {} {}{}{}", kind, in_quotes(name), where.empty() ? "" : " in ",
                    where),
        suggestion(name, known), place);
}

std::string suggestion(std::string_view name, const std::vector<std::string>& known) {
  if (auto meant = base::nearest(name, known))
    return fmt::format("did you mean {}?", in_quotes(*meant));
  if (known.empty()) return {};
  return fmt::format("there are: {}", base::join(known, ", "));
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", base::printable(text, 80));
}

}  // namespace postroom::flow
