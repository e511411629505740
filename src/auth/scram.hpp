// SCRAM (RFC 5802, RFC 7677): what both of our clients check in a server's messages, and the client
// for the one case that GNU SASL cannot do. Internal to auth/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "auth/sasl.hpp"

namespace postroom::auth {

struct SaslLimits {
  // A server's message fits a few hundred bytes; more is an attack on our memory.
  std::size_t challenge_bytes = 4096;
  // RFC 7677 asks for 4,096 and up, careful servers use 600,000; each costs about a microsecond of
  // our one thread.
  std::uint64_t scram_iterations = 1'000'000;
};
inline constexpr SaslLimits sasl_limits;

[[noreturn]] void throw_bad_challenge(std::string message);
[[noreturn]] void throw_server_not_verified();

// The value of the attribute `name` ("i=" of "r=x,s=y,i=4096"); empty when there is none.
std::string_view scram_attribute(std::string_view message, char name);

// Throws Error{auth} for a server-first message that asks for too much work, and for any message in
// which the server says why it refuses ("e=", RFC 5802 section 7).
void check_scram_challenge(std::string_view challenge);

enum class ScramHash { sha1, sha256 };

// SCRAM over a stream that has a channel binding, with a server that does not offer -PLUS: says so
// with the flag "y" (RFC 5802 section 6), under the proof. A server that did offer it then knows
// that somebody took it out of its list, and refuses. Name and password are already known to have
// a prepared form.
std::unique_ptr<SaslMechanism> make_downgrade_checked_scram(ScramHash hash,
                                                            const Credentials& credentials);

}  // namespace postroom::auth
