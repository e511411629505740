// A loop's counts in words and as JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "flow/run_events.hpp"

namespace postroom::cli {

nlohmann::json counts_as_json(const flow::LoopCounts& counts);

enum class Tense { past, conditional };

// "12 messages done, 2 skipped, 1 failed (tried again on the next run)"; "no message to do" when
// there was none. In the conditional, for a plan: "12 messages would be done".
std::string counts_in_words(const flow::LoopCounts& counts, Tense tense);

}  // namespace postroom::cli
