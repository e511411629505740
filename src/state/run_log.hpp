// RunLog: what runs did, for `runs list|show` and `undo`. Events are written in groups: call
// flush() where it matters; a crash loses at most the last group, the ledger is what counts.
//
// Does not know: how a run works. Keys and outcomes are opaque texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "state/database.hpp"

namespace postroom::state {

struct RunRecord {
  std::string id, flow_id, flow_name, file;
  base::Instant started{};
  std::optional<base::Instant> ended;  // nothing: running, or it died (owner tells)
  std::optional<int> exit_code;
  std::string owner;   // new_owner() of the process
  std::string error;   // that ended it
  std::string counts;  // JSON of the caller
};

struct MessageRecord {
  std::int64_t number = 0;
  std::string run, loop, folder, key, message_id, subject, outcome, detail;
  base::Instant at{};
};

struct ChangeRecord {
  std::int64_t number = 0;
  std::string run, folder, verb, target, key, new_key, message_id;
  base::Instant at{};
  bool is_undone = false;
};

class RunLog {
 public:
  explicit RunLog(Database& database);
  ~RunLog();  // what was not flushed is lost

  void start(const RunRecord& run);  // written at once
  void finish(const std::string& run, base::Instant ended, int exit_code, const std::string& error,
              const std::string& counts);  // flushes
  void add(MessageRecord message);
  void add(ChangeRecord change);
  void flush();

  std::vector<RunRecord> runs(std::size_t limit = 100);  // newest first
  // The run of that id, else those whose ids begin so: at most 10, newest first.
  std::vector<RunRecord> find(std::string_view id);
  std::vector<MessageRecord> messages(std::string_view run, std::size_t limit = 10'000,
                                      std::int64_t after = 0);
  std::vector<ChangeRecord> changes(std::string_view run);  // newest first: the order of undoing
  void mark_undone(std::int64_t change);
  // What happened to one message over all runs, by key or Message-ID, newest first.
  std::vector<MessageRecord> history(std::string_view key_or_message_id, std::size_t limit = 100);
  // Forgets runs that ended before `before`.
  void forget(base::Instant before);

 private:
  struct Statements;
  Database& database_;
  std::unique_ptr<Statements> sql_;
  std::vector<MessageRecord> messages_;
  std::vector<ChangeRecord> changes_;
};

}  // namespace postroom::state
