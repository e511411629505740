// Value: what a field, a variable or an expression holds.
//
// Owns: the seven shapes and how each prints. Does not know: Lua, YAML, JSON (flow/, cli/
// translate).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace postroom::base {

// A moment, shown in `zone` (IANA name; empty: UTC).
struct DateTime {
  Instant at;
  std::string zone;
  bool operator==(const DateTime&) const = default;
};

class Value;
using List = std::vector<Value>;
using Map = std::map<std::string, Value, std::less<>>;

class Value {
 public:
  using Variant =
      std::variant<std::monostate, bool, std::int64_t, double, std::string, DateTime, List, Map>;

  Value() = default;
  Value(bool v) : data_(v) {}
  Value(int v) : data_(std::int64_t{v}) {}
  Value(std::int64_t v) : data_(v) {}
  Value(double v) : data_(v) {}
  Value(std::string v) : data_(std::move(v)) {}
  Value(const char* v) : data_(std::string(v)) {}
  Value(DateTime v) : data_(std::move(v)) {}
  Value(List v) : data_(std::move(v)) {}
  Value(Map v) : data_(std::move(v)) {}

  const Variant& data() const noexcept { return data_; }
  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(data_); }
  // Null when it holds another shape.
  template <class T>
  const T* as() const noexcept {
    return std::get_if<T>(&data_);
  }
  template <class T>
  T* as() noexcept {
    return std::get_if<T>(&data_);
  }

  // As text concatenates it: "" for null, true/false, 12, 1.5, ISO 8601 with offset for a date, a
  // list joined with
  // ", ", a map as {key: value}.
  std::string to_text() const;
  // "nothing", "true or false", "number", "text", "date", "list", "mapping": for messages.
  std::string_view shape() const noexcept;

  bool operator==(const Value&) const = default;

 private:
  Variant data_;
};

}  // namespace postroom::base
