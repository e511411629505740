#include "imap/client/copy_exchange.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

std::uint64_t count_of(const std::vector<UidRange>& ranges) {
  std::uint64_t n = 0;
  for (const UidRange& range : ranges) n += std::uint64_t{range.last.value} - range.first.value + 1;
  return n;
}

std::vector<Uid> expand(const std::vector<UidRange>& ranges) {
  std::vector<Uid> uids;
  for (const UidRange& range : ranges) {
    for (std::uint64_t n = range.first.value; n <= range.last.value; ++n)
      uids.push_back({static_cast<std::uint32_t>(n)});
  }
  return uids;
}

}  // namespace

// "UIDVALIDITY from-set to-set", both in the same order. What does not fit together confirms
// nothing.
void CopyExchange::take_copyuid(std::string_view arguments) {
  auto words = base::split(arguments, ' ');
  if (words.size() != 3) return;
  auto validity = base::to_number(words[0]);
  auto from = parse_uid_ranges(words[1]);
  auto to = parse_uid_ranges(words[2]);
  if (!validity || *validity > UINT32_MAX || !from || !to) return;
  std::uint64_t asked = 0;
  for (const UidSet& set : sets_) asked += set.size();
  std::uint64_t count = count_of(*from);
  if (count != count_of(*to) || count > asked) return;
  result_.to_uid_validity = static_cast<std::uint32_t>(*validity);
  std::vector<Uid> sources = expand(*from);
  std::vector<Uid> targets = expand(*to);
  // Two messages under one new UID: one of them is not there.
  if (UidSet(std::vector<Uid>(targets)).size() != targets.size()) return;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    CopiedUid pair{sources[i], targets[i]};
    bool ours =
        std::ranges::any_of(sets_, [&](const UidSet& set) { return set.contains(pair.from); });
    if (!ours || confirmed_.contains(pair.from)) continue;
    confirmed_.add(pair.from);
    result_.confirmed.push_back(pair);
  }
}

bool CopyExchange::take(const wire::Response& response) {
  // MOVE says it in an untagged OK, before the expunges (RFC 6851 section 4.3).
  const auto* status = std::get_if<wire::Status>(&response);
  if (!status || !status->code.is("COPYUID")) return false;
  take_copyuid(status->code.arguments);
  return true;
}

void CopyExchange::accept(std::size_t part, const wire::Status& status) {
  if (status.code.is("COPYUID")) take_copyuid(status.code.arguments);
  accepted_.push_back(part);
}

void CopyExchange::refuse(std::size_t part, const wire::Status&, const base::Error& error) {
  result_.refused.add(sets_[part]);
  if (!result_.refusal) result_.refusal = error;
}

CopyResult CopyExchange::take_result() {
  throw_if_broken();
  for (std::size_t part : accepted_) {
    UidSet missing = sets_[part].without(confirmed_);
    if (result_.to_uid_validity == 0) {
      result_.unconfirmed.add(missing);
    } else {
      result_.absent.add(missing);
    }
  }
  result_.refused = result_.refused.without(confirmed_);
  return std::move(result_);
}

Command<CopyExchange> start_copy(Client& client, std::string_view verb, const UidSet& uids,
                                 const MailboxName& target) {
  CommandText tail(client.command_style());
  tail.mailbox(target);
  CutCommand cut = cut_command(client, verb, uids, tail);
  auto exchange = std::make_shared<CopyExchange>(verb, std::move(cut.sets));
  client.start(exchange, std::move(cut.parts));
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
