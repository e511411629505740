#include "mime/reply.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/header_text.hpp"
#include "mime/html_text.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t most_references = 30;        // the first and the latest; threads need no more
constexpr std::size_t longest_quote = 256 * 1024;  // a reply must not grow with every turn

bool lists(std::span<const std::string> addresses, std::string_view address) {
  return std::ranges::any_of(
      addresses, [&](const std::string& one) { return base::ascii_iequals(one, address); });
}

bool has(const std::vector<Address>& all, std::string_view address) {
  return std::ranges::any_of(
      all, [&](const Address& one) { return base::ascii_iequals(one.address, address); });
}

void add_new(std::vector<Address>& into, const std::vector<Address>& from) {
  for (const auto& address : from) {
    if (!address.address.empty() && !has(into, address.address)) into.push_back(address);
  }
}

void remove(std::vector<Address>& from, std::span<const std::string> addresses) {
  std::erase_if(from, [&](const Address& address) { return lists(addresses, address.address); });
}

std::string cleaned_line(std::string_view text) {
  std::string out = base::to_valid_utf8(text);
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return out;
}

std::string shown(const Address& address) {
  std::string name = cleaned_line(address.name);
  return name.empty() ? cleaned_line(address.address)
                      : name + " <" + cleaned_line(address.address) + ">";
}

std::string shown(const std::vector<Address>& addresses) {
  constexpr std::size_t most_shown = 50;
  std::string out;
  for (std::size_t i = 0; i < std::min(addresses.size(), most_shown); ++i) {
    out += (i > 0 ? ", " : "") + shown(addresses[i]);
  }
  return addresses.size() > most_shown ? out + ", ..." : out;
}

std::string words_of(const Original& original) {
  std::string text = original.text.empty() ? html_to_text(original.html) : original.text;
  return std::string(base::truncate_utf8(text, longest_quote));
}

// What stands between <body> and </body>; the whole when there is no body.
std::string markup_of(const Original& original) {
  if (original.html.empty() || original.html.size() > longest_quote)
    return text_to_html(words_of(original));
  std::string lower = base::ascii_lower(original.html);
  std::size_t open = lower.find("<body");
  std::size_t start = open == std::string::npos ? open : lower.find('>', open);
  start = start == std::string::npos ? 0 : start + 1;
  std::size_t end = lower.rfind("</body");
  if (end == std::string::npos || end < start) end = original.html.size();
  return original.html.substr(start, end - start);
}

std::string attribution(const Envelope& envelope) {
  std::string who = envelope.from.empty() ? "the sender" : shown(envelope.from.front());
  if (!envelope.sent) return who + " wrote:";
  return "On " + format_date(*envelope.sent) + ", " + who + " wrote:";
}

std::string quote_lines(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::string out;
  for (auto line : base::split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += line.starts_with('>') ? ">" : line.empty() ? ">" : "> ";
    out += line;
    out += '\n';
  }
  return out;
}

std::vector<std::string> references_of(const Envelope& envelope) {
  std::vector<std::string> ids = envelope.references;
  if (ids.empty() && !envelope.in_reply_to.empty()) ids.push_back(envelope.in_reply_to);
  if (!envelope.message_id.empty()) {
    std::erase(ids, envelope.message_id);
    ids.push_back(envelope.message_id);
  }
  // A stranger's id that is no header-safe text would make the reply impossible.
  std::erase_if(ids, [](const std::string& id) { return !base::is_ascii(id) || id.size() > 500; });
  if (ids.size() > most_references) {
    ids.erase(ids.begin() + 1, ids.end() - static_cast<std::ptrdiff_t>(most_references - 1));
  }
  return ids;
}

// An address of the original that cannot be written into a header cannot be answered.
void remove_unusable(std::vector<Address>& addresses) {
  for (auto& address : addresses) address.name = cleaned_line(address.name);
  std::erase_if(addresses, [](const Address& one) {
    std::size_t sign = one.address.rfind('@');
    bool quoted_local = one.address.starts_with('"');
    return sign == std::string::npos || sign == 0 || sign + 1 == one.address.size() ||
           one.address.size() > 320 ||
           (!quoted_local && one.address.find_first_of(" <>,;()\"") != std::string::npos) ||
           one.address.find_first_of(" <>,;()\"", sign) != std::string::npos;
  });
}

}  // namespace

