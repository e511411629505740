// Options that several verbs share, and where state lives.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/value.hpp"
#include "flow/flow.hpp"

namespace CLI {
class App;
}

namespace postroom::cli {

struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::filesystem::path state;  // --state; empty: by the environment
};

struct VariableOptions {
  std::vector<std::string> given;    // --var NAME=VALUE
  std::vector<std::string> sourced;  // --var-from NAME=env:X | file:PATH | -
};

void add_common(CLI::App& command, CommonOptions& options);
void add_variables(CLI::App& command, VariableOptions& options);

// --state, else POSTROOM_STATE, $STATE_DIRECTORY, $XDG_STATE_HOME/postroom,
// ~/.local/state/postroom.
std::filesystem::path state_directory(const CommonOptions& options);

struct Variables {
  base::Map plain;
  std::map<std::string, base::Secret, std::less<>> secrets;
};
// Reads the values. Throws Error{config, "usage.*"}.
Variables read_variables(const VariableOptions& options);

}  // namespace postroom::cli
