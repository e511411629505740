// Secret sources as a flow writes them: { credential, attribute, locker } | { variable } | {
// insecure_string }, exactly one, without expressions.
#pragma once

#include <optional>
#include <string_view>

#include "flow/load/complaints.hpp"
#include "flow/load/yaml_tree.hpp"

namespace postroom::flow {

// The tree of a source with everything filled in that may be left out (`attribute`, bare text).
// `field` is the field's name; its attribute and whether bare text is allowed follow from it.
std::optional<Node> read_secret(std::string_view field, const YamlNode& node,
                                Complaints& complaints);

// May this field be written as bare text? Not password and client_secret.
bool takes_bare_text(std::string_view field) noexcept;

}  // namespace postroom::flow
