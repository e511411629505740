#include "imap/wire/uid_set.hpp"

#include <algorithm>
#include <charconv>

namespace postroom::imap {
namespace {

void append_number(std::string& out, std::uint32_t n) {
  char digits[10];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

void append_range(std::string& out, UidRange range) {
  if (!out.empty()) out += ',';
  append_number(out, range.first.value);
  if (range.last != range.first) {
    out += ':';
    append_number(out, range.last.value);
  }
}

std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t n = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || n == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return n;
}

}  // namespace

UidSet::UidSet(std::initializer_list<Uid> uids) : UidSet(std::vector<Uid>(uids)) {}

UidSet::UidSet(std::vector<Uid> uids) {
  std::ranges::sort(uids);
  for (Uid uid : uids) add(uid);
}

void UidSet::add(UidRange range) {
  if (range.first.value == 0) range.first.value = 1;
  if (range.last < range.first) return;
  if (ranges_.empty() || range.first.value > std::uint64_t{ranges_.back().last.value} + 1) {
    ranges_.push_back(range);
    return;
  }
  if (range.first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, range.last);
    return;
  }
  // Out of order: the first range that the new one touches, and all that it swallows.
  auto at =
      std::ranges::lower_bound(ranges_, std::uint64_t{range.first.value}, {},
                               [](const UidRange& r) { return std::uint64_t{r.last.value} + 1; });
  auto end = at;
  while (end != ranges_.end() && end->first.value <= std::uint64_t{range.last.value} + 1) {
    range.first = std::min(range.first, end->first);
    range.last = std::max(range.last, end->last);
    ++end;
  }
  at = ranges_.erase(at, end);
  ranges_.insert(at, range);
}

void UidSet::add(const UidSet& other) {
  for (UidRange range : other.ranges_) add(range);
}

bool UidSet::contains(Uid uid) const noexcept {
  auto at = std::ranges::lower_bound(ranges_, uid, {}, &UidRange::last);
  return at != ranges_.end() && at->first <= uid;
}

std::uint64_t UidSet::size() const noexcept {
  std::uint64_t n = 0;
  for (UidRange range : ranges_) n += std::uint64_t{range.last.value} - range.first.value + 1;
  return n;
}

std::vector<Uid> UidSet::uids() const {
  std::vector<Uid> all;
  all.reserve(size());
  for (UidRange range : ranges_) {
    for (std::uint64_t n = range.first.value; n <= range.last.value; ++n) {
      all.push_back(Uid{static_cast<std::uint32_t>(n)});
    }
  }
  return all;
}

UidSet UidSet::without(const UidSet& other) const {
  UidSet left;
  auto cut = other.ranges_.begin();
  for (UidRange range : ranges_) {
    std::uint64_t from = range.first.value;
    while (cut != other.ranges_.end() && cut->last.value < from) ++cut;
    for (auto at = cut; at != other.ranges_.end() && at->first <= range.last; ++at) {
      if (at->first.value > from) {
        left.add(UidRange{Uid{static_cast<std::uint32_t>(from)}, Uid{at->first.value - 1}});
      }
      from = std::uint64_t{at->last.value} + 1;
    }
    if (from <= range.last.value) {
      left.add(UidRange{Uid{static_cast<std::uint32_t>(from)}, range.last});
    }
  }
  return left;
}

std::string UidSet::to_string() const {
  std::string out;
  for (UidRange range : ranges_) append_range(out, range);
  return out;
}

std::vector<UidSet> UidSet::split(std::size_t max_bytes, std::uint64_t max_uids) const {
  std::vector<UidSet> pieces;
  std::size_t bytes = 0;
  std::uint64_t room = 0;
  std::string text;
  for (UidRange range : ranges_) {
    while (true) {
      text.clear();
      append_range(text, range);
      if (pieces.empty() || room == 0 || bytes + 1 + text.size() > max_bytes) {
        pieces.emplace_back();
        bytes = 0;
        room = max_uids;
      }
      UidRange piece = range;
      std::uint64_t count = std::uint64_t{range.last.value} - range.first.value + 1;
      if (count > room) piece.last.value = static_cast<std::uint32_t>(range.first.value + room - 1);
      pieces.back().ranges_.push_back(piece);
      bytes += 1 + text.size();
      room -= std::min(room, count);
      if (piece.last == range.last) break;
      range.first.value = piece.last.value + 1;
    }
  }
  return pieces;
}

std::optional<std::vector<UidRange>> parse_uid_ranges(std::string_view text) {
  std::vector<UidRange> ranges;
  while (true) {
    auto first = take_number(text);
    if (!first) return std::nullopt;
    auto last = first;
    if (text.starts_with(':')) {
      text.remove_prefix(1);
      last = take_number(text);
      if (!last) return std::nullopt;
    }
    // "7:3" is the same as "3:7" (RFC 9051 section 9, seq-range).
    ranges.push_back({Uid{std::min(*first, *last)}, Uid{std::max(*first, *last)}});
    if (text.empty()) return ranges;
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
}

std::optional<UidSet> parse_uid_set(std::string_view text) {
  auto ranges = parse_uid_ranges(text);
  if (!ranges) return std::nullopt;
  UidSet set;
  for (UidRange range : *ranges) set.add(range);
  return set;
}

}  // namespace postroom::imap
