#include "cli/common_options.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/error.hpp"
#include "flow/expression/fields.hpp"

namespace postroom::cli {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t longest_value = 64 * 1024;  // a password or a key, not a document

std::pair<std::string, std::string> split_assignment(const std::string& text,
                                                     std::string_view option) {
  auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorKind::config, "usage.bad_variable", fmt::format("{} needs NAME=VALUE", option),
                fmt::format("for example: {} folder=Inbox", option));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// One trailing line end belongs to the file or the typing, not to the value.
base::Secret without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  base::Secret secret(text);
  base::wipe(text);
  return secret;
}

base::Secret read_stream(std::istream& in, const std::string& what) {
  std::string text(longest_value, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.gcount() == 0 && !in.eof())) {
    throw Error(ErrorKind::config, "usage.unreadable_value", fmt::format("cannot read {}", what),
                "check the path and its permissions");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return without_line_end(std::move(text));
}

base::Secret read_source(const std::string& name, const std::string& source) {
  if (source == "-") return read_stream(std::cin, "standard input");
  if (source.starts_with("env:")) {
    const char* value = std::getenv(source.substr(4).c_str());
    if (!value) {
      throw Error(ErrorKind::config, "usage.no_environment",
                  fmt::format("variable {} comes from the environment's {}, which is not set", name,
                              source.substr(4)),
                  fmt::format("export {}=...", source.substr(4)));
    }
    return base::Secret(value);
  }
  if (source.starts_with("file:")) {
    std::ifstream file(source.substr(5), std::ios::binary);
    if (!file) {
      throw Error(ErrorKind::config, "usage.unreadable_value",
                  fmt::format("variable {}: cannot open {}", name, source.substr(5)),
                  "check the path and its permissions");
    }
    return read_stream(file, source.substr(5));
  }
  throw Error(ErrorKind::config, "usage.bad_source",
              fmt::format("--var-from {}: \"{}\" is no source", name, source),
              "write env:NAME, file:PATH or - for standard input");
}

// A value as if it stood unquoted in the flow: true, 12 and text.
base::Value as_written(const std::string& text) {
  flow::Template written;
  if (!text.empty()) written.pieces.push_back({.text = text});
  return flow::plain_value(written);
}

}  // namespace

void add_common(CLI::App& command, CommonOptions& options) {
  command.add_flag("--json", options.json, "Machine-readable output: one JSON object a line");
  command.add_flag("-q,--quiet", options.quiet, "Print nothing but errors");
  command.add_flag("-v,--verbose", options.verbose, "A line for each message and step");
  command.add_option("--state", options.state,
                     "Folder that remembers what was done (default: $POSTROOM_STATE, "
                     "$XDG_STATE_HOME/postroom or ~/.local/state/postroom)");
}

void add_variables(CLI::App& command, VariableOptions& options) {
  command.add_option("--var", options.given, "NAME=VALUE: the value of a variable of the flow")
      ->allow_extra_args(false);
  command
      .add_option("--var-from", options.sourced,
                  "NAME=env:X, NAME=file:PATH or NAME=-: the same from the environment, a file or "
                  "standard input; "
                  "for passwords")
      ->allow_extra_args(false);
}

std::filesystem::path state_directory(const CommonOptions& options) {
  if (!options.state.empty()) return options.state;
  for (const char* name : {"POSTROOM_STATE", "STATE_DIRECTORY"}) {
    const char* value = std::getenv(name);
    if (value && *value) return value;
  }
  const char* xdg = std::getenv("XDG_STATE_HOME");
  if (xdg && *xdg) return std::filesystem::path(xdg) / "postroom";
  const char* home = std::getenv("HOME");
  if (home && *home) return std::filesystem::path(home) / ".local/state/postroom";
  throw Error(ErrorKind::config, "usage.no_state",
              "there is no folder to keep state in: HOME is not set",
              "name one with --state or POSTROOM_STATE");
}

Variables read_variables(const VariableOptions& options) {
  Variables variables;
  for (const auto& text : options.given) {
    auto [name, value] = split_assignment(text, "--var");
    variables.plain[name] = as_written(value);
  }
  for (const auto& text : options.sourced) {
    auto [name, source] = split_assignment(text, "--var-from");
    variables.secrets.insert_or_assign(name, read_source(name, source));
  }
  return variables;
}

}  // namespace postroom::cli
