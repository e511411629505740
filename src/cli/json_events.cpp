#include "cli/json_events.hpp"

#include <nlohmann/json.hpp>

#include "base/date.hpp"
#include "base/utf8.hpp"
#include "cli/counts.hpp"
#include "cli/output.hpp"

namespace postroom::cli {
namespace {

using nlohmann::json;

std::string text(std::string_view value) { return base::to_valid_utf8(value); }

json to_json(const flow::MessageFacts& message) {
  return {{"folder", text(message.folder)},
          {"key", text(message.key)},
          {"message_id", text(message.message_id)},
          {"subject", text(message.subject)},
          {"from", text(message.from)}};
}

void add_error(json& line, const base::Error* error) {
  if (error) line["error"] = cli::to_json(*error);
}

void print(const json& line) { print_out(line.dump()); }

std::string_view level_name(flow::Note::Level level) {
  switch (level) {
    case flow::Note::Level::info:
      return "info";
    case flow::Note::Level::warning:
      return "warning";
    case flow::Note::Level::error:
      return "error";
  }
  return "info";
}

}  // namespace

void JsonEvents::run_started(const flow::RunStarted& event) {
  print({{"event", "run_started"},
         {"run", event.run},
         {"flow", text(event.flow_name)},
         {"file", text(event.file)},
         {"plan", event.is_plan},
         {"at", base::to_iso8601({event.at, "UTC"})}});
}

void JsonEvents::loop_started(const flow::LoopStarted& event) {
  json line{{"event", "loop_started"}, {"loop", event.loop}, {"folder", text(event.folder)}};
  if (event.total) line["total"] = *event.total;
  print(line);
}

void JsonEvents::step_done(const flow::MessageFacts& message, const flow::StepDone& event) {
  json line{{"event", "step_done"},
            {"step", event.path},
            {"action", event.action},
            {"done_before", event.was_done_before},
            {"note", text(event.note)}};
  if (!message.key.empty()) line["message"] = to_json(message);
  add_error(line, event.error);
  print(line);
}

void JsonEvents::message_finished(const flow::MessageFinished& event) {
  json line{{"event", "message_finished"},
            {"message", to_json(event.message)},
            {"outcome", flow::to_string(event.outcome)}};
  if (event.attempts > 0) line["attempts"] = event.attempts;
  if (!event.note.empty()) line["note"] = text(event.note);
  add_error(line, event.error);
  print(line);
}

void JsonEvents::mailbox_changed(const flow::MailboxChange& event) {
  print({{"event", "mailbox_changed"},
         {"folder", text(event.folder)},
         {"verb", event.verb},
         {"target", text(event.target)},
         {"key", text(event.key)},
         {"new_key", text(event.new_key)}});
}

void JsonEvents::note(const flow::Note& event) {
  json line{{"event", "note"}, {"level", level_name(event.level)}, {"text", text(event.text)}};
  add_error(line, event.error);
  print(line);
}

void JsonEvents::loop_finished(const flow::LoopFinished& event) {
  print({{"event", "loop_finished"},
         {"loop", event.loop},
         {"counts", counts_as_json(event.counts)},
         {"stopped", event.was_stopped}});
}

void JsonEvents::run_finished(const flow::RunFinished& event) {
  json line{{"event", "run_finished"},
            {"run", event.run},
            {"at", base::to_iso8601({event.at, "UTC"})},
            {"exit_code", event.exit_code}};
  add_error(line, event.error);
  print(line);
}

}  // namespace postroom::cli
