#include "stores/open_transport.hpp"

#include "base/error.hpp"
#include "stores/smtp_transport.hpp"

namespace postroom::stores {

std::unique_ptr<mailbox::Transport> open_transport(const account::Account& account,
                                                   const ConnectContext& context) {
  if (!account.smtp) {
    throw base::Error(base::ErrorKind::config, "session.cannot_send",
                      "this session has no server to send by",
                      "add smtp: { host, port } to the connect step");
  }
  return std::make_unique<SmtpTransport>(account, context);
}

}  // namespace postroom::stores
