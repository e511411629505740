// The meaning of a Query: does this message match? Every adapter is held to it by a property test.
#pragma once

#include <memory>

#include "mailbox/message.hpp"
#include "mailbox/query.hpp"

namespace postroom::mailbox {

// A Query made ready: patterns compiled, wanted texts folded once. Throws Error{config,
// "query.bad_pattern"}.
class Evaluator {
 public:
  explicit Evaluator(const Query& query);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;

  // `message` carries what needs_of(query) names.
  bool matches(const Message& message) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace postroom::mailbox
