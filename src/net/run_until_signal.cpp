// SIGINT and SIGTERM. The handler itself ends the process at the second signal, so that a loop
// stuck in foreign code can be stopped too.
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/child.hpp"
#include "net/task_group.hpp"

namespace postroom::net {
namespace {

namespace asio = boost::asio;

constexpr int cancelled_status = 130;
constexpr std::array signals{SIGINT, SIGTERM};

volatile std::sig_atomic_t signals_seen = 0;
std::atomic<int> signal_event = -1;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int) {
  int saved = errno;
  signals_seen = signals_seen + 1;
  if (signals_seen > 1) ::_exit(cancelled_status);
  const std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(signal_event.load(), &one, sizeof one);
  errno = saved;
}

// The process's signal handlers for as long as it lives; the earlier ones come back afterwards.
class SignalWatch {
 public:
  SignalWatch() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    signals_seen = 0;
    signal_event = event_;
    struct sigaction action{};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &earlier_[i]);
  }
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &earlier_[i], nullptr);
    signal_event = -1;
    ::close(event_);
  }

  int event() const noexcept { return event_; }

 private:
  int event_;
  std::array<struct sigaction, signals.size()> earlier_{};
};

}  // namespace

void run_until_signal(Task<void> task, std::function<void()> on_signal) {
  asio::io_context loop(1);
  SignalWatch watch;
  asio::posix::stream_descriptor event(loop, ::dup(watch.event()));
  auto child = start_child(loop.get_executor(), std::move(task), [&event] {
    boost::system::error_code ignored;
    event.cancel(ignored);
  });
  if (!child->ended)
    event.async_wait(asio::posix::stream_descriptor::wait_read,
                     [&](const boost::system::error_code& error) {
                       if (error || child->ended) return;
                       child->cancel();
                       if (on_signal) on_signal();
                     });
  loop.run();
  if (child->failure) std::rethrow_exception(child->failure);
}

}  // namespace postroom::net
