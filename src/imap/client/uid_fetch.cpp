#include "imap/client/uid_fetch.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

using base::Error;
using base::ErrorKind;

void check_section(std::string_view name) {
  for (char c : name) {
    if (c >= ' ' && c < 0x7F && c != '[' && c != ']' && c != '{' && c != '"') continue;
    throw Error(ErrorKind::config, "imap.bad_section",
                "not a section of a message: " + base::printable(name, 80));
  }
}

CommandText text_of(const FetchItems& items, const Client& client) {
  CommandText text(client.command_style());
  const bool has_gmail = client.can("X-GM-EXT-1");
  const bool has_ids = client.can("OBJECTID");
  const bool has_modseq = client.can("CONDSTORE") || client.can("QRESYNC");
  text.open().word("UID");
  if (items.flags) text.word("FLAGS");
  if (items.internal_date) text.word("INTERNALDATE");
  if (items.size) text.word("RFC822.SIZE");
  if (items.envelope) text.word("ENVELOPE");
  if (items.structure) text.word("BODYSTRUCTURE");
  if (items.mail_id && (has_ids || has_gmail)) text.word(has_ids ? "EMAILID" : "X-GM-MSGID");
  if (items.thread_id && (has_ids || has_gmail)) text.word(has_ids ? "THREADID" : "X-GM-THRID");
  if (items.labels && has_gmail) text.word("X-GM-LABELS");
  if (items.modseq && has_modseq) text.word("MODSEQ");
  for (const FetchSection& section : items.sections) {
    check_section(section.name);
    std::string word = fmt::format("BODY.PEEK[{}]", section.name);
    if (section.length > 0) word += fmt::format("<{}.{}>", section.from, section.length);
    text.word(word);
  }
  text.close();
  if (items.changed_since == 0 || !has_modseq) return text;
  const bool wants_vanished = items.vanished && client.is_enabled("QRESYNC");
  text.word(
      fmt::format("(CHANGEDSINCE {}{})", items.changed_since, wants_vanished ? " VANISHED" : ""));
  return text;
}

}  // namespace

std::string header_fields(const std::vector<std::string>& names) {
  std::string out = "HEADER.FIELDS (";
  for (const std::string& name : names) {
    bool good = !name.empty() && name.size() <= 200;
    for (char c : name)
      good = good && c > ' ' && c < 0x7F && !std::string_view("()[]{}:\"\\%*").contains(c);
    if (!good) {
      throw Error(ErrorKind::config, "imap.bad_header_name",
                  "\"" + base::printable(name, 60) + "\" cannot be the name of a header");
    }
    if (&name != &names.front()) out += ' ';
    out += name;
  }
  return out + ")";
}

FetchExchange::FetchExchange(const Client& client, Messages messages, FetchItems items,
                             SectionSink sink)
    : Exchange("UID FETCH"),
      client_(client),
      messages_(std::move(messages)),
      items_(std::move(items)),
      sink_(std::move(sink)) {}

std::optional<Uid> FetchExchange::only_uid() const noexcept {
  const auto& ranges = messages_.set().ranges();
  if (ranges.size() != 1 || ranges[0].first != ranges[0].last) return std::nullopt;
  return ranges[0].first;
}

std::optional<LiteralFate> FetchExchange::place(const wire::LiteralPlace& place,
                                                std::uint64_t size) {
  if (items_.sections.empty()) return std::nullopt;
  if (is_abandoned()) return LiteralFate{wire::Delivery::dropped};
  std::optional<Uid> uid = place.uid ? place.uid : only_uid();
  if (uid && !messages_.may_contain(*uid)) return std::nullopt;
  if (!sink_) return LiteralFate{};
  // The UID may stand behind the literal (RFC 9051 does not order items): asked again alone, it is
  // known beforehand.
  if (!uid) return LiteralFate{wire::Delivery::unplaced};
  base::ByteSink* sink = sink_(*uid, place.section, size);
  if (!sink) return LiteralFate{};
  return LiteralFate{wire::Delivery::streamed, sink};
}

// News about flags that another client changed carry nothing of what was asked.
bool FetchExchange::is_answer(const wire::FetchData& fetch) const noexcept {
  if (!items_.sections.empty()) return !fetch.sections.empty();
  if (items_.envelope && !fetch.envelope) return false;
  auto has_ids = [&] { return client_.can("OBJECTID") || client_.can("X-GM-EXT-1"); };
  if (items_.mail_id && fetch.mail_id.empty() && has_ids()) return false;
  if (items_.labels && !fetch.labels && client_.can("X-GM-EXT-1")) return false;
  return !items_.size || fetch.size.has_value();
}

// Sections that were small enough for the buffer go to their sinks here.
void FetchExchange::deliver(wire::FetchData& fetch) {
  if (!sink_) return;
  for (wire::FetchedSection& section : fetch.sections) {
    if (section.delivery != wire::Delivery::here || section.value.is_nil()) continue;
    bool escaped = section.value.kind == wire::Text::Kind::escaped;
    std::string unescaped = escaped ? section.value.to_string() : std::string();
    std::string_view bytes = escaped ? std::string_view(unescaped) : section.value.raw;
    base::ByteSink* sink = sink_(*fetch.uid, section.section, bytes.size());
    if (!sink) continue;
    sink->write(bytes);
    section.delivery = wire::Delivery::streamed;
  }
}

