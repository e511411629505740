// Exit codes: what a script or a timer reads, and what a run's record keeps.
// docs/reference/exit-codes.md lists them.
#pragma once

#include "base/error.hpp"
#include "flow/run/run_flow.hpp"

namespace postroom::flow {

inline constexpr int exit_done = 0;  // also when nothing matched
inline constexpr int exit_some_failed =
    1;  // finished; some messages failed, were refused or newly quarantined
inline constexpr int exit_usage = 64;
inline constexpr int exit_config = 78;

// 64 usage, 66 not found, 69 network, 70 internal, 74 storage, 75 throttled, timed out, temporary,
// 76 TLS or protocol, 77 authentication or a missing right, 78 config or unsupported, 130
// cancelled.
int exit_code_of(const base::Error& error) noexcept;
int exit_code_of(const RunSummary& summary) noexcept;

}  // namespace postroom::flow
