#include "flow/loop/run_log_events.hpp"

#include <utility>

namespace postroom::flow {

std::string to_json(const LoopCounts& c) {
  const std::pair<std::string_view, std::uint64_t> numbers[] = {
      {"examined", c.examined},
      {"finished", c.finished},
      {"skipped", c.skipped},
      {"failed", c.failed},
      {"quarantined", c.quarantined},
      {"uncertain", c.uncertain},
      {"gone", c.gone},
      {"already_done", c.already_done},
      {"busy_elsewhere", c.busy_elsewhere},
      {"duplicates", c.duplicates},
      {"still_quarantined", c.still_quarantined},
      {"still_uncertain", c.still_uncertain},
      {"released", c.released}};
  std::string json = "{";
  for (const auto& [name, number] : numbers) {
    if (json.size() > 1) json += ',';
    json.append("\"").append(name).append("\":").append(std::to_string(number));
  }
  return json + "}";
}

void RunLogEvents::run_started(const RunStarted& event) {
  run_ = event.run;
  state::RunRecord run;
  run.id = event.run;
  run.flow_id = event.flow_id;
  run.flow_name = event.flow_name;
  run.file = event.file;
  run.started = event.at;
  run.owner = owner_;
  log_.start(run);
}

void RunLogEvents::message_finished(const MessageFinished& event) {
  if (!event.is_news)
    return;  // passed by: a listing of a large mailbox must not write a row for each
  state::MessageRecord record;
  record.run = run_;
  record.loop = event.message.loop;
  record.folder = event.message.folder;
  record.key = event.message.key;
  record.message_id = event.message.message_id;
  record.subject = event.message.subject;
  record.outcome = to_string(event.outcome);
  record.detail = event.error != nullptr ? event.error->message() : std::string(event.note);
  record.at = clock_.now();
  log_.add(std::move(record));
}

void RunLogEvents::mailbox_changed(const MailboxChange& event) {
  state::ChangeRecord record;
  record.run = run_;
  record.folder = event.folder;
  record.verb = event.verb;
  record.target = event.target;
  record.key = event.key;
  record.new_key = event.new_key;
  record.message_id = event.message_id;
  record.at = clock_.now();
  log_.add(std::move(record));
}

void RunLogEvents::note(const Note& event) {
  log_.add(state::MessageRecord{
      .run = run_, .outcome = "note", .detail = std::string(event.text), .at = clock_.now()});
}

void RunLogEvents::loop_finished(const LoopFinished& event) {
  counts_ += event.counts;
  log_.flush();
}

void RunLogEvents::run_finished(const RunFinished& event) {
  std::string error = event.error != nullptr ? event.error->message() : std::string();
  log_.finish(run_, event.at, event.exit_code, error, to_json(counts_));
}

}  // namespace postroom::flow
