#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace postroom::test {
namespace {

using Clock = std::chrono::steady_clock;

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  return ends;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& changes) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry; ++entry) merged.emplace_back(*entry);
  for (const auto& change : changes) {
    const auto name = change.substr(0, change.find('='));
    std::erase_if(merged, [&](const std::string& entry) { return entry.starts_with(name + "="); });
    if (change.size() > name.size()) merged.push_back(change);
  }
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Appends what is there; closes at the end of the stream.
void read_some(int& descriptor, std::string& into) {
  std::array<char, 65536> buffer;
  const auto count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    close_end(descriptor);
  }
}

}  // namespace

Process::Process(Command command) : command_(std::move(command)) {
  // A child that stops reading must be an error to see here, not the end of the test binary.
  ::signal(SIGPIPE, SIG_IGN);
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  if (!command_.working_folder.empty())
    ::posix_spawn_file_actions_addchdir_np(&actions, command_.working_folder.c_str());

  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

  auto environment = merged_environment(command_.environment);
  auto argument_pointers = pointers(command_.arguments);
  auto environment_pointers = pointers(environment);
  const int failed = ::posix_spawnp(&pid_, argument_pointers[0], &actions, &attributes,
                                    argument_pointers.data(), environment_pointers.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  close_end(in[0]);
  close_end(out[1]);
  close_end(err[1]);
  input_ = in[1];
  output_ = out[0];
  errors_ = err[0];
  if (failed) {
    close_end(input_);
    close_end(output_);
    close_end(errors_);
    throw std::system_error(failed, std::generic_category(), command_.arguments[0]);
  }
  for (int end : {input_, output_, errors_}) ::fcntl(end, F_SETFL, O_NONBLOCK);
}

Process::~Process() {
  if (!reaped_) {
    kill_group();
    ::waitpid(pid_, nullptr, 0);
  }
  close_end(input_);
  close_end(output_);
  close_end(errors_);
}

bool Process::pump(int timeout_ms) {
  const bool all_written = written_ == command_.input.size();
  if (all_written && !command_.input_stays_open) close_end(input_);
  std::array<pollfd, 3> ends{
      {{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {all_written ? -1 : input_, POLLOUT, 0}}};
  if (::poll(ends.data(), ends.size(), timeout_ms) > 0) {
    if (ends[0].revents) read_some(output_, finished_.output);
    if (ends[1].revents) read_some(errors_, finished_.errors);
    if (ends[2].revents) {
      const auto count =
          ::write(input_, command_.input.data() + written_, command_.input.size() - written_);
      if (count >= 0) {
        written_ += static_cast<std::size_t>(count);
      } else if (errno != EAGAIN && errno != EINTR) {
        written_ = command_.input.size();  // the child closed its input: the rest is nobody's
      }
    }
  }
  return output_ >= 0 || errors_ >= 0;
}

Finished Process::wait(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  // A grandchild may hold the streams open: the child's own end counts, with a last look at what is
  // in the pipes.
  int status = 0;
  while (!reaped_) {
    pump(10);
    const auto ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      reaped_ = true;
      finished_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      for (auto before = std::string::npos;
           before != finished_.output.size() + finished_.errors.size();) {
        before = finished_.output.size() + finished_.errors.size();
        if (!pump(0)) break;
      }
    } else if (Clock::now() > deadline) {
      give_up("end", limit);
    }
  }
  return finished_;
}

bool Process::wait_for_output(std::string_view text, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  const auto seen = [&] {
    return finished_.output.contains(text) || finished_.errors.contains(text);
  };
  while (!seen()) {
    if (!pump(10)) return seen();
    if (Clock::now() > deadline) give_up("print '" + std::string(text) + "'", limit);
  }
  return true;
}

void Process::close_input() noexcept { close_end(input_); }

void Process::signal(int number) noexcept {
  if (!reaped_) ::kill(pid_, number);
}

void Process::kill_group() noexcept {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

void Process::give_up(std::string_view what, std::chrono::milliseconds limit) {
  kill_group();
  ::waitpid(pid_, nullptr, 0);
  reaped_ = true;
  throw std::runtime_error(command_.arguments[0] + " did not " + std::string(what) + " within " +
                           std::to_string(limit.count()) + " ms; it printed:\n" + finished_.output +
                           finished_.errors);
}

Finished run_process(Command command, std::chrono::milliseconds limit) {
  Process process(std::move(command));
  return process.wait(limit);
}

}  // namespace postroom::test
