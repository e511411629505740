#include "net/curl_loop.hpp"

#include <optional>
#include <unordered_map>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/error.hpp"

namespace postroom::net {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

namespace {

struct CurlLimits {
  // Idle connections. There is no limit a host: libcurl 7.88 forgets requests that wait for a turn
  // when the connection before them ends with its answer, so callers bound how many they send.
  long kept = 8;
};
constexpr CurlLimits curl_limits;

// One socket of libcurl's, watched for it. libcurl closes it: the descriptor only lends a hand.
struct Watch {
  Watch(const asio::any_io_executor& executor, int fd) : descriptor(executor, fd) {}
  ~Watch() {
    if (descriptor.is_open()) descriptor.release();
  }

  Descriptor descriptor;
  int wanted = 0;  // CURL_POLL_*
  bool reading = false;
  bool writing = false;
};

}  // namespace

struct CurlLoop::State : std::enable_shared_from_this<State> {
  State() {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    multi = ready ? curl_multi_init() : nullptr;
    share = ready ? curl_share_init() : nullptr;
    if (!multi || !share)
      throw base::Error(base::ErrorKind::internal, "http.no_client", "libcurl does not start");
    curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, curl_limits.kept);
  }
  ~State() {
    curl_multi_cleanup(multi);
    curl_share_cleanup(share);
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self_pointer, void*) {
    auto* self = static_cast<State*>(self_pointer);
    try {
      if (what == CURL_POLL_REMOVE) {
        self->watches.erase(fd);
        return 0;
      }
      if (!self->executor) return 0;
      auto& watch = self->watches[fd];
      if (!watch) watch = std::make_shared<Watch>(*self->executor, fd);
      watch->wanted = what;
      self->arm(fd, watch);
      return 0;
    } catch (const std::exception&) {
      return -1;
    }
  }

  static int on_timer(CURLM*, long milliseconds, void* self_pointer) {
    auto* self = static_cast<State*>(self_pointer);
    if (!self->timer) return 0;
    if (milliseconds < 0) {
      self->timer->cancel();
      return 0;
    }
    self->timer->expires_after(std::chrono::milliseconds(milliseconds));
    self->timer->async_wait([weak = self->weak_from_this()](const auto& error) {
      auto state = weak.lock();
      if (!error && state && state->timer) state->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }

  void arm(int fd, const std::shared_ptr<Watch>& watch) {
    if ((watch->wanted & CURL_POLL_IN) && !watch->reading) {
      watch->reading = true;
      watch->descriptor.async_wait(Descriptor::wait_read, waker(fd, watch, CURL_CSELECT_IN));
    }
    if ((watch->wanted & CURL_POLL_OUT) && !watch->writing) {
      watch->writing = true;
      watch->descriptor.async_wait(Descriptor::wait_write, waker(fd, watch, CURL_CSELECT_OUT));
    }
  }

  std::function<void(const boost::system::error_code&)> waker(int fd,
                                                              const std::shared_ptr<Watch>& watch,
                                                              int event) {
    return [weak = weak_from_this(), weak_watch = std::weak_ptr(watch), fd,
            event](const boost::system::error_code& error) {
      auto state = weak.lock();
      auto watched = weak_watch.lock();
      if (error || !state || !watched) return;
      (event == CURL_CSELECT_IN ? watched->reading : watched->writing) = false;
      int wanted = event == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
      if (watched->wanted & wanted) state->act(fd, event);
      auto still = state->watches.find(fd);
      if (still != state->watches.end() && still->second == watched) state->arm(fd, watched);
    };
  }

  void act(curl_socket_t fd, int events) {
    int running = 0;
    curl_multi_socket_action(multi, fd, events, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      char* owner = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
      auto* transfer = reinterpret_cast<CurlTransfer*>(owner);
      transfer->result = message->data.result;
      transfer->ended = true;
      transfer->bell.ring();
    }
  }

  CURLM* multi = nullptr;
  CURLSH* share = nullptr;
  int transfers = 0;
  // While transfers run:
  std::optional<asio::any_io_executor> executor;
  std::optional<asio::steady_timer> timer;
  std::unordered_map<int, std::shared_ptr<Watch>> watches;
};

CurlLoop::CurlLoop() : state_(std::make_shared<State>()) {}

CurlLoop::~CurlLoop() {
  state_->watches.clear();
  state_->timer.reset();
  state_->executor.reset();
}

void CurlLoop::add(CURL* easy, const asio::any_io_executor& executor) {
  if (state_->executor && *state_->executor != executor) {
    throw base::Error(base::ErrorKind::internal, "http.two_loops",
                      "an HTTP client was used on two loops at once");
  }
  if (!state_->executor) {
    state_->executor = executor;
    state_->timer.emplace(executor);
  }
  ++state_->transfers;
  if (curl_multi_add_handle(state_->multi, easy) == CURLM_OK) return;
  remove(easy);
  throw base::Error(base::ErrorKind::internal, "http.no_client", "libcurl takes no request");
}

void CurlLoop::remove(CURL* easy) noexcept {
  curl_multi_remove_handle(state_->multi, easy);
  if (--state_->transfers > 0) return;
  state_->watches.clear();
  state_->timer.reset();
  state_->executor.reset();
}

CURLSH* CurlLoop::share() noexcept { return state_->share; }

}  // namespace postroom::net
