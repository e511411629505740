// Random mail and random questions about it, and the answer that the definition gives.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "mailbox/message.hpp"
#include "mailbox/query.hpp"
#include "mailbox/want.hpp"

namespace postroom::test {

struct Sample {
  std::string raw;
  mailbox::Flags flags;
  base::Instant received;
};

// `n` goes into the Message-ID, "<n@sample>".
Sample random_sample(std::mt19937& random, int n);
mailbox::Query random_query(std::mt19937& random, int depth);
mailbox::Want random_want(std::mt19937& random);

// Everything about it, from its bytes.
mailbox::Message full_message(const std::string& raw, const mailbox::Flags& flags,
                              base::Instant received);

}  // namespace postroom::test
