#include <fmt/format.h>

#include "session/session.hpp"

namespace postroom::session {

using base::Error;
using base::ErrorKind;

Registry::Registry(Context context) : context_(std::move(context)) {}

Registry::~Registry() = default;

Task<Session*> Registry::connect(account::Account account, OnLive on_live) {
  std::string name = account.session;
  if (auto live = sessions_.find(name); live != sessions_.end()) {
    if (on_live == OnLive::refuse) {
      throw Error(ErrorKind::config, "session.live",
                  fmt::format("session {} is connected already", name),
                  "disconnect it first, or add replace: true to the second connect");
    }
    co_await live->second->close();
    sessions_.erase(name);
  }
  auto session = std::make_unique<Session>(std::move(account), context_);
  co_await session->open();
  Session* opened = session.get();
  sessions_.emplace(std::move(name), std::move(session));
  co_return opened;
}

Session* Registry::find(std::string_view name) noexcept {
  auto found = sessions_.find(name);
  return found == sessions_.end() ? nullptr : found->second.get();
}

Task<void> Registry::disconnect(std::string name) {
  auto found = sessions_.find(name);
  if (found == sessions_.end()) {
    throw Error(ErrorKind::config, "session.unknown", fmt::format("no session is called {}", name),
                "connect first, and use the same session name");
  }
  co_await found->second->close();
  sessions_.erase(found);
}

Task<void> Registry::close_all() {
  for (auto& [name, session] : sessions_) co_await session->close();
  sessions_.clear();
}

}  // namespace postroom::session
