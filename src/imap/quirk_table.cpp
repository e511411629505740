#include "imap/quirk_table.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

using Where = QuirkSign::Where;

constexpr QuirkEntry quirks[] = {
    {"wants_id",
     &Quirks::wants_id,
     "NetEase (163.com, 126.com, yeah.net, 188.com) and other Coremail hosts, QQ Mail",
     "refuses SELECT with \"Unsafe Login\" until the client has said who it is",
     "ID is sent directly behind sign-in",
     "quirk_wants_id.txt",
     {{Where::greeting, "Coremail"},
      {Where::capability, "X-CM-EXT-1"},
      {Where::greeting, "QQMail"},
      {Where::server_id, "Coremail"}}},
    {"late_refusal",
     &Quirks::late_refusal,
     "Exchange, Exchange Online, Outlook.com",
     "says OK to sign-in and \"User is authenticated but not connected\" to the next command, when "
     "the user may not open the mailbox",
     "the first refusal behind sign-in counts as a refused mailbox, not as a broken command",
     "quirk_late_refusal.txt",
     {{Where::greeting, "Microsoft Exchange"}}},
    {"labels",
     &Quirks::labels,
     "Gmail, Google Workspace",
     "shows labels as folders: \\Deleted and UID EXPUNGE in one of them take the label away, and "
     "the mail stays in \"All Mail\"",
     "deleting for good is a move to \\Trash and a removal there of what arrived; moving out of "
     "\"All "
     "Mail\" says what it cannot do",
     "quirk_labels.txt",
     {{Where::capability, "X-GM-EXT-1"}}},
    {"size_differs",
     &Quirks::size_differs,
     "Exchange, Exchange Online, Outlook.com",
     "converts messages as they are fetched, so that RFC822.SIZE is not the number of bytes that "
     "come",
     "a size is shown and compared, and never says where a message ends",
     "quirk_size_differs.txt",
     {{Where::greeting, "Microsoft Exchange"}}},
    {"expensive_size",
     &Quirks::expensive_size,
     "DavMail",
     "downloads each message from Exchange to answer RFC822.SIZE",
     "sizes are asked for only where a flow uses them",
     "quirk_expensive_size.txt",
     {{Where::greeting, "DavMail"}}},
    {"newest_only",
     &Quirks::newest_only,
     "Yahoo, AOL",
     "shows the newest 10,000 messages of a folder only (the rest is at "
     "export.imap.mail.yahoo.com, read-only)",
     "an old message that is not listed is out of reach here, not deleted",
     "quirk_newest_only.txt",
     {{Where::capability, "XYMHIGHESTMODSEQ"}, {Where::greeting, "imapgate"}}},
    {"no_idle",
     &Quirks::no_idle,
     "Yahoo, AOL (do not offer it); a server that forgets its IDLE clients",
     "sends no news of a folder",
     "IDLE is not used",
     "quirk_newest_only.txt",
     {{Where::capability, "XYMHIGHESTMODSEQ"}, {Where::greeting, "imapgate"}}},
    {"ascii_search",
     &Quirks::ascii_search,
     "Exchange Online and others that answer NO [BADCHARSET (US-ASCII)]",
     "refuses SEARCH for texts that are not ASCII",
     "such texts are compared here, over what was fetched",
     "quirk_ascii_search.txt",
     {{Where::refusal, "BADCHARSET"}}},
    {"sent_is_received",
     &Quirks::sent_is_received,
     "DavMail",
     "answers SENTSINCE and SENTBEFORE by the day of arrival",
     "sent dates are compared here, over the headers",
     "../providers/davmail_search.txt",
     {{Where::greeting, "DavMail"}}},
    {"flat_search",
     &Quirks::flat_search,
     "DavMail",
     "reads OR, NOT and the flags in them as if all had to hold, and finds too little",
     "only lists of keys that all must hold are sent; the rest is decided here",
     "../providers/davmail_search.txt",
     {{Where::greeting, "DavMail"}}},
    {"inbox_name_space",
     &Quirks::inbox_name_space,
     "Courier",
     "hangs all folders below INBOX (\"INBOX.Sent\") and refuses to create others",
     "the prefix of NAMESPACE is put before new folders and left out of paths",
     "quirk_inbox_name_space.txt",
     {{Where::greeting, "Courier-IMAP"}}},
    {"substring_search",
     &Quirks::substring_search,
     "Dovecot without full-text search, Cyrus, Courier",
     "finds texts inside words, as RFC 9051 says (others find beginnings of words, or less)",
     "texts may be searched for at the server; unless this is known, they are compared here",
     "search.txt",
     {}},
    {"no_move",
     &Quirks::no_move,
     "none known: for an account that meets one",
     "offers MOVE and does not keep its promise",
     "messages are copied, and removed when COPYUID confirmed the copy",
     "quirk_no_move.txt",
     {}},
    {"no_esearch",
     &Quirks::no_esearch,
     "none known: for an account that meets one",
     "offers ESEARCH and answers it wrongly",
     "plain SEARCH is used",
     "quirk_no_esearch.txt",
     {}},
};

