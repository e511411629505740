#include "cli/terminal_events.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "base/date.hpp"
#include "base/text.hpp"
#include "cli/output.hpp"

namespace postroom::cli {
namespace {

constexpr std::chrono::milliseconds redraw_every{100};

}  // namespace

void TerminalEvents::say(std::string_view line) {
  erase_line();
  print_err(line);
}

void TerminalEvents::erase_line() {
  if (!line_is_drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  line_is_drawn_ = false;
}

void TerminalEvents::draw_line() {
  if (!options_.is_terminal || options_.quiet) return;
  base::Instant now = clock_.now();
  if (line_is_drawn_ && now - drawn_ < redraw_every) return;
  drawn_ = now;
  auto elapsed = std::max(std::chrono::milliseconds{1}, std::chrono::milliseconds(now - started_));
  double rate = static_cast<double>(seen_) * 1000.0 / static_cast<double>(elapsed.count());
  std::string line = fmt::format("{}: {}", folder_, base::count_of(seen_, "message"));
  if (total_ && *total_ >= seen_) {
    line = fmt::format("{}: {} of {}", folder_, seen_, base::count_of(*total_, "message"));
  }
  if (elapsed > std::chrono::seconds{1}) {
    line += fmt::format(", {:.0f}/s", rate);
    if (total_ && *total_ > seen_ && rate > 0) {
      auto left = std::chrono::milliseconds(
          static_cast<std::int64_t>(static_cast<double>(*total_ - seen_) / rate * 1000));
      line += fmt::format(", {} left", base::to_words(left));
    }
  }
  std::fputs(fmt::format("\r{}\x1b[K", line).c_str(), stderr);
  line_is_drawn_ = true;
}

void TerminalEvents::loop_started(const flow::LoopStarted& event) {
  folder_ = base::printable(event.folder, 200);
  total_ = event.total;
  seen_ = 0;
  started_ = clock_.now();
  draw_line();
}

void TerminalEvents::message_started(const flow::MessageFacts& message) {
  if (!options_.each_message || options_.quiet) return;
  say(title_of(message.subject, message.from));
}

void TerminalEvents::step_done(const flow::MessageFacts& message, const flow::StepDone& event) {
  if (!options_.each_message || options_.quiet) return;
  std::string_view indent = message.key.empty() ? "" : "    ";
  std::string_view what = event.note.empty() ? event.action : event.note;
  std::string_view before = event.was_done_before ? " (by an earlier run)" : "";
  say(fmt::format("{}{}{}", indent, base::printable(what), before));
}

void TerminalEvents::message_finished(const flow::MessageFinished& event) {
  ++seen_;
  if (event.is_news && event.outcome != flow::MessageOutcome::finished) say_outcome(event);
  draw_line();
}

// What went as it should is not worth a line; what did not names the message, as its neighbours may
// be silent.
void TerminalEvents::say_outcome(const flow::MessageFinished& event) {
  using flow::MessageOutcome;
  bool is_trouble = event.outcome == MessageOutcome::failed ||
                    event.outcome == MessageOutcome::quarantined ||
                    event.outcome == MessageOutcome::uncertain;
  if (!is_trouble && (!options_.each_message || options_.quiet)) return;
  std::string line = options_.each_message
                         ? fmt::format("    {}", flow::to_string(event.outcome))
                         : fmt::format("{}: {}", flow::to_string(event.outcome),
                                       title_of(event.message.subject, event.message.from));
  if (!event.note.empty()) line += fmt::format(": {}", base::printable(event.note));
  say(line);
  if (!event.error) return;
  for (const std::string& text : error_lines(*event.error)) say("    " + text);
}

void TerminalEvents::note(const flow::Note& event) {
  if (options_.quiet && event.level == flow::Note::Level::info) return;
  std::string_view mark = event.level == flow::Note::Level::info      ? ""
                          : event.level == flow::Note::Level::warning ? "warning: "
                                                                      : "error: ";
  say(fmt::format("{}{}", mark, base::printable(event.text, 10'000)));
}

void TerminalEvents::loop_finished(const flow::LoopFinished&) { erase_line(); }

}  // namespace postroom::cli
