// Replies and forwards as drafts: threading (In-Reply-To, References), recipients, one "Re:", the
// quoted original.
#pragma once

#include <string>
#include <vector>

#include "mime/builder.hpp"
#include "mime/envelope.hpp"

namespace postroom::mime {

// What is answered. Text and HTML may be empty.
struct Original {
  Envelope envelope;
  std::string text, html;
};

struct ReplyOptions {
  Address from;
  std::string text, html;
  std::string subject;               // empty: "Re: " and the original's
  bool all = false;                  // also To and Cc of the original
  std::vector<std::string> exclude;  // addresses that get no copy (reply_all's exclude_sender, …)
  std::vector<std::string>
      own;  // our addresses: never answered to, unless the original is ours alone
  bool quote = true;
  bool automatic = true;  // marks it so that no automatic answer comes back
};

// Reply-To is honoured. `to` may be empty when every recipient is excluded: then there is nobody to
// answer.
Draft make_reply(const Original& original, const ReplyOptions& options);

struct ForwardOptions {
  Address from;
  std::vector<Address> to, cc, bcc;
  std::string text, html;   // before the forwarded message
  std::string subject;      // empty: "Fwd: " and the original's
  bool inline_body = true;  // false: the caller attaches the message itself
  bool automatic = true;
};

Draft make_forward(const Original& original, const ForwardOptions& options);

}  // namespace postroom::mime
