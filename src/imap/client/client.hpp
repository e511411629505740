// Client: one IMAP connection, from the greeting to LOGOUT (RFC 9051, RFC 3501). One thread, no
// locks, no background reader: bytes are read only while somebody waits for a reply.
//
// Owns: the stream, the receive buffer, tags, what the server said it can do, the selected folder.
// Does not know: any command. Each command is one file beside this one with one free function;
// commands.hpp has them all.
//
// How to use it:
//
//   #include "imap/client/commands.hpp"
//
//   imap::Client client(std::move(stream));      // from net::Connector::open
//   co_await client.read_greeting();
//   co_await imap::start_tls(client);            // TlsMode::starttls only, first of all
//   co_await imap::fetch_capabilities(client);   // asks only if the greeting did not say
//
//   co_await imap::sign_in(client, credentials); // or, where SELECT may leave in the same write:
//
//   auto offered = client.capabilities().sasl_mechanisms();
//   auto mechanism = auth::choose_mechanism(offered, credentials, client.stream().is_private(),
//                                           client.stream().channel_binding());
//   auto sign_in = imap::authenticate(client, std::move(mechanism), imap::Pipelining::allowed);
//   auto opening = imap::select(client, inbox, imap::Access::read_write);
//   co_await sign_in.result();                   // PLAIN and SELECT left in one write
//   imap::SelectedFolder folder = co_await opening.result();
//   co_await imap::fetch_capabilities(client);   // no round trip if the OK carried them
//   (imap::enable and imap::id belong here, before any folder is selected, if they are wanted)
//
//   imap::SearchCriteria unread(client.command_style());
//   unread.unseen();
//   auto search = imap::uid_search(client, unread);
//   imap::SearchResult found = co_await search.result();
//
//   imap::FetchItems items;
//   items.flags = items.size = items.envelope = items.structure = true;
//   auto listing = imap::uid_fetch(client, found.uids, items);
//   while (const imap::wire::FetchData* mail = co_await listing.next()) {
//     ...                                        // views: valid until the next co_await
//   }
//
//   imap::FetchItems parts;                      // many messages, many sections, into sinks
//   parts.sections = {{"2"}, {"3"}};
//   imap::SectionSink choose = [&](imap::Uid uid, std::string_view section, std::uint64_t size)
//       -> base::ByteSink* { ... };
//   auto bodies = imap::uid_fetch(client, wanted, parts, choose);
//   while (auto* mail = co_await bodies.next()) {
//     ...                                        // all of its sections are in their sinks
//   }
//
//   imap::MoveReport moved = co_await imap::safe_move(client, wanted, done);
//   co_await imap::log_out(client);
//
// Pipelining: start several commands, then wait for each in the order of starting. Prefetch: start
// the next one, `co_await client.flush()`, work, then wait. A reply to a command that is not being
// waited for is kept for it.
//
// Errors: a refusal (NO, BAD) is session_usable and costs the command. Everything else, a timeout
// and a cancellation included, closes the connection: is_usable() is false and every later call
// throws the same error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "imap/client/capabilities.hpp"
#include "imap/client/exchange.hpp"
#include "imap/client/wire_log.hpp"
#include "imap/quirks.hpp"
#include "imap/wire/mailbox_name.hpp"
#include "imap/wire/splitter.hpp"
#include "net/pace.hpp"
#include "net/stream.hpp"

namespace postroom::imap {

using base::Task;

struct ClientLimits {
  wire::Limits wire;
  // Sent and not answered yet. More could fill both directions' socket buffers while neither side
  // reads.
  std::size_t unanswered_bytes = 32u << 10;
  // One command line: Exchange and Gmail refuse lines above about 8,192 bytes.
  std::size_t command_line = 7'900;
  // FETCH replies held for a command that nobody reads while another one is waited for.
  std::size_t backlog = 16u << 20;
  // One reply, from its first byte on, literals included: nobody may keep it open by a byte now and
  // then.
  net::PaceLimits reply;
  // One command: servers answer a COPY of 100,000 messages after half an hour, with a sign of life
  // every 15 seconds.
  net::PaceLimits command{.patience = std::chrono::hours(1)};
};

struct SelectedFolder {
  MailboxName name;
  std::uint32_t uid_validity =
      0;  // 0: the server does not keep UIDs (RFC 9051 section 7.1, UIDNOTSTICKY)
  std::uint32_t uid_next = 0;  // 0: not told
  std::uint32_t exists = 0;    // messages, kept up to date while selected
  bool read_only = false;
  bool uid_not_sticky = false;
  std::string flags;            // words
  std::string permanent_flags;  // words; "\*" allows new keywords
  std::string mailbox_id;       // RFC 8474; may be empty
  // RFC 7162; 0: not told, or the folder keeps none (NOMODSEQ).
  std::uint64_t highest_modseq = 0;
};

class Client {
 public:
  explicit Client(std::unique_ptr<net::Stream> stream, ClientLimits limits = {},
                  WireLog* log = nullptr);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // First of all. PREAUTH counts as signed in (is_preauthenticated). Throws Error{network,
  // "imap.bye"}, throttled, or Error{protocol, "imap.garbage"}.
  Task<void> read_greeting();
  bool is_preauthenticated() const noexcept { return preauthenticated_; }

  // Writes what was started, as far as ClientLimits::unanswered_bytes and pending continuations
  // allow.
  Task<void> flush();

  bool is_usable() const noexcept { return !broken_; }
  void close() noexcept;
  net::Stream& stream() noexcept { return *stream_; }
  const ClientLimits& limits() const noexcept { return limits_; }

