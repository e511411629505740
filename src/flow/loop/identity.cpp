#include "flow/loop/identity.hpp"

#include "base/text.hpp"
#include "mime/sha256.hpp"

namespace postroom::flow {
namespace {

// A field and its end, so that two fields cannot run into each other.
void add(mime::Sha256& hash, std::string_view field) {
  hash.update(field);
  hash.update(std::string_view("\0", 1));
}

void add(mime::Sha256& hash, const std::vector<mime::Address>& addresses) {
  for (const auto& address : addresses) add(hash, base::ascii_lower(address.address));
  add(hash, "\n");
}

}  // namespace

std::string fingerprint(const mime::Envelope& envelope) {
  std::string_view message_id = base::trim(envelope.message_id);
  if (message_id.empty()) return {};
  mime::Sha256 hash;
  add(hash, message_id);
  add(hash, envelope.sent ? std::to_string(envelope.sent->time_since_epoch().count() / 1000)
                          : std::string());
  add(hash, envelope.from);
  add(hash, envelope.to);
  add(hash, envelope.cc);
  add(hash, base::trim(envelope.subject));
  return hash.hex();
}

state::MessageName name_of(const mailbox::Message& message) {
  return {message.key.text, fingerprint(message.envelope), message.envelope.message_id};
}

}  // namespace postroom::flow
