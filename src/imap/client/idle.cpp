#include "imap/client/idle.hpp"

#include <utility>

#include "net/task_group.hpp"

namespace postroom::imap {
namespace {

using std::chrono::milliseconds;

class IdleExchange final : public Exchange {
 public:
  explicit IdleExchange(const Client& client) : Exchange("IDLE"), client_(client) {}

  bool stays_open(std::string_view) override { return listening_ = true; }

  bool take(const wire::Response& response) override {
    if (const auto* exists = std::get_if<wire::ExistsData>(&response)) {
      const SelectedFolder* folder = client_.selected();
      if (!folder || folder->exists != exists->count || news_.expunged > 0)
        news_.exists = exists->count;
    }
    if (std::holds_alternative<wire::ExpungeData>(response)) ++news_.expunged;
    if (const auto* gone = std::get_if<wire::VanishedData>(&response)) take_vanished(*gone);
    if (const auto* fetch = std::get_if<wire::FetchReference>(&response)) take_fetch(*fetch->data);
    return false;  // the client counts the messages, too
  }

  bool is_listening() const noexcept { return listening_; }
  // True once: whoever gets it says DONE.
  bool begin_end() noexcept { return !std::exchange(ending_, true); }
  const MailboxNews& news() const noexcept { return news_; }
  MailboxNews take_news() {
    throw_if_failed();
    if (listening_) return std::move(news_);
    base::Error error(base::ErrorKind::unsupported, "imap.no_idle",
                      "the server ends IDLE at once instead of waiting for news",
                      "nothing is lost: the folder is looked at from time to time instead");
    throw error.set_session_usable(true);
  }

 private:
  void take_vanished(const wire::VanishedData& gone) {
    auto uids = parse_uid_set(gone.uids);
    if (uids && !gone.earlier) news_.vanished.add(*uids);
  }
  void take_fetch(const wire::FetchData& fetch) {
    constexpr std::size_t most_ranges = 10'000;  // more is "many", and costs the caller as much
    if (fetch.uid && news_.changed.ranges().size() < most_ranges) {
      news_.changed.add(*fetch.uid);
    } else {
      ++news_.changed_unnamed;
    }
  }

  const Client& client_;
  MailboxNews news_;
  bool listening_ = false;
  bool ending_ = false;
};

using SharedIdle = std::shared_ptr<IdleExchange>;

Task<void> say_done(Client& client, SharedIdle exchange) {
  if (exchange->is_done() || !exchange->begin_end()) co_return;
  co_await client.write_line("DONE");
}

Task<void> end_after(Client& client, SharedIdle exchange, milliseconds limit) {
  co_await net::pause(limit);
  co_await say_done(client, std::move(exchange));
}

// Reads while the timer may write: the two directions of the stream do not disturb each other.
Task<void> listen(net::TaskGroup& group, Client& client, const SharedIdle& exchange,
                  const IdleLimits& limits) {
  Task<void> timer = end_after(client, exchange, limits.listen);
  co_await group.spawn(std::move(timer));
  while (!exchange->is_done()) {
    if (exchange->news().any()) co_await say_done(client, exchange);
    co_await client.read_one();
  }
  group.cancel();
}

}  // namespace

bool can_idle(const Client& client) noexcept {
  return client.can("IDLE") && !client.quirks().no_idle;
}

Task<MailboxNews> idle(Client& client, IdleLimits limits) {
  auto exchange = std::make_shared<IdleExchange>(client);
  std::vector<std::vector<Piece>> parts(1);
  parts[0].push_back({.bytes = "IDLE", .then = WaitFor::continuation});
  client.start(exchange, std::move(parts));
  client.stream().set_idle_limit(limits.answer);
  co_await client.flush();
  while (!exchange->is_done() && !exchange->is_listening()) co_await client.read_one();
  if (!exchange->is_done()) {
    client.stream().set_idle_limit(limits.listen + limits.answer);
    co_await net::run_group(&listen, client, exchange, limits);
    client.stream().set_idle_limit(limits.answer);
  }
  co_return exchange->take_news();
}

}  // namespace postroom::imap
