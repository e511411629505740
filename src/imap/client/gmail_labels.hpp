// Gmail's labels (X-GM-LABELS of X-GM-EXT-1): UID STORE for them, and what FETCH says of them.
#pragma once

#include <string>
#include <vector>

#include "imap/client/set_exchange.hpp"
#include "imap/client/uid_store.hpp"

namespace postroom::imap {

// Labels in UTF-8: "Customers/Größe"; Gmail's own begin with a backslash: "\\Inbox",
// "\\Important", "\\Starred". A label that does not exist is made. Needs X-GM-EXT-1, else
// Error{unsupported, "imap.no_labels"}. Throws Error{config, "imap.bad_label"} for an empty label.
Command<SetExchange> uid_store_labels(Client& client, const Messages& messages, FlagChange change,
                                      const std::vector<std::string>& labels);

// In UTF-8, of a message that was fetched with FetchItems::labels.
std::vector<std::string> labels_of(const Client& client, const wire::FetchData& mail);

}  // namespace postroom::imap
