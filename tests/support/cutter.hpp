// Cutter: a relay between a program and a server on loopback that cuts its connections as it is
// told: after so many bytes of the server's, or at a command, before or after the server has
// carried it out.
//
// Owns a listening socket and a thread for each connection. Does not know any protocol.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace postroom::test {

struct Cut {
  // Of the server's bytes; the cut falls exactly behind them.
  std::optional<std::uint64_t> after_bytes = std::nullopt;
  // A text that the client sends. answered: the server gets it, and its answer is swallowed.
  std::string at = {};
  enum class When { unsent, answered } when = When::answered;
};

class Cutter {
 public:
  explicit Cutter(std::uint16_t server_port);
  ~Cutter();
  Cutter(const Cutter&) = delete;
  Cutter& operator=(const Cutter&) = delete;

  std::uint16_t port() const noexcept { return port_; }

  // One cut for each of the next connections, in order; those behind them run free.
  void plan(std::vector<Cut> cuts);
  // Every connection from now on, until plan() is called.
  void always(Cut cut);

  int connections() const noexcept { return connections_; }
  int cuts() const noexcept { return cuts_; }

 private:
  void accept_all(std::stop_token stop);
  void relay(std::stop_token stop, int client, Cut cut);
  Cut next_cut();

  std::uint16_t server_port_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<Cut> planned_;
  std::optional<Cut> always_;
  std::atomic<int> connections_ = 0;
  std::atomic<int> cuts_ = 0;
  std::vector<std::jthread> relays_;  // of the accepting thread alone
  std::jthread accepting_;            // last: it ends first
};

}  // namespace postroom::test
