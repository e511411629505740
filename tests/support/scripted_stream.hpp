// ScriptedStream: a Stream whose peer is a transcript. For tests of protocol clients.
//
//   Script script = Script::parse(R"(
//     # a comment; blank lines and leading spaces are skipped
//     S: * OK ready                          the peer sends this line and CRLF
//     C: A1 LOGIN a b                        the client must write exactly this line and CRLF
//     C~ A2 APPEND INBOX {*}                 the same; each * stands for any run of characters
//     without CR or LF S- + go\r\n                            raw: no CRLF of its own; \r \n \t \0
//     \\ \xHH are known C- Subject: x\r\n\r\nbody              raw, from the client S* 100000 abc
//     "abc" 100000 times, no CRLF (C* too) TLS                                    the client must
//     call start_tls WAIT                                   a read waits here until the client
//     writes (IDLE); writes pass it CLOSE                                  the peer finishes: reads
//     give 0 CUT                                    the connection breaks: reads throw
//     Error{network, "net.closed"}
//   )");
//   auto peer = std::make_shared<ScriptedPeer>(script);       // outlives the stream, holds the
//   record std::unique_ptr<net::Stream> stream = peer->open();
//   ... run the client ...
//   EXPECT_EQ(peer->remaining(), "");                         // every step was played
//
// Steps are played in order: a client that writes before it has read everything the script sent, or
// reads where the script waits for the client, fails the test (ADD_FAILURE) and gets
// Error{internal, "script.mismatch"}. How the client cuts its writes does not matter. Pipelined
// commands are consecutive C lines.
//
// Failure injection: for (k < script.step_count()) { peer->fail_at_step(k, Failure::cut); ... }.
// The operation that reaches step k fails, and so does every later one;
// peer->written_after_failure() is what the client still tried to write in later calls (a client
// that writes a destructive line there is wrong).
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "net/connector.hpp"
#include "net/stream.hpp"

namespace postroom::test {

using base::Task;

struct Step {
  enum class Kind { server, client, client_glob, tls, wait, close, cut };
  Kind kind;
  std::string bytes;  // what goes over the wire; for client_glob the pattern, without CRLF
  int line = 0;       // in the script, for messages
};

class Script {
 public:
  // Throws std::invalid_argument naming the line for anything that is not a step.
  static Script parse(std::string_view text);
  // `path` is relative to the repository's root, such as "tests/transcripts/imap/login.txt", or
  // absolute.
  static Script load(const std::filesystem::path& path);

  std::size_t step_count() const noexcept { return steps_.size(); }
  const std::vector<Step>& steps() const noexcept { return steps_; }
  bool has_tls() const noexcept;

 private:
  std::vector<Step> steps_;
};

enum class Failure {
  closed,     // reads give 0, writes and start_tls throw Error{network, "net.closed"}
  cut,        // all throw Error{network, "net.closed"}
  timed_out,  // all throw Error{timed_out, "net.stalled"}
};
inline constexpr Failure all_failures[] = {Failure::closed, Failure::cut, Failure::timed_out};

struct PeerOptions {
  std::size_t chunk = SIZE_MAX;  // at most so many server bytes for each read; 1 finds parsers that
                                 // need whole lines
  bool loopback = false;         // is_private() without TLS
  std::optional<bool> encrypted;  // at the start; unset: encrypted unless the script has a TLS step
};

class ScriptedPeer : public std::enable_shared_from_this<ScriptedPeer> {
 public:
  explicit ScriptedPeer(Script script, PeerOptions options = {});

  std::unique_ptr<net::Stream> open();

  void fail_at_step(std::size_t step, Failure failure);

  bool finished() const noexcept { return at_ == script_.step_count(); }
  // The first step not played, for messages ("line 7: C: A2 LOGOUT"); empty when finished.
  std::string remaining() const;
  bool has_failed() const noexcept { return failed_; }
  bool is_closed() const noexcept { return closed_; }  // by the client, or its stream is gone
  bool is_encrypted() const noexcept { return encrypted_; }

  const std::string& written() const noexcept {
    return written_;
  }  // everything, also after a failure
  const std::string& written_after_failure() const noexcept { return written_after_failure_; }
  std::size_t write_calls() const noexcept { return write_calls_; }
  // How often the client had to wait: reads that came directly after a write.
  std::size_t round_trips() const noexcept { return round_trips_; }

  PeerOptions& options() noexcept { return options_; }

 private:
  friend class ScriptedStream;
  friend class ScriptedConnector;
  std::optional<std::size_t> read(std::span<char> into);  // nothing: at WAIT
  void write(std::string_view bytes);
  void start_tls();
  bool reaches_failure();
  [[noreturn]] void fail();
  [[noreturn]] void mismatch(const std::string& what);
  const Step* current() const noexcept { return finished() ? nullptr : &script_.steps()[at_]; }

  Script script_;
  PeerOptions options_;
  std::size_t at_ = 0;               // step
  std::size_t offset_ = 0;           // bytes of it played
  std::string glob_line_;            // of a client_glob step, so far
  std::optional<Step::Kind> ended_;  // close or cut, once reached
  std::optional<std::size_t> fail_step_;
  Failure failure_ = Failure::closed;
  bool failed_ = false;
  bool closed_ = false;
  bool encrypted_ = false;
  bool wrote_last_ = false;
  std::string written_;
  std::string written_after_failure_;
  std::size_t write_calls_ = 0;
  std::size_t round_trips_ = 0;
};

// Hands out peers in the order they were added; opening one more fails the test.
class ScriptedConnector final : public net::Connector {
 public:
  // The stream is encrypted if the target says implicit TLS, and private if the target is on
  // loopback.
  std::shared_ptr<ScriptedPeer> add(Script script, PeerOptions options = {});
  std::shared_ptr<ScriptedPeer> add(std::string_view script, PeerOptions options = {});
  // The next open() throws this.
  void add_error(base::Error error);

  Task<std::unique_ptr<net::Stream>> open(const net::Target& target) override;

  const std::vector<net::Target>& opened() const noexcept { return opened_; }
  std::size_t unused() const noexcept { return next_.size(); }

 private:
  std::deque<std::variant<std::shared_ptr<ScriptedPeer>, base::Error>> next_;
  std::vector<net::Target> opened_;
};

}  // namespace postroom::test
