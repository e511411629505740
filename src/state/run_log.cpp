#include "state/run_log.hpp"

#include <utility>

#include "state/instant_column.hpp"

namespace postroom::state {
namespace {

using base::Instant;

constexpr std::size_t group = 500;  // rows held back: one commit costs about as much as fifty rows

#define POSTROOM_RUN_COLUMNS \
  "id, flow_id, flow_name, file, started, ended, exit_code, owner, error, counts"

RunRecord read_run(const Statement& row) {
  RunRecord run;
  run.id = row.text(0);
  run.flow_id = row.text(1);
  run.flow_name = row.text(2);
  run.file = row.text(3);
  run.started = instant_of(row.number(4));
  if (!row.is_null(5)) run.ended = instant_of(row.number(5));
  if (!row.is_null(6)) run.exit_code = static_cast<int>(row.number(6));
  run.owner = row.text(7);
  run.error = row.text(8);
  run.counts = row.text(9);
  return run;
}

#define POSTROOM_RUN_MESSAGE_COLUMNS                                                            \
  "m.number, r.id, m.loop, m.folder, m.message, m.message_id, m.subject, m.outcome, m.detail, " \
  "m.at"

MessageRecord read_message(const Statement& row) {
  return {row.number(0), row.text(1), row.text(2), row.text(3), row.text(4),
          row.text(5),   row.text(6), row.text(7), row.text(8), instant_of(row.number(9))};
}

}  // namespace

struct RunLog::Statements {
  explicit Statements(Database& db)
      : start(db.prepare("INSERT INTO runs (id, flow_id, flow_name, file, started, owner)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")),
        finish(db.prepare(
            "UPDATE runs SET ended = ?2, exit_code = ?3, error = ?4, counts = ?5 WHERE id = ?1")),
        add_message(db.prepare(
            "INSERT INTO run_messages (run, loop, folder, message, message_id, subject, outcome,"
            " detail, at) VALUES ((SELECT number FROM runs WHERE id = ?1), ?2, ?3, ?4, ?5, ?6,"
            " ?7, ?8, ?9)")),
        add_change(db.prepare(
            "INSERT INTO run_changes (run, folder, verb, target, message, new_message, message_id,"
            " at) VALUES ((SELECT number FROM runs WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)")),
        mark_undone(db.prepare("UPDATE run_changes SET undone = 1 WHERE number = ?1")) {}
  Statement start, finish, add_message, add_change, mark_undone;
};

RunLog::RunLog(Database& database)
    : database_(database), sql_(std::make_unique<Statements>(database)) {}

RunLog::~RunLog() = default;

void RunLog::start(const RunRecord& run) {
  sql_->start.bind(1, run.id).bind(2, run.flow_id).bind(3, run.flow_name).bind(4, run.file);
  sql_->start.bind(5, number_of(run.started)).bind(6, run.owner).run();
}

void RunLog::finish(const std::string& run, Instant ended, int exit_code, const std::string& error,
                    const std::string& counts) {
  flush();
  sql_->finish.bind(1, run)
      .bind(2, number_of(ended))
      .bind(3, std::int64_t{exit_code})
      .bind(4, error);
  sql_->finish.bind(5, counts).run();
}

void RunLog::add(MessageRecord message) {
  messages_.push_back(std::move(message));
  if (messages_.size() >= group) flush();
}

void RunLog::add(ChangeRecord change) {
  changes_.push_back(std::move(change));
  if (changes_.size() >= group) flush();
}

void RunLog::flush() {
  if (messages_.empty() && changes_.empty()) return;
  Transaction writing(database_);
  for (const auto& m : messages_) {
    Statement& add = sql_->add_message;
    add.bind(1, m.run)
        .bind(2, m.loop)
        .bind(3, m.folder)
        .bind(4, m.key)
        .bind(5, m.message_id)
        .bind(6, m.subject);
    add.bind(7, m.outcome).bind(8, m.detail).bind(9, number_of(m.at)).run();
  }
  for (const auto& c : changes_) {
    Statement& add = sql_->add_change;
    add.bind(1, c.run)
        .bind(2, c.folder)
        .bind(3, c.verb)
        .bind(4, c.target)
        .bind(5, c.key)
        .bind(6, c.new_key);
    add.bind(7, c.message_id).bind(8, number_of(c.at)).run();
  }
  writing.commit();
  messages_.clear();
  changes_.clear();
}

std::vector<RunRecord> RunLog::runs(std::size_t limit) {
  Statement rows =
      database_.prepare("SELECT " POSTROOM_RUN_COLUMNS " FROM runs ORDER BY number DESC LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(limit));
  std::vector<RunRecord> result;
  while (rows.step()) result.push_back(read_run(rows));
  return result;
}

std::vector<RunRecord> RunLog::find(std::string_view id) {
  if (id.empty()) return {};
  Statement rows = database_.prepare(
      "SELECT " POSTROOM_RUN_COLUMNS
      " FROM runs WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id = ?1 DESC, number DESC LIMIT "
      "10");
  rows.bind(1, id);
  std::vector<RunRecord> found;
  while (rows.step()) found.push_back(read_run(rows));
  if (!found.empty() && found.front().id == id) found.resize(1);
  return found;
}

std::vector<MessageRecord> RunLog::messages(std::string_view run, std::size_t limit,
                                            std::int64_t after) {
  flush();
  Statement rows =
      database_.prepare("SELECT " POSTROOM_RUN_MESSAGE_COLUMNS
                        " FROM run_messages m JOIN runs r ON r.number = m.run"
                        " WHERE r.id = ?1 AND m.number > ?2 ORDER BY m.number LIMIT ?3");
  rows.bind(1, run).bind(2, after).bind(3, static_cast<std::int64_t>(limit));
  std::vector<MessageRecord> result;
  while (rows.step()) result.push_back(read_message(rows));
  return result;
}

std::vector<MessageRecord> RunLog::history(std::string_view key_or_message_id, std::size_t limit) {
  flush();
  Statement rows = database_.prepare("SELECT " POSTROOM_RUN_MESSAGE_COLUMNS
                                     " FROM run_messages m JOIN runs r ON r.number = m.run"
                                     " WHERE m.message = ?1 OR (m.message_id = ?1 AND ?1 <> '')"
                                     " ORDER BY m.number DESC LIMIT ?2");
  rows.bind(1, key_or_message_id).bind(2, static_cast<std::int64_t>(limit));
  std::vector<MessageRecord> result;
  while (rows.step()) result.push_back(read_message(rows));
  return result;
}

std::vector<ChangeRecord> RunLog::changes(std::string_view run) {
  flush();
  Statement rows = database_.prepare(
      "SELECT c.number, r.id, c.folder, c.verb, c.target, c.message, c.new_message, c.message_id, "
      "c.at, c.undone"
      " FROM run_changes c JOIN runs r ON r.number = c.run WHERE r.id = ?1 ORDER BY c.number DESC");
  rows.bind(1, run);
  std::vector<ChangeRecord> result;
  while (rows.step()) {
    result.push_back({rows.number(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4),
                      rows.text(5), rows.text(6), rows.text(7), instant_of(rows.number(8)),
                      rows.number(9) != 0});
  }
  return result;
}

void RunLog::mark_undone(std::int64_t change) { sql_->mark_undone.bind(1, change).run(); }

void RunLog::forget(Instant before) {
  Statement rows = database_.prepare("DELETE FROM runs WHERE ended IS NOT NULL AND ended < ?1");
  rows.bind(1, number_of(before)).run();
}

}  // namespace postroom::state