  Capabilities& capabilities() noexcept { return capabilities_; }
  Quirks& quirks() noexcept { return quirks_; }
  const Quirks& quirks() const noexcept { return quirks_; }
  // Usable now: offered, or part of IMAP4rev2 where the server speaks that (speaks_rev2).
  bool can(std::string_view capability) const noexcept;
  // A server that offers both revisions speaks IMAP4rev1 until ENABLE IMAP4rev2 (RFC 9051 section
  // 6.3.1).
  bool speaks_rev2() const noexcept;
  // After imap::enable, of what the server confirmed: "UTF8=ACCEPT", "QRESYNC", "IMAP4rev2".
  bool is_enabled(std::string_view extension) const noexcept;
  // Mailbox names and quoted strings are UTF-8 in both directions.
  bool takes_utf8() const noexcept;
  LiteralStyle literal_style() const noexcept;
  CommandStyle command_style() const noexcept;
  // A mailbox name as a response has it.
  MailboxName name_from(const wire::Text& text) const;
  const std::string& greeting() const noexcept { return greeting_; }
  // The last [ALERT], which must be shown to a human (RFC 9051 section 7.1). Untrusted.
  const std::string& alert() const noexcept { return alert_; }
  // From now on, the last one included, each goes to the log, unless it is `known`: the last one
  // that went there. Before, at sign-in, an error has it.
  void show_alerts(std::string known);
  const std::string& shown_alert() const noexcept { return shown_alert_; }
  // Gmail's "[WEBALERT https://...]": the page where the user must sign in once. It may let whoever
  // opens it in, so it is for the user's eyes only, never for a log. Empty unless it came.
  const std::string& web_alert() const noexcept { return web_alert_; }

  // Replies with THROTTLED in them that were no refusals: the server serves more slowly now.
  std::size_t slowed() const noexcept { return slowed_; }

  // Null unless a folder is selected.
  const SelectedFolder* selected() const noexcept { return selected_ ? &*selected_ : nullptr; }
  // Replies that could not be read and were left out.
  std::size_t unreadable() const noexcept { return unreadable_; }
  std::string_view last_unreadable() const noexcept { return last_unreadable_; }

  // For the commands' files.
  void start(std::shared_ptr<Exchange> exchange, std::vector<std::vector<Piece>> parts);
  void start(std::shared_ptr<Exchange> exchange, const CommandText& text);
  Task<void> wait_for(std::shared_ptr<Exchange> exchange);
  // Until `exchange` has something or is done: one response.
  Task<void> read_one();
  void set_selected(std::optional<SelectedFolder> folder) { selected_ = std::move(folder); }
  void forget_capabilities() { capabilities_.say_anew({}); }
  void note_enabled(std::string_view extension);
  // At once, while a reply may be waited for: "DONE".
  Task<void> write_line(std::string line);
  // Behind the OK to STARTTLS. Throws Error{tls, "tls.injected"} if anything came behind it.
  Task<void> upgrade();
  std::string_view response_text() const noexcept { return splitter_.response(); }

 private:
  struct Part {
    std::shared_ptr<Exchange> exchange;
    std::size_t index = 0;
    std::string tag;
    std::deque<Piece> pieces;
    std::size_t sent_bytes = 0;
    bool started = false;
  };
  class Guard;

  Task<void> write_started();
  Task<void> write_batch();
  Task<void> write_source(base::ByteSource& source);
  Task<void> fill();
  Task<void> next_response();
  Task<void> read_literal();
  bool may_start(const Part& part) const noexcept;
  void put(Part& part, const Piece& piece);
  void dispatch(std::string_view text);
  void take_status(const wire::Status& status);
  void take_alert(std::string alert);
  void take_tagged(const wire::Status& status);
  void take_bye(const wire::Status& status);
  void take_continuation(std::string_view text);
  void take_vanished(const wire::VanishedData& vanished);
  void note_unreadable(std::string_view text, const wire::ParseError& error);
  bool offer(const wire::Response& response);
  void count_unasked(std::size_t cost);
  bool tell_unreadable(std::string_view text);
  void settle_deliveries(wire::FetchData& fetch) const;
  void log_received(std::string_view text);
  void break_off(const base::Error& error) noexcept;
  void throw_if_broken() const;

  std::unique_ptr<net::Stream> stream_;
  ClientLimits limits_;
  WireLog* log_;
  wire::Splitter splitter_;
  wire::FetchData fetch_;
  std::vector<wire::Delivery>
      deliveries_;  // of the current response's large sections, in their order
  Capabilities capabilities_;
  Quirks quirks_;
  std::optional<SelectedFolder> selected_;
  std::optional<base::Error> broken_;
  std::deque<std::shared_ptr<Part>>
      outbox_;  // not written to their end; the front one may have been started
  std::deque<std::shared_ptr<Part>> in_flight_;  // started and not answered, oldest first
  std::shared_ptr<Part> blocker_;                // nothing is written until it has gone on
  WaitFor blocked_on_ = WaitFor::nothing;
  std::string batch_;
  std::size_t unanswered_ = 0;
  std::uint32_t next_tag_ = 1;
  std::size_t unreadable_ = 0;
  std::size_t unasked_ = 0;  // bytes of replies that nothing asked for, since the last tagged one
  std::string last_unreadable_;
  std::string greeting_;
  std::string alert_;
  std::string shown_alert_;
  std::string web_alert_;
  std::vector<std::string> enabled_;
  std::size_t slowed_ = 0;
  int alerts_ = 0;  // shown
  bool shows_alerts_ = false;
  bool preauthenticated_ = false;
  net::Pace reply_pace_;
  net::Pace command_pace_;
};

}  // namespace postroom::imap
