// UidSet: UIDs as IMAP writes them, "3:7,12" (RFC 9051 sequence-set). Sorted, merged, without "*".
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/numbers.hpp"

namespace postroom::imap {

struct UidRange {
  Uid first;
  Uid last;  // included, >= first
  bool operator==(const UidRange&) const = default;
};

class UidSet {
 public:
  UidSet() = default;
  UidSet(std::initializer_list<Uid> uids);
  explicit UidSet(std::vector<Uid> uids);

  // Cheapest in ascending order. Uid 0 is left out: no message has it.
  void add(Uid uid) { add(UidRange{uid, uid}); }
  void add(UidRange range);
  void add(const UidSet& other);

  bool contains(Uid uid) const noexcept;
  bool empty() const noexcept { return ranges_.empty(); }
  std::uint64_t size() const noexcept;  // UIDs, not ranges
  Uid first() const noexcept { return ranges_.front().first; }
  Uid last() const noexcept { return ranges_.back().last; }
  const std::vector<UidRange>& ranges() const noexcept { return ranges_; }
  // Every UID, ascending. The caller made sure that the set is not larger than memory.
  std::vector<Uid> uids() const;

  UidSet without(const UidSet& other) const;

  std::string to_string() const;
  // Pieces whose to_string() is at most `max_bytes` long (>= 21, one range) and that hold at most
  // `max_uids`.
  std::vector<UidSet> split(std::size_t max_bytes, std::uint64_t max_uids = UINT64_MAX) const;

  bool operator==(const UidSet&) const = default;

 private:
  std::vector<UidRange> ranges_;
};

// The ranges in the order in which they are written, which COPYUID gives a meaning (RFC 4315
// section 3). Nothing for
// "*", zero, or anything that is not a set.
std::optional<std::vector<UidRange>> parse_uid_ranges(std::string_view text);
std::optional<UidSet> parse_uid_set(std::string_view text);

}  // namespace postroom::imap
