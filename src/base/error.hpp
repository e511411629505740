// Error: the one exception type at every module boundary.
//
// Owns: kinds, stable codes, the words a user reads. Does not know: exit codes (cli/), retries
// (session/).
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::base {

enum class ErrorKind {
  cancelled,    // the user or the program asked to stop
  timed_out,    // a limit of ours passed
  network,      // no connection, or it broke
  tls,          // certificate, name, handshake
  auth,         // sign-in refused, or a right is missing: a human is needed
  refused,      // the server said no to this one request; the session goes on
  not_found,    // a folder, message or file that is not there
  throttled,    // the server asked us to slow down
  protocol,     // the peer broke its protocol
  unsupported,  // the server or backend cannot do this
  config,       // a flow, an option or a setting is wrong
  storage,      // disk full, state or vault not writable
  internal,     // our bug
};

std::string_view to_string(ErrorKind kind) noexcept;

// What went wrong, why, and what to do about it. Copyable; thrown by value, caught by const
// reference. `message` names the cause in one sentence without a full stop, lower case first unless
// a name; `hint` says the cure.
class Error : public std::exception {
 public:
  // `code` is a stable dotted name ("auth.wrong_password"), listed in docs/reference/errors.md.
  Error(ErrorKind kind, std::string_view code, std::string message, std::string hint = {});

  const char* what() const noexcept override { return message_.c_str(); }

  ErrorKind kind() const noexcept { return kind_; }
  const std::string& code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }
  // The peer's own words, untrusted: control characters are replaced when it is set, at most 1,000
  // bytes are kept.
  const std::string& server_text() const noexcept { return server_text_; }
  // Trying again without a change may succeed.
  bool transient() const noexcept { return transient_; }
  // The connection that raised it is still in step and may be used again.
  bool session_usable() const noexcept { return session_usable_; }
  std::optional<std::chrono::milliseconds> retry_after() const noexcept { return retry_after_; }

  Error& set_hint(std::string hint);
  Error& set_server_text(std::string_view text);
  Error& set_transient(bool transient);
  Error& set_session_usable(bool usable);
  Error& set_retry_after(std::chrono::milliseconds delay);

  // The same error with context: Error("refused ...").during("moving 3 messages to Archive") reads
  // "moving 3 messages to Archive: refused ...". Kind, code and flags stay.
  Error during(std::string_view doing) const;

 private:
  ErrorKind kind_;
  std::string code_;
  std::string message_;
  std::string hint_;
  std::string server_text_;
  std::optional<std::chrono::milliseconds> retry_after_;
  bool transient_ = false;
  bool session_usable_ = false;
};

// A text from a stranger made fit for a terminal or a log: control characters and invalid UTF-8
// become "?" or U+FFFD, at most `limit` bytes, cut at a character.
std::string printable(std::string_view text, std::size_t limit = 1000);

}  // namespace postroom::base