Draft make_reply(const Original& original, const ReplyOptions& options) {
  const Envelope& envelope = original.envelope;
  Draft draft;
  draft.from = options.from;

  std::vector<Address> sender = !envelope.reply_to.empty() ? envelope.reply_to
                                : !envelope.from.empty()   ? envelope.from
                                                           : envelope.sender;
  // An answer to what we wrote ourselves goes on to whom we wrote.
  bool ours = !envelope.from.empty() && lists(options.own, envelope.from.front().address) &&
              envelope.reply_to.empty();
  add_new(draft.to, ours ? envelope.to : sender);
  if (options.all) {
    add_new(draft.to, envelope.to);
    add_new(draft.cc, envelope.cc);
  }
  std::vector<Address> everyone = draft.to;
  remove(draft.to, options.own);
  remove(draft.cc, options.own);
  if (draft.to.empty() && draft.cc.empty() && !everyone.empty())
    draft.to = everyone;  // a note to ourselves
  remove(draft.to, options.exclude);
  remove(draft.cc, options.exclude);
  remove_unusable(draft.to);
  remove_unusable(draft.cc);
  std::erase_if(draft.cc, [&](const Address& address) { return has(draft.to, address.address); });
  if (draft.to.empty()) std::swap(draft.to, draft.cc);

  draft.subject = options.subject.empty() ? "Re: " + cleaned_line(base_subject(envelope.subject))
                                          : options.subject;
  draft.references = references_of(envelope);
  bool usable_id = !draft.references.empty() && draft.references.back() == envelope.message_id;
  if (usable_id) draft.in_reply_to = envelope.message_id;
  if (options.automatic) draft.auto_submitted = "auto-replied";

  draft.text = options.text.empty() ? html_to_text(options.html) : options.text;
  draft.html = options.html;
  if (options.quote) {
    draft.text += "\n\n" + attribution(envelope) + "\n" + quote_lines(words_of(original));
    if (!draft.html.empty()) {
      draft.html += "<br><div>" + text_to_html(attribution(envelope)) +
                    "</div><blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;border-left:1px "
                    "solid #ccc;padding-left:1ex\">" +
                    markup_of(original) + "</blockquote>";
    }
  }
  return draft;
}

Draft make_forward(const Original& original, const ForwardOptions& options) {
  const Envelope& envelope = original.envelope;
  Draft draft;
  draft.from = options.from;
  draft.to = options.to;
  draft.cc = options.cc;
  draft.bcc = options.bcc;
  draft.subject = options.subject.empty() ? "Fwd: " + cleaned_line(base_subject(envelope.subject))
                                          : options.subject;
  draft.references = references_of(envelope);
  if (options.automatic) draft.auto_submitted = "auto-generated";
  draft.text = options.text.empty() ? html_to_text(options.html) : options.text;
  draft.html = options.html;
  if (!options.inline_body) return draft;

  std::string head = "---------- Forwarded message ----------\n";
  head += "From: " + shown(envelope.from) + "\n";
  if (envelope.sent) head += "Date: " + format_date(*envelope.sent) + "\n";
  head += "Subject: " + cleaned_line(envelope.subject) + "\n";
  head += "To: " + shown(envelope.to) + "\n";
  if (!envelope.cc.empty()) head += "Cc: " + shown(envelope.cc) + "\n";
  bool with_html = !original.html.empty() || !options.html.empty();
  std::string own_html = options.html.empty() ? text_to_html(options.text) : options.html;
  draft.text += (draft.text.empty() ? "" : "\n\n") + head + "\n" + words_of(original);
  if (with_html) {
    draft.html = own_html + (own_html.empty() ? "" : "<br><br>") + "<div>" + text_to_html(head) +
                 "</div><br>" + markup_of(original);
  }
  return draft;
}

}  // namespace postroom::mime
