#include "cli/load_flow.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/output.hpp"
#include "flow/check/check.hpp"
#include "flow/load/load.hpp"

namespace postroom::cli {
namespace {

std::string_view level_name(flow::Finding::Level level) {
  switch (level) {
    case flow::Finding::Level::error:
      return "error";
    case flow::Finding::Level::warning:
      return "warning";
    case flow::Finding::Level::info:
      return "info";
  }
  return "error";
}

void print_finding(const flow::Finding& finding, const std::string& file,
                   const CommonOptions& options) {
  bool is_error = finding.level == flow::Finding::Level::error;
  if (options.json) {
    nlohmann::json line{{"event", "finding"},         {"level", level_name(finding.level)},
                        {"code", finding.code},       {"message", finding.message},
                        {"hint", finding.hint},       {"file", file},
                        {"line", finding.place.line}, {"column", finding.place.column}};
    print_out(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else if (is_error || !options.quiet) {
    print_err(flow::to_text(finding, file));
  }
}

}  // namespace

std::optional<flow::Flow> load_flow(const std::filesystem::path& file, const Variables& variables,
                                    Purpose purpose, bool strict, const CommonOptions& options) {
  flow::LoadResult loaded = flow::load_file(file);
  auto findings = std::move(loaded.findings);
  if (!flow::has_errors(findings)) {
    flow::CheckOptions check_options{.strict = strict,
                                     .are_variables_complete = purpose == Purpose::run};
    for (const auto& [name, value] : variables.plain) check_options.plain_variables.insert(name);
    for (const auto& [name, value] : variables.secrets)
      check_options.sourced_variables.insert(name);
    auto checked = flow::check(loaded.flow, check_options);
    std::ranges::move(checked, std::back_inserter(findings));
  }
  flow::sort_findings(findings);
  for (const auto& finding : findings) print_finding(finding, file.string(), options);
  if (flow::has_errors(findings)) return std::nullopt;
  return std::move(loaded.flow);
}

}  // namespace postroom::cli
