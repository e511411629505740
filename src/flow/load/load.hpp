// Reading a flow file: YAML text to Flow, with every complaint at its line and column.
//
// Owns: what a flow file may contain (docs: "The flow file"). Does not know: sessions, variables in
// use and whatever else needs the flow as a whole (check), Lua (expression).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"

namespace postroom::flow {

struct LoadLimits {
  std::size_t bytes = 1 << 20;  // a flow is written by people; more is an accident or an attack
  int levels = 64;              // YAML nesting: the reader and the walker recurse
  std::size_t findings = 100;   // after that many nobody reads on
  std::size_t steps = 10'000;   // in all bodies together
  std::size_t template_bytes = 64 << 10;  // one text with expressions
};

struct LoadResult {
  Flow flow;                      // as much as could be read; to be used only if ok()
  std::vector<Finding> findings;  // by line
  bool ok() const noexcept;       // no finding is an error
};

// Throws Error{not_found, "flow.not_found"} when there is no such file, Error{storage,
// "flow.unreadable"} when it cannot be read. What is wrong inside it is a finding.
LoadResult load_file(const std::filesystem::path& file, const LoadLimits& limits = {});

// `file` is only named in messages; `directory` (absolute) is what relative paths in the flow start
// from.
LoadResult load_text(std::string_view yaml, std::string file, std::string directory,
                     const LoadLimits& limits = {});

bool has_errors(const std::vector<Finding>& findings) noexcept;
// By line and column, then as found.
void sort_findings(std::vector<Finding>& findings);
// "invoices.yaml:12:7: error: there is no field "foler" in for_each_mail [flow.unknown_field]\n did
// you mean "folder"?"
std::string to_text(const Finding& finding, std::string_view file);

// "invoices" of "/srv/invoices.yaml", "File invoices" -> "file-invoices": lower case, other
// characters become one '-'.
std::string slug_of(std::string_view name);

}  // namespace postroom::flow
