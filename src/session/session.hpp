// Session: an account kept alive under its name, with a store to read and a transport to send.
// Registry: the live ones.
//
// Owns: connections. Does not know: protocols, flows. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "mailbox/store.hpp"
#include "mailbox/transport.hpp"
#include "session/patience.hpp"
#include "session/retry.hpp"
#include "stores/open_store.hpp"

namespace postroom::session {

using base::Task;

// What every session of a program shares.
struct Context {
  stores::ConnectContext connect;
  RetryPolicy retry;
  // A line for the reader of a run ("...; trying again in 1s").
  std::function<void(std::string)> note;
  PausePolicy pause = {};
  state::PauseBook* pauses = nullptr;  // shared with other runs; none: pauses end with the session
  std::string zone = "UTC";            // of the times in notes
  std::function<Task<void>(std::chrono::milliseconds)> wait;  // empty: net::pause
};

class Session {
 public:
  Session(account::Account account, const Context& context);
  ~Session();

  const std::string& name() const noexcept { return account_.session; }
  const account::Account& account() const noexcept { return account_; }

  // Connects and signs in, trying again after transient errors, and not while a pause lasts that
  // the server has asked for. A connection that is lost later is opened again by the store.
  Task<void> open();
  mailbox::Store& store();  // after open()

  // The sending side; it connects at its first message. Error{config, "session.cannot_send"} when
  // there is none.
  mailbox::Transport& transport();
  bool can_send() const noexcept;
  // The same patience for sending, whose limits are others. wait_after() once before each new try.
  Patience& sending();

  // The address that mail goes out from: `from`, else the mailbox, else the user name.
  // Error{config, "session.no_address"} when none of them is an address.
  std::string own_address() const;

  // Whose mailbox it is, for the ledger's scope: the same for the same mailbox in every run,
  // whatever the session name.
  std::string mailbox_identity() const;

  // Says goodbye on both sides; never throws.
  Task<void> close();

 private:
  std::string user_name() const;
  PatienceRules rules() const;

  account::Account account_;
  const Context& context_;
  std::unique_ptr<Patience> patience_;
  std::unique_ptr<Patience> sending_;
  std::optional<stores::ConnectContext> reading_;  // with patience_
  std::unique_ptr<mailbox::Store> store_;
  std::unique_ptr<mailbox::Transport> transport_;
};

class Registry {
 public:
  explicit Registry(Context context);
  ~Registry();

  // Opens a session. Error{config, "session.live"} when the name is taken and `replace` is not
  // asked for.
  enum class OnLive { refuse, replace };
  Task<Session*> connect(account::Account account, OnLive on_live);
  Session* find(std::string_view name) noexcept;
  Task<void> disconnect(std::string name);  // Error{config, "session.unknown"}
  Task<void> close_all();                   // never throws

 private:
  Context context_;
  std::map<std::string, std::unique_ptr<Session>, std::less<>> sessions_;
};

}  // namespace postroom::session
