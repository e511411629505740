// Process: a program that a test starts, feeds, waits for, and kills by its own id.
//
// Owns the child: the destructor kills and reaps it. The child has its standard input from a pipe
// (or nothing), its output and errors captured in memory, no other descriptor of the test's, and a
// process group of its own.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace postroom::test {

struct Command {
  std::vector<std::string> arguments;  // [0] is the program: a path, or a name looked up in PATH
  std::vector<std::string>
      environment;             // NAME=value, on top of the test's own; NAME= empties, NAME removes
  std::string working_folder;  // empty: the test's
  std::string input;           // standard input, then its end
  bool input_stays_open = false;  // the end comes with close_input()
};

struct Finished {
  int exit_code = 0;  // 128 + signal if a signal ended it
  std::string output;
  std::string errors;
};

class Process {
 public:
  // Throws std::system_error if it cannot be started.
  explicit Process(Command command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const noexcept { return pid_; }

  // Waits for the end; past the limit kills the child's whole group and throws std::runtime_error
  // with what it printed.
  Finished wait(std::chrono::milliseconds limit = std::chrono::seconds(60));

  // Waits until the text was printed (on either stream) and returns true; false if the child ended
  // without. Throws past the limit, as wait() does.
  bool wait_for_output(std::string_view text,
                       std::chrono::milliseconds limit = std::chrono::seconds(20));

  void close_input() noexcept;

  // Sends a signal to the child alone, if it still runs.
  void signal(int number) noexcept;

 private:
  bool pump(int timeout_ms);  // moves bytes; false once both streams have ended
  void kill_group() noexcept;
  [[noreturn]] void give_up(std::string_view what, std::chrono::milliseconds limit);

  Command command_;
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::size_t written_ = 0;
  Finished finished_;
  bool reaped_ = false;
};

// Starts, waits and returns, in one line.
Finished run_process(Command command, std::chrono::milliseconds limit = std::chrono::seconds(60));

}  // namespace postroom::test
