#include "flow/run/exit_code.hpp"

namespace postroom::flow {

int exit_code_of(const base::Error& error) noexcept {
  using base::ErrorKind;
  switch (error.kind()) {
    case ErrorKind::cancelled:
      return 130;
    case ErrorKind::timed_out:
      return 75;
    case ErrorKind::network:
      return 69;
    case ErrorKind::tls:
      return 76;
    case ErrorKind::auth:
      return 77;
    case ErrorKind::refused:
      // "Not now" (greylisting): the next try may pass.
      return error.transient() ? 75 : exit_some_failed;
    case ErrorKind::not_found:
      return 66;
    case ErrorKind::throttled:
      return 75;
    case ErrorKind::protocol:
      return 76;
    case ErrorKind::unsupported:
      return exit_config;
    case ErrorKind::config:
      return exit_config;
    case ErrorKind::storage:
      return 74;
    case ErrorKind::internal:
      return 70;
  }
  return 70;
}

int exit_code_of(const RunSummary& summary) noexcept {
  if (summary.was_stopped) return exit_some_failed;
  if (summary.error) return exit_code_of(*summary.error);
  bool whole = summary.counts.failed == 0 && summary.counts.quarantined == 0 &&
               summary.counts.uncertain == 0 && summary.warnings == 0;
  return whole ? exit_done : exit_some_failed;
}

}  // namespace postroom::flow
