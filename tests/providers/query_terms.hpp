// The words of a "find" step as a Query and a Want.
#pragma once

#include <string_view>
#include <vector>

#include "mailbox/query.hpp"
#include "mailbox/want.hpp"

namespace postroom::test {

struct FindTerms {
  mailbox::Query query;
  mailbox::Want want;
  mailbox::Order order = mailbox::Order::oldest_first;
};

// words[0] is "find". Throws std::invalid_argument.
FindTerms find_terms(const std::vector<std::string_view>& words);

}  // namespace postroom::test
