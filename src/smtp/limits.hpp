// Limits: every bound of the SMTP client, with its reason. What the peer sends is hostile until
// shown otherwise.
#pragma once

#include <chrono>
#include <cstddef>

namespace postroom::smtp {

struct Limits {
  // RFC 5321 section 4.5.3.1.5 says 512; help texts and base64 challenges of real servers are
  // longer.
  std::size_t reply_line_bytes = 4096;
  // An EHLO answer has about twenty lines, a policy refusal about ten.
  std::size_t reply_lines = 200;
  std::size_t reply_bytes = 65'536;
  // What an EHLO answer may make us remember.
  std::size_t auth_mechanisms = 64;
  // RFC 4954 allows 12,288 for AUTH, but some servers hold it to RFC 5321's 512: a longer one goes
  // in two steps.
  std::size_t auth_line_bytes = 512;
  // SCRAM takes two rounds, a bearer refusal one.
  int auth_rounds = 8;
  // RFC 5321 section 4.5.3.1.3 says 256 for a path; SRS and reply-by-mail addresses stretch the
  // local part only.
  std::size_t address_bytes = 320;
  std::size_t domain_bytes = 255;
  // Answers that may be on their way while we write (RFC 2920 section 3.1): 100 of them fit the
  // smallest TCP window, so neither side can wait for the other for ever.
  std::size_t recipients_per_write = 100;
  // RFC 5321 section 4.5.3.1.6: a text line without its CRLF. Longer ones are cut or refused on the
  // way, and a cut line breaks headers and signatures.
  std::size_t line_bytes = 998;
  // A message up to this size may travel in one BDAT chunk, beside its envelope and in one write.
  // A bigger one waits for the recipients to be accepted first: the round trip is small beside it.
  std::size_t chunk_bytes = 262'144;
  // A connection that was silent for longer may be gone without a word. There BDAT would make an
  // uncertain message of what DATA finds out before the message is handed over.
  std::chrono::milliseconds fresh{3'000};
  // RFC 3461 section 4.4 and 4.2; counted after xtext.
  std::size_t envelope_id_bytes = 100;
  std::size_t original_recipient_bytes = 500;
  // One read of a body, one write of it.
  std::size_t body_chunk_bytes = 65'536;
  // RFC 5321 section 4.5.3.2.6: a server may filter a message for minutes after the final dot.
  // Giving up early leaves an uncertain message, and a resend makes a duplicate.
  std::chrono::milliseconds final_dot{600'000};
  // After this time without a verdict somebody who watches wants to know why nothing moves; and
  // again each time it has doubled.
  std::chrono::milliseconds verdict_notice{30'000};
  // No server means more by "try again in".
  std::chrono::milliseconds longest_wait{86'400'000};
  // The answer to QUIT changes nothing any more.
  std::chrono::milliseconds goodbye{2'000};
};

inline constexpr Limits limits;

}  // namespace postroom::smtp
