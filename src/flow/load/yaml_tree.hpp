// YamlNode: a YAML document as written: plain texts with their places, no types, no anchors, no
// tags.
//
// Owns: which YAML a flow may use. Does not know: flows.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/flow.hpp"
#include "flow/load/load.hpp"

namespace postroom::flow {

struct YamlEntry;

struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping } kind = Kind::null;
  std::string text;          // of a scalar
  bool is_quoted = false;    // or a block scalar
  bool is_reported = false;  // a finding is about it: say nothing more
  Place place;
  std::vector<YamlNode> items;     // of a sequence
  std::vector<YamlEntry> entries;  // of a mapping, in order; keys are scalars, none twice
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

// The first document of `text`. What is not allowed in a flow goes to `findings`; after an error
// that leaves no tree, null is given.
YamlNode read_yaml(std::string_view text, const LoadLimits& limits, std::vector<Finding>& findings);

}  // namespace postroom::flow
