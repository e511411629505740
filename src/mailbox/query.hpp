// Query: which messages are meant. An immutable tree with one meaning on every backend.
//
// Owns: the shapes. Evaluating is mailbox/evaluate, lowering to a server's own search is each
// adapter's (stores/).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace postroom::mailbox {

enum class Flag { seen, flagged, answered, draft, deleted };

enum class TextField { subject, from, to, cc, body, attachment_name, attachment_type, header };

enum class Comparison {
  contains,     // from, to, cc: in the display name or the address
  equals,       // from, to, cc: the address
  starts_with,  // from, to, cc: the display name or the address
  matches,      // RE2, unanchored
};

// True when any of `wanted` compares so. Compared folded (Unicode case, NFKC) unless
// case_sensitive.
struct TextTest {
  TextField field = TextField::subject;
  std::string header_name;  // for TextField::header
  Comparison comparison = Comparison::contains;
  std::vector<std::string> wanted;
  bool case_sensitive = false;
};

struct FlagTest {
  Flag flag = Flag::seen;
  bool is_set = true;
};

enum class TimeField { received, sent };

// since <= t < before. A message whose time is unknown never matches.
struct TimeTest {
  TimeField field = TimeField::received;
  std::optional<base::Instant> since;
  std::optional<base::Instant> before;
};

// larger_than < size < smaller_than, octets of the whole message as the store counts them.
struct SizeTest {
  std::optional<std::uint64_t> larger_than;
  std::optional<std::uint64_t> smaller_than;
};

struct AttachmentTest {
  bool has = true;
};

enum class Importance { low, normal, high };

struct ImportanceTest {
  Importance importance = Importance::normal;
};

struct Query;
struct All {
  std::vector<Query> of;
};  // true when empty
struct Any {
  std::vector<Query> of;
};  // false when empty
struct Not {
  std::vector<Query> of;
};  // exactly one; a vector because Query is not complete here

struct Query {
  std::variant<All, Any, Not, TextTest, FlagTest, TimeTest, SizeTest, AttachmentTest,
               ImportanceTest>
      test = All{};

  static Query everything() { return Query{All{}}; }
};

}  // namespace postroom::mailbox
