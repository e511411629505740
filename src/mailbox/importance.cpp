#include <algorithm>

#include "base/text.hpp"
#include "mailbox/message.hpp"

namespace postroom::mailbox {
namespace {

// The first header of that name; nothing when it is not there.
std::optional<std::string> header_of(const Message& message, std::string_view name) {
  for (const auto& [there, value] : message.headers) {
    if (base::ascii_iequals(there, name)) return base::ascii_lower(base::trim(value));
  }
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& importance_headers() {
  static const std::vector<std::string> names = {"Importance", "X-Priority", "Priority"};
  return names;
}

Importance importance_of(const Message& message) {
  // RFC 2156 section 5.3.4: low, normal, high.
  if (auto stated = header_of(message, "Importance")) {
    if (*stated == "high") return Importance::high;
    if (*stated == "low") return Importance::low;
    if (*stated == "normal") return Importance::normal;
  }
  // "1 (Highest)" ... "5 (Lowest)": no standard, everybody's habit.
  if (auto stated = header_of(message, "X-Priority"); stated && !stated->empty()) {
    const char level = stated->front();
    if (level == '1' || level == '2') return Importance::high;
    if (level == '3') return Importance::normal;
    if (level == '4' || level == '5') return Importance::low;
  }
  // RFC 2156 section 5.3.6: about delivery, but used as importance.
  if (auto stated = header_of(message, "Priority")) {
    if (*stated == "urgent") return Importance::high;
    if (*stated == "non-urgent") return Importance::low;
  }
  return Importance::normal;
}

}  // namespace postroom::mailbox
