#include "imap/client/messages.hpp"

#include <algorithm>

namespace postroom::imap {

CutCommand cut_command(const Client& client, std::string_view verb, const Messages& messages,
                       const CommandText& tail) {
  CutCommand cut;
  if (messages.is_saved()) {
    cut.sets.emplace_back();
  } else {
    std::size_t around = verb.size() + tail.bytes().size() + 16;  // tag, spaces, line end
    std::size_t room =
        client.limits().command_line > around ? client.limits().command_line - around : 0;
    cut.sets = messages.set().split(std::max<std::size_t>(room, 500));
  }
  for (const UidSet& set : cut.sets) {
    CommandText text(tail.style());
    text.word(verb).word(messages.is_saved() ? "$" : set.to_string());
    if (!tail.bytes().empty()) text.append(tail);
    cut.parts.push_back(pieces_of(text));
  }
  return cut;
}

}  // namespace postroom::imap
