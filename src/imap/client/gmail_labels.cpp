#include "imap/client/gmail_labels.hpp"

#include "base/utf8.hpp"

namespace postroom::imap {

Command<SetExchange> uid_store_labels(Client& client, const Messages& messages, FlagChange change,
                                      const std::vector<std::string>& labels) {
  if (!client.can("X-GM-EXT-1")) {
    throw base::Error(base::ErrorKind::unsupported, "imap.no_labels",
                      "labels are Gmail's, and this server is another one",
                      "use folders or keywords instead")
        .set_session_usable(true);
  }
  CommandText tail(client.command_style());
  tail.word(change == FlagChange::add ? "+X-GM-LABELS.SILENT" : "-X-GM-LABELS.SILENT").open();
  for (const std::string& label : labels) {
    if (label.empty() || label == "\\") {
      throw base::Error(base::ErrorKind::config, "imap.bad_label", "a label has no name",
                        "give each label a name")
          .set_session_usable(true);
    }
    tail.string(client.takes_utf8() ? label : to_modified_utf7(label));
  }
  tail.close();
  return start_set(client, "UID STORE", messages, tail);
}

std::vector<std::string> labels_of(const Client& client, const wire::FetchData& mail) {
  std::vector<std::string> labels;
  if (!mail.labels) return labels;
  constexpr std::size_t most = 10'000;  // Gmail's own limit for an account
  wire::for_each_label(*mail.labels, [&](const wire::Text& label) {
    if (labels.size() >= most) return;
    const std::string name = label.to_string();
    labels.push_back(client.takes_utf8() ? base::to_valid_utf8(name) : from_modified_utf7(name));
  });
  return labels;
}

}  // namespace postroom::imap
