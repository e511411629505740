// Whether a message is a meeting invitation, by its structure alone: a root of type text/calendar,
// or a text/calendar part with a method directly inside the root alternative or mixed with no other
// attachment. A mere .ics file is mail.
#pragma once

#include "mime/part_tree.hpp"

namespace postroom::mime {

// The calendar part, nullptr when the message is no invitation.
const Part* invitation_part(const Part& root);

}  // namespace postroom::mime
