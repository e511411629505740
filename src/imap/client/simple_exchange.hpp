// A command whose only answer is its tagged reply.
#pragma once

#include "imap/client/command.hpp"

namespace postroom::imap {

class SimpleExchange : public Exchange {
 public:
  using Exchange::Exchange;
  using Result = void;
  void take_result() const { throw_if_failed(); }
};

Command<SimpleExchange> start_simple(Client& client, std::string_view name,
                                     const CommandText& text);

}  // namespace postroom::imap
