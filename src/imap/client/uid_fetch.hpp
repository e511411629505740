// UID FETCH (RFC 9051 section 6.4.5): what the caller names of many messages, one message at a
// time, sections streamed.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_stream.hpp"
#include "imap/client/command.hpp"
#include "imap/client/messages.hpp"

namespace postroom::imap {

struct FetchSection {
  std::string name;  // "2.1", "HEADER", "2.MIME", "" for the whole message
  std::uint64_t from = 0;
  std::uint32_t length = 0;  // 0: all of it
};

// "HEADER.FIELDS (names)". Throws Error{config, "imap.bad_header_name"} for a text that is no
// header name.
std::string header_fields(const std::vector<std::string>& names);

// Sections are fetched with BODY.PEEK: nothing is marked read.
struct FetchItems {
  bool flags = false;
  bool internal_date = false;
  bool size = false;
  bool envelope = false;
  bool structure = false;
  // Only what the server has: EMAILID or X-GM-MSGID, THREADID or X-GM-THRID, X-GM-LABELS, MODSEQ.
  bool mail_id = false;
  bool thread_id = false;
  bool labels = false;
  bool modseq = false;
  std::vector<FetchSection> sections;
  // Only messages changed after it (CHANGEDSINCE, RFC 7162 section 3.1.4.1); 0: all. Needs
  // CONDSTORE, without which it is left out: all messages come.
  std::uint64_t changed_since = 0;
  // With changed_since: FetchStream::vanished. Needs QRESYNC enabled, and is left out without.
  bool vanished = false;
};

// Where a section goes; null: it is kept in the message that next() returns, up to
// Limits::kept_literal, and Delivery says dropped beyond it. Called once for a section, before its
// first byte, while the fetch is read: the sink lives until next() has returned that message. size:
// its encoded bytes.
using SectionSink =
    std::function<base::ByteSink*(Uid uid, std::string_view section, std::uint64_t size)>;

class FetchExchange final : public Exchange {
 public:
  FetchExchange(const Client& client, Messages messages, FetchItems items, SectionSink sink);
  bool take(const wire::Response& response) override;
  bool take_unreadable(Uid uid) override;
  std::optional<LiteralFate> place(const wire::LiteralPlace& place, std::uint64_t size) override;

  // The next message, or null when none is here.
  const wire::FetchData* pop();
  void set_reading(bool reading) noexcept { reading_ = reading; }
  UidSet take_unplaced() { return std::exchange(unplaced_, {}); }
  UidSet take_unreadable() { return std::exchange(unreadable_, {}); }
  UidSet take_vanished() { return std::exchange(vanished_, {}); }

 protected:
  bool is_refusal(const wire::Status& status) const override;

 private:
  struct Kept {
    std::string text;
    std::vector<wire::Delivery> deliveries;
  };
  std::optional<Uid> only_uid() const noexcept;
  bool is_answer(const wire::FetchData& fetch) const noexcept;
  void count_answer();
  void deliver(wire::FetchData& fetch);

  const Client& client_;
  Messages messages_;
  FetchItems items_;
  SectionSink sink_;
  std::deque<Kept> backlog_;
  std::size_t backlog_bytes_ = 0;
  wire::FetchData parsed_;  // of a kept one
  std::string current_text_;
  wire::FetchData* current_ = nullptr;  // in the client's buffer
  UidSet unplaced_;
  UidSet unreadable_;
  UidSet vanished_;
  std::uint64_t answers_ = 0;
  bool reading_ = false;
};

class [[nodiscard]] FetchStream {
 public:
  FetchStream(Client& client, FetchItems items, SectionSink sink, Messages messages);
  FetchStream(FetchStream&&) noexcept = default;
  FetchStream& operator=(FetchStream&&) = delete;
  ~FetchStream();

  // Null at the end. What it points to is valid until anything on this client is awaited again. A
  // UID that is gone is left out, and so is a reply that could not be read (unreadable).
  // Throws a refusal at the end, after all that came.
  Task<const wire::FetchData*> next();

  // At the end: the messages of which the server said something that could not be read. Asked for
  // less (no structure, say), it may be readable.
  const UidSet& unreadable() const noexcept { return unreadable_; }
  // At the end: which of the messages asked for are gone since FetchItems::changed_since.
  const UidSet& vanished() const noexcept { return vanished_; }

 private:
  void begin(const Messages& messages);
  Client* client_;
  FetchItems items_;
  SectionSink sink_;
  std::shared_ptr<FetchExchange> exchange_;
  std::deque<Uid> again_;
  UidSet unreadable_;
  UidSet vanished_;
};

// Messages come in the server's order, usually ascending. Throws Error{config, "imap.bad_section"}.
FetchStream uid_fetch(Client& client, const Messages& messages, FetchItems items,
                      SectionSink sink = {});

}  // namespace postroom::imap
