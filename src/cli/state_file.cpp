#include "cli/state_file.hpp"

#include "state/schema.hpp"

namespace postroom::cli {

std::unique_ptr<state::Database> open_state(const CommonOptions& options) {
  auto file = state_directory(options) / "state.db";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return nullptr;
  return std::make_unique<state::Database>(file, state::state_migrations());
}

}  // namespace postroom::cli
