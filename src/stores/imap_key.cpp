#include "stores/imap_key.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace postroom::stores {

mailbox::MessageKey imap_key(std::string_view folder, std::string_view numbering, imap::Uid uid) {
  return {fmt::format("{}:{}:{}", folder, numbering, uid.value)};
}

std::optional<imap::Uid> uid_of(const mailbox::MessageKey& key, std::string_view folder,
                                std::string_view numbering) {
  std::string_view rest = key.text;
  if (!rest.starts_with(folder)) return std::nullopt;
  rest.remove_prefix(folder.size());
  const std::string between = fmt::format(":{}:", numbering);
  if (!rest.starts_with(between)) return std::nullopt;
  rest.remove_prefix(between.size());
  const std::optional<std::uint64_t> number = base::to_number(rest);
  if (!number || *number == 0 || *number > UINT32_MAX) return std::nullopt;
  return imap::Uid{static_cast<std::uint32_t>(*number)};
}

UidPager::UidPager(const imap::UidSet& uids, bool from_the_end)
    : ranges_(uids.ranges()), from_the_end_(from_the_end), left_(uids.size()) {
  if (!from_the_end_) std::ranges::reverse(ranges_);
}

imap::UidSet UidPager::take(std::uint64_t count) {
  imap::UidSet taken;
  while (count > 0 && !ranges_.empty()) {
    imap::UidRange& range = ranges_.back();
    const std::uint64_t there = std::uint64_t{range.last.value} - range.first.value + 1;
    const auto n = static_cast<std::uint32_t>(std::min(there, count));
    if (n == there) {
      taken.add(range);
      ranges_.pop_back();
    } else if (from_the_end_) {
      taken.add(imap::UidRange{imap::Uid{range.last.value - n + 1}, range.last});
      range.last.value -= n;
    } else {
      taken.add(imap::UidRange{range.first, imap::Uid{range.first.value + n - 1}});
      range.first.value += n;
    }
    count -= n;
    left_ -= n;
  }
  return taken;
}

}  // namespace postroom::stores
