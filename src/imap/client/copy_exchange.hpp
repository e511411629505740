// What COPY and MOVE have in common: COPYUID (RFC 4315 section 3), the server's word on which
// message became which.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "imap/client/command.hpp"
#include "imap/client/messages.hpp"

namespace postroom::imap {

struct CopiedUid {
  Uid from;
  Uid to;
  bool operator==(const CopiedUid&) const = default;
};

struct CopyResult {
  std::vector<CopiedUid> confirmed;   // by COPYUID
  std::uint32_t to_uid_validity = 0;  // 0: no COPYUID came
  UidSet unconfirmed;                 // in parts that the server said OK to, without any COPYUID
  UidSet absent;   // in parts with OK and COPYUID that does not name them: they were gone before
  UidSet refused;  // in parts that were refused, less those confirmed
  std::optional<base::Error> refusal;
};

class CopyExchange final : public Exchange {
 public:
  using Result = CopyResult;
  CopyExchange(std::string_view name, std::vector<UidSet> sets)
      : Exchange(name), sets_(std::move(sets)) {}
  bool take(const wire::Response& response) override;
  // Throws only what broke the connection.
  CopyResult take_result();

 protected:
  void accept(std::size_t part, const wire::Status& status) override;
  void refuse(std::size_t part, const wire::Status& status, const base::Error& error) override;

 private:
  void take_copyuid(std::string_view arguments);

  std::vector<UidSet> sets_;
  std::vector<std::size_t> accepted_;
  CopyResult result_;
  UidSet confirmed_;
};

Command<CopyExchange> start_copy(Client& client, std::string_view verb, const UidSet& uids,
                                 const MailboxName& target);

}  // namespace postroom::imap
