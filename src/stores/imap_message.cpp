#include "stores/imap_message.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "imap/wire/imap_date.hpp"
#include "mime/header.hpp"
#include "mime/header_text.hpp"
#include "mime/part_tree.hpp"

namespace postroom::stores {
namespace {

namespace wire = imap::wire;

// What mime::envelope_of reads.
const std::vector<std::string>& envelope_headers() {
  static const std::vector<std::string> names = {"Date",       "Subject",     "From",      "Sender",
                                                 "Reply-To",   "To",          "Cc",        "Bcc",
                                                 "Message-ID", "In-Reply-To", "References"};
  return names;
}

// A header of any other name is in no message (RFC 5322 section 3.6.8).
bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && std::ranges::all_of(name, [](char c) {
    return c > ' ' && c < 0x7f && !std::string_view("()[]{}:\"\\%*").contains(c);
  });
}

std::vector<mime::Address> addresses_of(std::string_view list) {
  std::vector<mime::Address> addresses;
  wire::for_each_address(list, [&](const wire::Address& address) {
    if (address.is_group_start() || address.is_group_end()) return;
    mime::Address one;
    one.name = mime::decode_header(address.name.to_string());
    one.address = address.mailbox.to_string() + "@" + address.host.to_string();
    addresses.push_back(std::move(one));
  });
  return addresses;
}

// Of an attached message.
mime::Envelope envelope_of(std::string_view text) {
  wire::Scanner in(text);
  const wire::Envelope envelope = wire::parse_envelope(in);
  mime::Envelope out;
  out.subject = mime::decode_header(envelope.subject.to_string());
  out.from = addresses_of(envelope.from);
  out.to = addresses_of(envelope.to);
  out.cc = addresses_of(envelope.cc);
  out.sent = mime::parse_date(envelope.date.to_string());
  out.message_id = envelope.message_id.to_string();
  return out;
}

mime::RawParams params_of(std::string_view list) {
  mime::RawParams params;
  wire::for_each_parameter(list, [&](const wire::Text& name, const wire::Text& value) {
    params.emplace_back(name.to_string(), value.to_string());
  });
  return params;
}

mime::Part make_one(const wire::BodyPart& row) {
  const std::string type = row.is_multipart ? "multipart" : row.type.to_string();
  const std::string subtype = row.subtype.to_string();
  const std::string id = row.id.to_string();
  const std::string description = row.description.to_string();
  const std::string encoding = row.encoding.to_string();
  const std::string disposition = row.disposition.to_string();
  const std::string location = row.location.to_string();
  mime::PartFields fields;
  fields.type = type;
  fields.subtype = subtype;
  fields.params = params_of(row.parameters);
  fields.id = id;
  fields.description = description;
  fields.encoding = encoding;
  fields.size = row.size;
  fields.location = location;
  fields.disposition = disposition;
  fields.disposition_params = params_of(row.disposition_parameters);
  mime::Part part = mime::make_part(fields);
  if (row.holds_message && !row.envelope.empty()) part.envelope = envelope_of(row.envelope);
  return part;
}

mime::Part make_tree(const wire::BodyStructure& structure,
                     const std::vector<std::vector<std::size_t>>& children, std::size_t at) {
  mime::Part part = make_one(structure.parts[at]);
  part.children.reserve(children[at].size());
  for (const std::size_t child : children[at])
    part.children.push_back(make_tree(structure, children, child));
  return part;
}

void read_headers(std::string_view block, const mailbox::Want& want, mailbox::Message& into) {
  const mime::Headers headers = mime::parse_headers(block);
  into.envelope = mime::envelope_of(headers);
  for (const mime::Header& header : headers) {
    const bool is_wanted =
        want.all_headers || std::ranges::any_of(want.headers, [&](const std::string& name) {
          return base::ascii_iequals(name, header.name);
        });
    if (is_wanted) into.headers.emplace_back(header.name, mime::decode_header(header.value));
  }
}

}  // namespace

imap::FetchItems fetch_items(const mailbox::Want& want) {
  imap::FetchItems items;
  items.flags = want.flags;
  items.size = want.size;
  items.internal_date = want.received;
  items.structure = want.structure || want.text;
  if (want.all_headers) {
    items.sections.push_back({"HEADER"});
    return items;
  }
  std::vector<std::string> names;
  if (want.envelope) names = envelope_headers();
  for (const std::string& name : want.headers) {
    auto is_same = [&](const std::string& there) { return base::ascii_iequals(there, name); };
    if (is_header_name(name) && std::ranges::none_of(names, is_same)) names.push_back(name);
  }
  if (!names.empty()) items.sections.push_back({imap::header_fields(names)});
  return items;
}

void read_fetched(const wire::FetchData& data, const mailbox::Want& want, mailbox::Message& into) {
  if (data.flags) into.flags = parse_flags(*data.flags);
  if (data.size) into.size = *data.size;
  if (!data.internal_date.is_nil())
    into.received = imap::parse_date_time(data.internal_date.to_string());
  if (!data.structure.parts.empty()) into.structure = part_tree(data.structure);
  for (const wire::FetchedSection& section : data.sections) {
    if (!base::ascii_iequals(section.section.substr(0, 6), "HEADER")) continue;
    if (section.delivery == wire::Delivery::here) {
      read_headers(section.value.to_string(), want, into);
    } else {
      into.warnings.emplace_back("the header is larger than 1 MiB and was not read");
    }
  }
}

mime::Part part_tree(const wire::BodyStructure& structure) {
  std::vector<std::vector<std::size_t>> children(structure.parts.size());
  for (std::size_t i = 1; i < structure.parts.size(); ++i) {
    const int parent = structure.parts[i].parent;
    if (parent >= 0 && static_cast<std::size_t>(parent) < i)
      children[static_cast<std::size_t>(parent)].push_back(i);
  }
  mime::Part root = make_tree(structure, children, 0);
  mime::number_parts(root);
  return root;
}

mailbox::Flags parse_flags(std::string_view words) {
  mailbox::Flags flags;
  wire::for_each_word(words, [&](std::string_view word) {
    if (base::ascii_iequals(word, "\\Seen"))
      flags.seen = true;
    else if (base::ascii_iequals(word, "\\Flagged"))
      flags.flagged = true;
    else if (base::ascii_iequals(word, "\\Answered"))
      flags.answered = true;
    else if (base::ascii_iequals(word, "\\Draft"))
      flags.draft = true;
    else if (base::ascii_iequals(word, "\\Deleted"))
      flags.deleted = true;
    else if (!base::ascii_iequals(word, "\\Recent"))
      flags.keywords.emplace_back(word);
  });
  return flags;
}

std::string_view flag_word(mailbox::Flag flag) noexcept {
  switch (flag) {
    case mailbox::Flag::seen:
      return "\\Seen";
    case mailbox::Flag::flagged:
      return "\\Flagged";
    case mailbox::Flag::answered:
      return "\\Answered";
    case mailbox::Flag::draft:
      return "\\Draft";
    case mailbox::Flag::deleted:
      return "\\Deleted";
  }
  return "\\Seen";
}

std::vector<std::string> flag_words(const mailbox::Flags& flags) {
  std::vector<std::string> words;
  if (flags.seen) words.emplace_back("\\Seen");
  if (flags.flagged) words.emplace_back("\\Flagged");
  if (flags.answered) words.emplace_back("\\Answered");
  if (flags.draft) words.emplace_back("\\Draft");
  if (flags.deleted) words.emplace_back("\\Deleted");
  words.insert(words.end(), flags.keywords.begin(), flags.keywords.end());
  return words;
}

}  // namespace postroom::stores
