// From what UID FETCH says to a mailbox::Message, and what to fetch for a Want. Pure.
#pragma once

#include "imap/client/uid_fetch.hpp"
#include "mailbox/message.hpp"
#include "mailbox/want.hpp"

namespace postroom::stores {

// Everything of `want` but text. Envelopes come from header lines, not from ENVELOPE: they are then
// read by the same code as every other store's, and References is among them.
imap::FetchItems fetch_items(const mailbox::Want& want);

// Fills what is in `data`; what is not stays. Oddities become warnings.
void read_fetched(const imap::wire::FetchData& data, const mailbox::Want& want,
                  mailbox::Message& into);

// The same part tree as mime::Message makes from the bytes.
mime::Part part_tree(const imap::wire::BodyStructure& structure);

mailbox::Flags parse_flags(std::string_view words);
std::vector<std::string> flag_words(const mailbox::Flags& flags);
std::string_view flag_word(mailbox::Flag flag) noexcept;

}  // namespace postroom::stores
