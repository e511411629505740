// File names in a Maildir: unique part and flags (https://cr.yp.to/proto/maildir.html). Pure, but
// for the machine's name and the process id in new names.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "mailbox/message.hpp"

namespace postroom::stores {

struct MaildirName {
  std::string unique;  // before the info suffix; the message's key
  std::string flags;   // letters after ":2,"; those unknown here (P, a-z keywords) are kept when
                       // others change
};

// "1700000000.M1P2.host:2,FS"; a name without an info suffix has no flags. ';' for ':' as on file
// systems without it.
MaildirName parse_maildir_name(std::string_view file_name);

// The file name; flags in ASCII order as the format wants them.
std::string format_maildir_name(const MaildirName& name);

mailbox::Flags flags_of(const MaildirName& name);
void set_letter(MaildirName& name, char letter, bool is_set);
char letter_of(mailbox::Flag flag) noexcept;
std::string letters_of(const mailbox::Flags& flags);

// A name that nobody else makes: time, process, counter, host.
std::string new_unique_name(const base::Clock& clock);

}  // namespace postroom::stores
