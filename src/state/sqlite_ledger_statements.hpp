// The ledger's SQL, prepared once. Internal to state/.
#pragma once

#include "state/database.hpp"
#include "state/sqlite_ledger.hpp"

namespace postroom::state {

// In the order that read_entry (sqlite_ledger.cpp) reads.
#define POSTROOM_ENTRY_COLUMNS                                                               \
  "e.id, e.message, e.identity, e.message_id, e.folder, e.state, e.attempts, e.crashes, "    \
  "e.progress, e.reached, "                                                                  \
  "e.prefix, e.tail, e.owner, e.lease_until, e.run, e.reason_code, e.reason_text, e.about, " \
  "e.changed"

struct SqliteLedger::Statements {
  explicit Statements(Database& db)
      : find_scope(db.prepare("SELECT id FROM scopes WHERE name = ?1")),
        make_scope(db.prepare("INSERT INTO scopes (name) VALUES (?1) ON CONFLICT DO NOTHING")),
        by_key(db.prepare("SELECT " POSTROOM_ENTRY_COLUMNS
                          " FROM entries e WHERE scope = ?1 AND message = ?2")),
        by_identity(db.prepare("SELECT " POSTROOM_ENTRY_COLUMNS
                               " FROM entries e WHERE scope = ?1 AND identity = ?2 LIMIT 1")),
        by_id(
            db.prepare("SELECT " POSTROOM_ENTRY_COLUMNS
                       ", s.name FROM entries e JOIN scopes s ON s.id = e.scope WHERE e.id = ?1")),
        unfinished(
            db.prepare("SELECT " POSTROOM_ENTRY_COLUMNS
                       " FROM entries e WHERE scope = ?1 AND state <> 4 AND state IN (0, 1, 2, 3)"
                       " ORDER BY id")),
        insert(db.prepare(
            "INSERT INTO entries (scope, message, identity, message_id, folder, state, owner,"
            " lease_until, run, changed) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9)")),
        take(db.prepare(
            "UPDATE entries SET was = ?2, state = 0, owner = ?3, lease_until = ?4, run = ?5,"
            " crashes = ?6, attempts = ?7, folder = ?8, changed = ?9 WHERE id = ?1")),
        rename(db.prepare(
            "UPDATE OR IGNORE entries SET message = ?2, identity = coalesce(?3, identity),"
            " message_id = coalesce(?4, message_id) WHERE id = ?1")),
        displace(db.prepare(
            "UPDATE entries SET message = message || ' ' || id || ' reused' WHERE id = ?1")),
        wipe(db.prepare("UPDATE entries SET progress = 0, reached = -1, prefix = NULL, tail = NULL "
                        "WHERE id = ?1")),
        delete_steps(db.prepare("DELETE FROM steps WHERE entry = ?1")),
        steps(db.prepare(
            "SELECT path, state, value, progress FROM steps WHERE entry = ?1 ORDER BY path")),
        write_step(db.prepare("INSERT OR REPLACE INTO steps (entry, path, state, progress, value)"
                              " VALUES (?1, ?2, ?3, ?4, ?5)")),
        has_intent(db.prepare("SELECT path FROM steps WHERE entry = ?1 AND state = 0 LIMIT 1")),
        drop_intent(db.prepare("DELETE FROM steps WHERE entry = ?1 AND path = ?2 AND state = 0")),
        late_record(db.prepare(
            "UPDATE steps SET state = 1, value = ?3 WHERE entry = ?1 AND path = ?2 AND state = 0")),
        settle_intents(
            db.prepare("UPDATE steps SET state = 1, value = '' WHERE entry = ?1 AND state = 0")),
        drop_intents(db.prepare("DELETE FROM steps WHERE entry = ?1 AND state = 0")),
        touch(db.prepare(
            "UPDATE entries SET progress = max(progress, ?3), lease_until = ?4,"
            " prefix = CASE WHEN ?5 >= reached THEN ?6 ELSE prefix END, reached = max(reached, ?5)"
            " WHERE id = ?1 AND owner = ?2 AND state IN (0, 1)")),
        flushing(
            db.prepare("UPDATE entries SET state = 1, tail = ?3 WHERE id = ?1 AND owner = ?2")),
        renew(db.prepare("UPDATE entries SET lease_until = ?3 WHERE id = ?1 AND owner = ?2 AND "
                         "state IN (0, 1)")),
        finish(db.prepare("UPDATE entries SET state = 4, owner = NULL, lease_until = 0, tail = "
                          "NULL, prefix = NULL,"
                          " reason_code = NULL, reason_text = NULL, about = NULL, changed = ?3"
                          " WHERE id = ?1 AND owner = ?2 AND state IN (0, 1) RETURNING progress")),
        end(db.prepare("UPDATE entries SET state = ?3, attempts = ?4, reason_code = ?5, "
                       "reason_text = ?6, about = ?7,"
                       " changed = ?8, tail = CASE WHEN ?9 THEN tail ELSE NULL END, owner = NULL, "
                       "lease_until = 0"
                       " WHERE id = ?1 AND owner = ?2 AND state IN (0, 1)")),
        settle(db.prepare("UPDATE entries SET state = ?2, reason_code = ?3, reason_text = ?4, "
                          "changed = ?5, run = ?6,"
                          " owner = NULL, lease_until = 0 WHERE id = ?1")),
        release_known(
            db.prepare("UPDATE entries SET state = was, owner = NULL, lease_until = 0, changed = ?3"
                       " WHERE id = ?1 AND owner = ?2 AND state = 0 AND was IS NOT NULL")),
        release_new(db.prepare(
            "DELETE FROM entries WHERE id = ?1 AND owner = ?2 AND state = 0 AND was IS NULL")),
        retry(db.prepare("UPDATE entries SET state = 2, attempts = 0, crashes = 0, run = NULL, "
                         "reason_code = NULL,"
                         " reason_text = NULL, prefix = NULL, changed = ?2 WHERE id = ?1 AND state "
                         "IN (3, 5, 6)")),
        drop(db.prepare(
            "UPDATE entries SET state = 4, tail = NULL, prefix = NULL, owner = NULL, changed = ?2"
            " WHERE id = ?1 AND state IN (2, 3, 5, 6, 7)")) {}

  Statement find_scope, make_scope, by_key, by_identity, by_id, unfinished;
  Statement insert, take, rename, displace, wipe, delete_steps, steps, write_step, has_intent;
  Statement drop_intent, late_record, settle_intents, drop_intents;
  Statement touch, flushing, renew, finish, end, settle, release_known, release_new, retry, drop;
};

}  // namespace postroom::state