constexpr ToleranceEntry tolerances[] = {
    {"missing_text", "mail.ru, DavMail", "sends OK, NO or a response code without any text behind",
     "the text is empty", "tolerance_texts.txt"},
    {"letters_and_spaces", "DavMail (\"IMAP4REV1\") and home-made servers",
     "sends keywords in lower case, or several spaces for one",
     "case does not matter, spaces are skipped", "tolerance_texts.txt"},
    {"capability_in_ok", "Gmail, Dovecot, Yahoo",
     "says its capabilities in the greeting or with an OK instead of when asked",
     "they are read there, and CAPABILITY is not sent", "tolerance_texts.txt"},
    {"star_in_flags", "Zoho", "lists \\* among FLAGS, where only PERMANENTFLAGS may have it",
     "the word is kept", "tolerance_texts.txt"},
    {"no_uid_next", "NetEase and other Coremail hosts", "leaves UIDNEXT out of SELECT",
     "it counts as not told", "tolerance_texts.txt"},
    {"throttled_ok", "Gmail, Yahoo", "slows down and says so in an OK (\"Success [THROTTLED]\")",
     "the command has been done; Client::slowed counts it", "tolerance_texts.txt"},
    {"search_in_pieces", "DavMail, Yahoo",
     "spreads one SEARCH result over several lines, or ends it with a space",
     "all of them are one result", "tolerance_search.txt"},
    {"others_messages", "Exchange, Gmail, Proton Bridge, Dovecot, Cyrus",
     "answers a FETCH of \"n:*\" with the last message even where it is below n, and mixes news of "
     "other messages, with and without UID, into the answer",
     "\"*\" is never sent, and what was not asked for is left out", "tolerance_sections.txt"},
    {"sparse_structure", "Exchange, Gmail, Yandex, IceWarp, QQ Mail",
     "describes broken mail by a BODYSTRUCTURE with NIL or nothing where fields are due, or leaves "
     "parts out",
     "missing fields count as empty; where parts are missing, the message itself is read",
     "tolerance_structure.txt"},
    {"rounded_sizes", "mail.ru", "writes the size of a large part as \"9.3736e+06\"",
     "it is read as that number", "tolerance_structure.txt"},
    {"sparse_envelope", "QQ Mail, NetEase, Domino",
     "leaves the last fields out of an ENVELOPE, or writes \"\" for an empty list of addresses, "
     "or addresses that are none",
     "what is missing counts as empty; an address that cannot be read ends its list",
     "tolerance_envelope.txt"},
    {"bare_quotes", "iCloud, NetEase", "does not escape a quote inside a quoted string",
     "the quote that ends a string is the one with a separator behind it",
     "tolerance_envelope.txt"},
    {"wrapped_items", "Domino", "puts an item of FETCH into parentheses of its own",
     "they are read over", "tolerance_envelope.txt"},
    {"missing_section", "Yandex", "sends nothing where the text of an empty part is due",
     "the part is empty", "tolerance_sections.txt"},
    {"broken_lines", "QQ Mail, Sina", "breaks a line inside a quoted string of BODYSTRUCTURE",
     "the message is asked for again with less", "tolerance_sections.txt"},
    {"unreadable_reply", "any", "sends an untagged reply that nobody can read",
     "it costs that reply and a line in the log, not the connection", "tolerance_sections.txt"},
    {"ignored_rfc822", "iCloud", "answers FETCH RFC822 without the message",
     "only BODY.PEEK[] is asked for, which also leaves mail unread", "tolerance_sections.txt"},
    {"odd_names", "Courier, UW IMAP, hMailServer",
     "lists folders with NIL for the delimiter, names in raw UTF-8 or Latin-1, names that end "
     "with the delimiter",
     "a name is sent back as it came, and shown as UTF-8", "tolerance_list.txt"},
    {"xlist", "home.pl, cyon, QQ Mail",
     "knows special folders by XLIST only, or answers XLIST with LIST lines",
     "XLIST is used without SPECIAL-USE, and its words are translated", "tolerance_xlist.txt"},
    {"refused_id", "mail.de", "offers ID and answers it with BAD", "it does not matter",
     "tolerance_id.txt"},
    {"unquoted_id", "Proton Mail Bridge", "answers ID with unquoted values", "they are read",
     "tolerance_id.txt"},
    {"no_uidplus", "Courier, old Domino and Exchange", "cannot remove single messages (no UIDPLUS)",
     "a moved message is copied and its original flagged \\Deleted; a bare EXPUNGE, which would "
     "remove other clients' mail too, is never sent",
     "move_without_uidplus.txt"},
};

bool has_word(std::string_view words, std::string_view wanted) {
  for (std::string_view word : base::split(words, ' ')) {
    if (base::ascii_iequals(word, wanted)) return true;
  }
  return false;
}

}  // namespace

std::span<const QuirkEntry> quirk_table() noexcept { return quirks; }

std::span<const ToleranceEntry> tolerance_table() noexcept { return tolerances; }

const QuirkEntry* find_quirk(std::string_view name) noexcept {
  const auto* found = std::ranges::find(quirks, name, &QuirkEntry::name);
  return found == std::end(quirks) ? nullptr : found;
}

void add_quirks(Quirks& known, std::string_view greeting, std::string_view capabilities) {
  for (const QuirkEntry& entry : quirks) {
    for (const QuirkSign& sign : entry.signs) {
      if (sign.where == Where::greeting && greeting.contains(sign.text)) known.*entry.field = true;
      if (sign.where == Where::capability && has_word(capabilities, sign.text))
        known.*entry.field = true;
    }
  }
}

void add_quirks_by_id(Quirks& known, std::string_view server_name) {
  for (const QuirkEntry& entry : quirks) {
    for (const QuirkSign& sign : entry.signs) {
      if (sign.where == Where::server_id && server_name.contains(sign.text))
        known.*entry.field = true;
    }
  }
}

}  // namespace postroom::imap
