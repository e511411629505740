// Loading and checking a flow file for a verb, with its findings told.
#pragma once

#include <filesystem>
#include <optional>

#include "cli/common_options.hpp"
#include "flow/flow.hpp"

namespace postroom::cli {

enum class Purpose { check, run };

// The flow, ready to run; nothing when it has errors, which have been printed (exit 78).
std::optional<flow::Flow> load_flow(const std::filesystem::path& file, const Variables& variables,
                                    Purpose purpose, bool strict, const CommonOptions& options);

}  // namespace postroom::cli
