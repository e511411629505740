// The responses of an IMAP server (RFC 9051 section 7), in place: every view points into the text
// that was parsed.
//
// Owns: shapes and their grammar. Does not know: which command a response answers.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "imap/wire/body_structure.hpp"
#include "imap/wire/envelope.hpp"
#include "imap/wire/limits.hpp"
#include "imap/wire/numbers.hpp"
#include "imap/wire/scanner.hpp"
#include "imap/wire/text.hpp"

namespace postroom::imap::wire {

enum class Condition { ok, no, bad, bye, preauth };

// "[UIDNEXT 5]": name UIDNEXT, arguments "5". Both empty without a code.
struct Code {
  std::string_view name;
  std::string_view arguments;
  bool is(std::string_view word) const noexcept;
};

struct Status {
  std::string_view tag;  // empty: untagged
  Condition condition = Condition::ok;
  Code code;
  std::string_view text;
};

struct Continuation {
  std::string_view text;  // base64 in SASL, words elsewhere
};

struct CapabilityData {
  std::string_view words;
};
struct FlagsData {
  std::string_view flags;
};
struct SearchData {
  std::string_view numbers;
};
struct ExistsData {
  std::uint32_t count = 0;
};
struct RecentData {
  std::uint32_t count = 0;
};
struct ExpungeData {
  SequenceNumber number;
};

struct ListData {
  std::string_view attributes;  // "\HasNoChildren \Sent"
  char delimiter = '\0';        // NUL: a flat name space
  Text mailbox;                 // modified UTF-7, or UTF-8 once that was enabled
  // Extended data (RFC 9051 section 7.3.1): what the folder was called, and which kinds of
  // children were meant by a selection option ("SUBSCRIBED").
  Text old_name;
  std::string_view child_info;
};

// RFC 4731. Which of these came depends on what was asked.
struct EsearchData {
  std::string_view tag;
  bool is_uid = false;
  std::string_view all;  // a set
  std::optional<std::uint32_t> min, max, count;
  std::optional<std::uint64_t> modseq;  // RFC 7162 section 3.1.10
};

struct StatusData {
  Text mailbox;
  std::optional<std::uint64_t> messages, recent, uid_next, uid_validity, unseen, deleted, size,
      highest_modseq;
  std::string_view mailbox_id;
};

// RFC 2342. Empty: NIL. At most Limits::name_spaces of a kind.
struct NamespaceData {
  struct Entry {
    Text prefix;
    char delimiter = '\0';
  };
  std::vector<Entry> personal, other_users, shared;
};

// RFC 5161.
struct EnabledData {
  std::string_view words;
};

// RFC 7162 section 3.2.10. earlier: they went before this session looked, and say nothing about
// the count of messages.
struct VanishedData {
  bool earlier = false;
  std::string_view uids;  // a set
};

struct IdData {
  std::string_view fields;  // for for_each_parameter; empty: NIL
};

// Where the bytes of a fetched section are.
enum class Delivery {
  here,      // in `value`
  streamed,  // in the sink that the caller named
  dropped,   // nowhere: larger than Limits::kept_literal, and no sink
  unplaced,  // nowhere yet: it came before its UID (the fetch command asks again)
};

struct FetchedSection {
  std::string_view section;  // "2.1", "HEADER", "" for the whole message
  std::optional<std::uint64_t> origin;
  Text value;
  Delivery delivery = Delivery::here;
};

struct FetchData {
  SequenceNumber number;
  std::optional<Uid> uid;
  std::optional<std::string_view> flags;
  Text internal_date;  // parse_date_time
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> modseq;
  std::string_view mail_id;    // EMAILID (RFC 8474) or X-GM-MSGID
  std::string_view thread_id;  // THREADID (RFC 8474) or X-GM-THRID
  // X-GM-LABELS, without its parentheses: read them with for_each_label.
  std::optional<std::string_view> labels;
  std::optional<Envelope> envelope;
  BodyStructure structure;  // no parts: not fetched
  std::vector<FetchedSection> sections;

  const FetchedSection* find_section(std::string_view section) const noexcept;
  bool has_flag(std::string_view flag) const noexcept;
  void clear() noexcept;  // keeps capacities
};

struct FetchReference {
  FetchData* data;
};
struct OtherData {
  std::string_view word;
};

using Response =
    std::variant<Status, Continuation, CapabilityData, FlagsData, ListData, SearchData, EsearchData,
                 StatusData, ExistsData, RecentData, ExpungeData, FetchReference, NamespaceData,
                 IdData, EnabledData, VanishedData, OtherData>;

struct ParseError {
  const char* expected;  // "a number"
  std::size_t at;        // byte of the response
};

// One response as Splitter::response() gives it. A FETCH is written to `fetch`, whose memory is
// used again.
std::expected<Response, ParseError> parse_response(std::string_view text, FetchData& fetch,
                                                   const Limits& limits = {});

// What is known of a FETCH that ends in the head of a literal: whose and which section its bytes
// will be. Nothing when the literal is no section's.
struct LiteralPlace {
  SequenceNumber number;
  std::optional<Uid> uid;
  std::string_view section;
};
std::optional<LiteralPlace> parse_literal_place(std::string_view head, FetchData& scratch,
                                                const Limits& limits = {});

// Calls visit(word) for each word between spaces.
template <class Visit>
void for_each_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    auto end = words.find(' ');
    if (end != 0) visit(words.substr(0, end));
    if (end == std::string_view::npos) return;
    words.remove_prefix(end + 1);
  }
}

// Calls visit(text) for each label of FetchData::labels, as it came: modified UTF-7, or UTF-8 once
// that was enabled. A label of Gmail's own starts with a backslash ("\Important").
template <class Visit>
void for_each_label(std::string_view labels, Visit visit) {
  Scanner in(labels);
  while (in.skip_spaces(), in.ok() && !in.at_end()) {
    Text label = in.astring();
    if (!in.ok()) return;
    visit(label);
  }
}

}  // namespace postroom::imap::wire
