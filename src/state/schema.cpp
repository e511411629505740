#include "state/schema.hpp"

#include <array>

namespace postroom::state {
namespace {

// 1: ledger and run log. States are the numbers of EntryState, times are milliseconds since 1970
// UTC.
constexpr std::string_view first = R"(
CREATE TABLE scopes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL REFERENCES scopes,
  message TEXT NOT NULL,
  identity TEXT,
  message_id TEXT,
  folder TEXT NOT NULL,
  state INTEGER NOT NULL,
  was INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  progress INTEGER NOT NULL DEFAULT 0,
  reached INTEGER NOT NULL DEFAULT -1,
  prefix TEXT,
  tail TEXT,
  owner TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  run TEXT,
  reason_code TEXT, reason_text TEXT, about TEXT,
  changed INTEGER NOT NULL,
  UNIQUE (scope, message)
);
CREATE INDEX entries_by_identity ON entries (scope, identity) WHERE identity IS NOT NULL;
-- was: the state before the claim, NULL for a new entry. progress: 0 no steps, 1 only repeatable ones, 2 more.
-- What is not finished (4) is rare, and asked for at every start.
CREATE INDEX entries_unfinished ON entries (scope, state) WHERE state <> 4;
CREATE TABLE steps (
  entry INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE,
  path TEXT NOT NULL,
  state INTEGER NOT NULL,
  progress INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (entry, path)
) WITHOUT ROWID;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  flow_id TEXT NOT NULL, flow_name TEXT NOT NULL, file TEXT NOT NULL,
  started INTEGER NOT NULL, ended INTEGER, exit_code INTEGER,
  owner TEXT NOT NULL, error TEXT NOT NULL DEFAULT '', counts TEXT NOT NULL DEFAULT ''
);
CREATE TABLE run_messages (
  number INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  loop TEXT NOT NULL, folder TEXT NOT NULL, message TEXT NOT NULL, message_id TEXT NOT NULL,
  subject TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX run_messages_by_run ON run_messages (run);
CREATE INDEX run_messages_by_message ON run_messages (message);
CREATE TABLE run_changes (
  number INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  folder TEXT NOT NULL, verb TEXT NOT NULL, target TEXT NOT NULL,
  message TEXT NOT NULL, new_message TEXT NOT NULL, message_id TEXT NOT NULL,
  at INTEGER NOT NULL, undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX run_changes_by_run ON run_changes (run);
)";

// 2: pauses that servers asked for, in milliseconds since 1970 UTC, and how folders are numbered.
constexpr std::string_view second = R"(
CREATE TABLE pauses (mailbox TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE numberings (
  mailbox TEXT NOT NULL, folder TEXT NOT NULL, numbering TEXT NOT NULL,
  PRIMARY KEY (mailbox, folder)
) WITHOUT ROWID;
)";

constexpr std::array<std::string_view, 2> migrations{first, second};

}  // namespace

std::span<const std::string_view> state_migrations() noexcept { return migrations; }

}  // namespace postroom::state
