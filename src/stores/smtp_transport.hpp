// SmtpTransport: an account's submission server as a Transport. One connection, made at the first
// message, kept, and made again when the server has closed it meanwhile.
#pragma once

#include <memory>

#include "mailbox/transport.hpp"
#include "smtp/client/client.hpp"
#include "stores/open_store.hpp"

namespace postroom::stores {

class SmtpTransport final : public mailbox::Transport {
 public:
  // `account` has smtp, and outlives this; so does what `context` refers to.
  SmtpTransport(const account::Account& account, const ConnectContext& context)
      : account_(account), context_(context) {}

  mailbox::Task<std::vector<mailbox::SendOutcome>> send(
      std::span<mailbox::Outgoing> group) override;
  bool files_sent_copy() const noexcept override;
  mailbox::Task<void> close() override;

 private:
  mailbox::Task<void> connect();
  mailbox::Task<std::unique_ptr<smtp::Client>> open_client();

  const account::Account& account_;
  ConnectContext context_;
  std::unique_ptr<smtp::Client> client_;
  bool has_refused_chunks_ = false;  // BDAT, although it offers CHUNKING: remembered while open
};

// Pure: what the client reports, in the mailbox's words.
mailbox::SendOutcome to_send_outcome(smtp::SendOutcome from);

}  // namespace postroom::stores
