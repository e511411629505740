#include "imap/wire/response.hpp"

#include "base/text.hpp"
#include "imap/wire/fetch_data.hpp"
#include "imap/wire/scanner.hpp"

namespace postroom::imap::wire {
namespace {

using base::ascii_iequals;

std::optional<Condition> condition_of(std::string_view word) {
  if (ascii_iequals(word, "OK")) return Condition::ok;
  if (ascii_iequals(word, "NO")) return Condition::no;
  if (ascii_iequals(word, "BAD")) return Condition::bad;
  if (ascii_iequals(word, "BYE")) return Condition::bye;
  if (ascii_iequals(word, "PREAUTH")) return Condition::preauth;
  return std::nullopt;
}

// resp-text: behind the condition. The text may be missing (seen: "A1 OK").
Status parse_status(std::string_view tag, Condition condition, std::string_view rest) {
  Status status{.tag = tag, .condition = condition};
  rest = base::trim(rest);
  if (rest.starts_with('[')) {
    if (auto close = rest.find(']'); close != std::string_view::npos) {
      std::string_view code = base::trim(rest.substr(1, close - 1));
      auto space = code.find(' ');
      status.code.name = code.substr(0, space);
      if (space != std::string_view::npos)
        status.code.arguments = base::trim(code.substr(space + 1));
      rest = base::trim(rest.substr(close + 1));
    }
  }
  status.text = rest;
  return status;
}

// One character in quotes, or NIL.
char delimiter(Scanner& in) {
  Text text = in.nstring();
  if (text.is_nil() || text.raw.empty()) return '\0';
  return text.raw.back();
}

// mbox-list-extended: names and values in turn. What is not known is left out.
void parse_list_extension(Scanner& in, ListData& out) {
  in.expect('(');
  while (in.skip_spaces(), in.ok() && in.peek() != ')') {
    Text name = in.astring();
    in.skip_spaces();
    if (name.is("OLDNAME") && in.accept('(')) {
      out.old_name = in.astring();
      in.skip_spaces();
      in.expect(')');
    } else if (name.is("CHILDINFO")) {
      out.child_info = in.list();
    } else {
      in.skip_value();
    }
  }
  in.expect(')');
}

ListData parse_list(Scanner& in) {
  ListData out;
  out.attributes = in.list();
  in.skip_spaces();
  out.delimiter = delimiter(in);
  in.space();
  out.mailbox = in.astring();
  in.skip_spaces();
  if (in.ok() && in.peek() == '(') parse_list_extension(in, out);
  return out;
}

EsearchData parse_esearch(Scanner& in) {
  EsearchData out;
  in.skip_spaces();
  if (in.peek() == '(') {
    in.accept('(');
    if (!in.accept_word("TAG")) in.fail("TAG");
    in.space();
    out.tag = in.astring().raw;
    in.skip_spaces();
    in.expect(')');
    in.skip_spaces();
  }
  if (in.accept_word("UID")) out.is_uid = true;
  while (in.skip_spaces(), in.ok() && !in.at_end()) {
    std::string_view name = in.atom();
    if (name.empty()) in.fail("a result");
    in.space();
    if (ascii_iequals(name, "ALL")) {
      out.all = in.atom();
    } else if (ascii_iequals(name, "COUNT")) {
      out.count = static_cast<std::uint32_t>(in.number(UINT32_MAX));
    } else if (ascii_iequals(name, "MIN")) {
      out.min = static_cast<std::uint32_t>(in.number(UINT32_MAX));
    } else if (ascii_iequals(name, "MAX")) {
      out.max = static_cast<std::uint32_t>(in.number(UINT32_MAX));
    } else if (ascii_iequals(name, "MODSEQ")) {
      out.modseq = in.number();
    } else {
      in.skip_value();
    }
  }
  return out;
}

StatusData parse_status_data(Scanner& in) {
  StatusData out;
  out.mailbox = in.astring();
  in.space();
  in.expect('(');
  while (in.skip_spaces(), in.ok() && in.peek() != ')') {
    std::string_view name = in.atom();
    if (name.empty()) in.fail("a STATUS item");
    in.space();
    if (ascii_iequals(name, "MAILBOXID")) {
      out.mailbox_id = in.list();
      continue;
    }
    std::optional<std::uint64_t>* item = nullptr;
    if (ascii_iequals(name, "MESSAGES")) item = &out.messages;
    if (ascii_iequals(name, "RECENT")) item = &out.recent;
    if (ascii_iequals(name, "UIDNEXT")) item = &out.uid_next;
    if (ascii_iequals(name, "UIDVALIDITY")) item = &out.uid_validity;
    if (ascii_iequals(name, "UNSEEN")) item = &out.unseen;
    if (ascii_iequals(name, "DELETED")) item = &out.deleted;
    if (ascii_iequals(name, "SIZE")) item = &out.size;
    if (ascii_iequals(name, "HIGHESTMODSEQ")) item = &out.highest_modseq;
    if (item) {
      *item = in.number();
    } else {
      in.skip_value();
    }
  }
  in.expect(')');
  return out;
}

std::vector<NamespaceData::Entry> parse_name_spaces(Scanner& in, std::size_t most) {
  std::vector<NamespaceData::Entry> out;
  in.skip_spaces();
  if (in.at_end() || in.accept_word("NIL")) return out;  // seen: fewer than three kinds
  in.expect('(');
  while (in.skip_spaces(), in.ok() && in.accept('(')) {
    NamespaceData::Entry entry;
    entry.prefix = in.nstring();
    in.space();
    entry.delimiter = delimiter(in);
    while (in.skip_spaces(), in.ok() && in.peek() != ')') in.skip_value();  // extensions
    in.expect(')');
    if (out.size() < most) out.push_back(entry);
  }
  in.expect(')');
  return out;
}

NamespaceData parse_namespace(Scanner& in, const Limits& limits) {
  NamespaceData out;
  out.personal = parse_name_spaces(in, limits.name_spaces);
  out.other_users = parse_name_spaces(in, limits.name_spaces);
  out.shared = parse_name_spaces(in, limits.name_spaces);
  return out;
}

VanishedData parse_vanished(Scanner& in) {
  VanishedData out;
  if (in.peek() == '(') out.earlier = ascii_iequals(base::trim(in.list()), "EARLIER");
  in.skip_spaces();
  out.uids = in.atom();
  if (out.uids.empty()) in.fail("a set of UIDs");
  return out;
}

Response parse_numbered(Scanner& in, FetchData& fetch, const Limits& limits) {
  auto number = static_cast<std::uint32_t>(in.number(UINT32_MAX));
  in.space();
  std::string_view word = in.atom();
  if (ascii_iequals(word, "FETCH")) {
    fetch.clear();
    fetch.number = SequenceNumber{number};
    in.space();
    parse_fetch_items(in, fetch, limits);
    return FetchReference{&fetch};
  }
  if (ascii_iequals(word, "EXISTS")) return ExistsData{number};
  if (ascii_iequals(word, "EXPUNGE")) return ExpungeData{SequenceNumber{number}};
  if (ascii_iequals(word, "RECENT")) return RecentData{number};
  if (word.empty()) in.fail("what the number counts");
  return OtherData{word};
}

Response parse_untagged(Scanner& in, FetchData& fetch, const Limits& limits) {
  if (in.peek() >= '0' && in.peek() <= '9') return parse_numbered(in, fetch, limits);
  std::string_view word = in.atom();
  if (word.empty()) in.fail("a response");
  if (auto condition = condition_of(word)) return parse_status({}, *condition, in.rest());
  in.skip_spaces();
  if (ascii_iequals(word, "SEARCH")) return SearchData{in.rest()};
  if (ascii_iequals(word, "ESEARCH")) return parse_esearch(in);
  if (ascii_iequals(word, "CAPABILITY")) return CapabilityData{in.rest()};
  if (ascii_iequals(word, "FLAGS")) return FlagsData{in.list()};
  if (ascii_iequals(word, "LIST") || ascii_iequals(word, "XLIST") || ascii_iequals(word, "LSUB"))
    return parse_list(in);
  if (ascii_iequals(word, "STATUS")) return parse_status_data(in);
  if (ascii_iequals(word, "NAMESPACE")) return parse_namespace(in, limits);
  if (ascii_iequals(word, "ID")) return IdData{in.list()};
  if (ascii_iequals(word, "ENABLED")) return EnabledData{in.rest()};
  if (ascii_iequals(word, "VANISHED")) return parse_vanished(in);
  return OtherData{word};
}

}  // namespace

bool Code::is(std::string_view word) const noexcept { return ascii_iequals(name, word); }

std::expected<Response, ParseError> parse_response(std::string_view text, FetchData& fetch,
                                                   const Limits& limits) {
  Scanner in(text);
  Response response;
  if (in.accept('+')) {
    return Continuation{base::trim(in.rest())};
  }
  if (in.accept('*')) {
    in.space();
    response = parse_untagged(in, fetch, limits);
  } else {
    std::string_view tag = in.word();
    if (tag.empty()) in.fail("a tag");
    in.space();
    auto condition = condition_of(in.atom());
    if (!condition) {
      in.fail("OK, NO or BAD");
    } else {
      return parse_status(tag, *condition, in.rest());
    }
  }
  if (!in.ok()) return std::unexpected(ParseError{in.expected(), in.failed_at()});
  return response;
}

}  // namespace postroom::imap::wire
