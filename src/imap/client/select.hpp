// SELECT and EXAMINE (RFC 9051 sections 6.3.2, 6.3.3).
#pragma once

#include "imap/client/command.hpp"

namespace postroom::imap {

// read_only is EXAMINE: nothing in the folder can change, not even \Seen or \Recent.
enum class Access { read_only, read_write };

class SelectExchange : public Exchange {
 public:
  using Result = SelectedFolder;
  SelectExchange(Client& client, MailboxName name, Access access);
  bool take(const wire::Response& response) override;
  SelectedFolder take_result();

 protected:
  // "OK [CLOSED]": what came before was about the folder that was selected until now.
  virtual void forget_other_folder() { folder_.exists = 0; }
  void accept(std::size_t part, const wire::Status& status) override;
  void refuse(std::size_t part, const wire::Status& status, const base::Error& error) override;

 private:
  void take_code(const wire::Code& code);
  Client& client_;
  SelectedFolder folder_;
};

// Selecting a folder leaves the one before, also when it is refused.
Command<SelectExchange> select(Client& client, const MailboxName& name, Access access);

// The same with mod-sequences in every FETCH from here on (RFC 7162 section 3.1.8). Needs
// CONDSTORE; without it, it is a plain select.
Command<SelectExchange> select_with_modseq(Client& client, const MailboxName& name, Access access);

}  // namespace postroom::imap
