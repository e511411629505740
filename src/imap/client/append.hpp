// APPEND (RFC 9051 section 6.3.12): stores a message in a folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/clock.hpp"
#include "imap/client/command.hpp"

namespace postroom::imap {

struct Appended {
  std::optional<Uid> uid;  // where the server has UIDPLUS
  std::uint32_t uid_validity = 0;
};

class AppendExchange final : public Exchange {
 public:
  using Result = Appended;
  AppendExchange() : Exchange("APPEND") {}
  Appended take_result();

 protected:
  void accept(std::size_t part, const wire::Status& status) override;

 private:
  Appended appended_;
};

// utf8: header fields hold UTF-8 as it is (RFC 6532).
enum class HeaderText { ascii, utf8 };

struct AppendOptions {
  std::vector<std::string> flags;          // "\Seen"
  std::optional<base::Instant> received;   // INTERNALDATE; the server's now if not given
  HeaderText headers = HeaderText::ascii;  // utf8 goes as "UTF8 (...)" once UTF8=ACCEPT is enabled
};

// `message` ends its lines with CRLF, is rewound by the caller, and outlives result(). A folder
// that does not exist is Error{not_found, "imap.no_such_folder"}; more than APPENDLIMIT is
// Error{refused, "imap.message_too_large"} before a byte is sent (RFC 7889).
Command<AppendExchange> append(Client& client, const MailboxName& target, base::ByteSource& message,
                               const AppendOptions& options = {});

}  // namespace postroom::imap