// Servers repeat a message when its flags change meanwhile, not without end.
void FetchExchange::count_answer() {
  constexpr std::uint64_t repeats = 10;
  constexpr std::uint64_t least = 10'000;
  const SelectedFolder* folder = client_.selected();
  const std::uint64_t in_folder = folder ? folder->exists : 0;
  const std::uint64_t asked = messages_.is_saved() ? in_folder : messages_.set().size();
  if (++answers_ <= repeats * asked + least) return;
  throw Error(ErrorKind::protocol, "imap.flood",
              "the server tells of the same messages again and again",
              "tell the server's administrator, and try again later");
}

bool FetchExchange::take_unreadable(Uid uid) {
  if (!messages_.may_contain(uid)) return false;
  unreadable_.add(uid);
  return true;
}

bool FetchExchange::take(const wire::Response& response) {
  if (const auto* gone = std::get_if<wire::VanishedData>(&response)) {
    auto uids = parse_uid_set(gone->uids);
    if (!items_.vanished || !gone->earlier || !uids) return false;
    count_answer();
    vanished_.add(*uids);
    return true;
  }
  const auto* reference = std::get_if<wire::FetchReference>(&response);
  if (!reference) return false;
  wire::FetchData& fetch = *reference->data;
  if (!is_answer(fetch)) return false;
  if (!fetch.uid && !fetch.sections.empty()) fetch.uid = only_uid();
  if (!fetch.uid || !messages_.may_contain(*fetch.uid)) return false;
  count_answer();
  if (is_abandoned()) return true;
  for (const wire::FetchedSection& section : fetch.sections) {
    if (section.delivery != wire::Delivery::unplaced) continue;
    unplaced_.add(*fetch.uid);
    return true;
  }
  deliver(fetch);
  if (reading_ && backlog_.empty() && !current_) {
    current_ = &fetch;
    return true;
  }
  Kept kept{std::string(client_.response_text()), {}};
  for (const wire::FetchedSection& section : fetch.sections)
    kept.deliveries.push_back(section.delivery);
  backlog_bytes_ += kept.text.size();
  if (backlog_bytes_ > client_.limits().backlog) {
    throw Error(ErrorKind::internal, "imap.backlog",
                "too many fetched messages are waiting while another command is waited for");
  }
  backlog_.push_back(std::move(kept));
  return true;
}

const wire::FetchData* FetchExchange::pop() {
  if (current_) return std::exchange(current_, nullptr);
  if (backlog_.empty()) return nullptr;
  Kept kept = std::move(backlog_.front());
  backlog_.pop_front();
  backlog_bytes_ -= kept.text.size();
  current_text_ = std::move(kept.text);
  auto again = wire::parse_response(current_text_, parsed_, client_.limits().wire);
  if (!again) return nullptr;  // it was read once already
  if (!parsed_.uid) parsed_.uid = only_uid();
  for (std::size_t i = 0; i < parsed_.sections.size(); ++i)
    parsed_.sections[i].delivery = kept.deliveries[i];
  return &parsed_;
}

bool FetchExchange::is_refusal(const wire::Status& status) const {
  // Messages that went while they were fetched (RFC 5530): those that are left have come.
  if (status.code.is("EXPUNGEISSUED")) return false;
  return !status.text.contains("no longer exist");
}

FetchStream::FetchStream(Client& client, FetchItems items, SectionSink sink, Messages messages)
    : client_(&client), items_(std::move(items)), sink_(std::move(sink)) {
  begin(messages);
}

FetchStream::~FetchStream() {
  if (exchange_) exchange_->abandon();
}

void FetchStream::begin(const Messages& messages) {
  CommandText tail = text_of(items_, *client_);
  CutCommand cut = cut_command(*client_, "UID FETCH", messages, tail);
  exchange_ = std::make_shared<FetchExchange>(*client_, messages, items_, sink_);
  client_->start(exchange_, std::move(cut.parts));
}

Task<const wire::FetchData*> FetchStream::next() {
  while (true) {
    if (const wire::FetchData* fetch = exchange_->pop()) co_return fetch;
    if (exchange_->is_done()) {
      exchange_->throw_if_failed();
      unreadable_.add(exchange_->take_unreadable());
      vanished_.add(exchange_->take_vanished());
      UidSet unplaced = exchange_->take_unplaced();
      for (Uid uid : unplaced.uids()) again_.push_back(uid);
      if (again_.empty()) co_return nullptr;
      UidSet one{again_.front()};
      again_.pop_front();
      begin(one);
    }
    exchange_->set_reading(true);
    co_await client_->flush();
    if (!exchange_->is_done()) co_await client_->read_one();
    exchange_->set_reading(false);
  }
}

FetchStream uid_fetch(Client& client, const Messages& messages, FetchItems items,
                      SectionSink sink) {
  return FetchStream(client, std::move(items), std::move(sink), messages);
}

}  // namespace postroom::imap
