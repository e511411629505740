#include "cli/counts.hpp"

#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "flow/loop/run_log_events.hpp"

namespace postroom::cli {

nlohmann::json counts_as_json(const flow::LoopCounts& counts) {
  return nlohmann::json::parse(flow::to_json(counts));
}

std::string counts_in_words(const flow::LoopCounts& counts, Tense tense) {
  std::vector<std::string> parts;
  auto add = [&](std::uint64_t n, std::string_view words) {
    if (n > 0) parts.push_back(fmt::format("{} {}", n, words));
  };
  std::string_view done = tense == Tense::past ? " done" : " would be done";
  if (counts.finished > 0) {
    parts.push_back(base::count_of(counts.finished, "message").append(done));
  }
  add(counts.skipped, "skipped");
  add(counts.failed, "failed (tried again on the next run)");
  add(counts.quarantined, "quarantined");
  add(counts.uncertain, "uncertain (may or may not have been sent)");
  add(counts.gone, "gone meanwhile");
  add(counts.duplicates, "the same mail twice");
  add(counts.already_done, "done by an earlier run");
  add(counts.busy_elsewhere, "being done by another run");
  add(counts.still_quarantined, "in quarantine since earlier");
  add(counts.still_uncertain, "uncertain since earlier");
  add(counts.released, "left for the next run");
  if (parts.empty()) return "no message to do";
  return base::join(parts, ", ");
}

}  // namespace postroom::cli
