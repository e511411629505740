#include "base/value.hpp"

#include <fmt/format.h>

#include "base/date.hpp"

namespace postroom::base {
namespace {

struct Printer {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(double v) const { return fmt::format("{}", v); }
  std::string operator()(const std::string& v) const { return v; }
  std::string operator()(const DateTime& v) const { return to_iso8601(v); }
  std::string operator()(const List& v) const {
    std::string out;
    for (const auto& item : v) {
      if (!out.empty()) out += ", ";
      out += item.to_text();
    }
    return out;
  }
  std::string operator()(const Map& v) const {
    std::string out = "{";
    for (const auto& [key, item] : v) {
      if (out.size() > 1) out += ", ";
      out += key + ": " + item.to_text();
    }
    return out + "}";
  }
};

struct Shape {
  std::string_view operator()(std::monostate) const { return "nothing"; }
  std::string_view operator()(bool) const { return "true or false"; }
  std::string_view operator()(std::int64_t) const { return "number"; }
  std::string_view operator()(double) const { return "number"; }
  std::string_view operator()(const std::string&) const { return "text"; }
  std::string_view operator()(const DateTime&) const { return "date"; }
  std::string_view operator()(const List&) const { return "list"; }
  std::string_view operator()(const Map&) const { return "mapping"; }
};

}  // namespace

std::string Value::to_text() const { return std::visit(Printer{}, data_); }

std::string_view Value::shape() const noexcept { return std::visit(Shape{}, data_); }

}  // namespace postroom::base
