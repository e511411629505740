// StepReader: from the YAML tree to steps and their fields, by what the action registry says of
// each.
//
// Does not know: other steps (check looks at a flow as a whole).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "flow/load/complaints.hpp"
#include "flow/load/load.hpp"
#include "flow/load/yaml_tree.hpp"

namespace postroom::flow {

class StepReader {
 public:
  // `text` is the file's, for places inside a value; all three outlive the reader.
  StepReader(std::string_view text, const LoadLimits& limits, Complaints& complaints)
      : text_(text), limits_(limits), complaints_(complaints) {}

  // `path`: of the body, "2.do." or "".
  std::vector<Step> read_steps(const YamlNode& node, const std::string& path);

  // A value of any shape, texts as templates: a variable's default, a `where`, what `set` assigns.
  std::optional<Node> read_any(const YamlNode& node, Place key_place);

 private:
  std::optional<Step> read_step(const YamlNode& node, std::string path);
  void read_action(Step& step, const YamlNode& key, const YamlNode& body);
  void read_fields(Step& step, const YamlNode& body);
  void read_scalar_body(Step& step, const YamlNode& key, const YamlNode& body);
  void read_session(Step& step, const YamlNode& node);
  void read_mail(Step& step, const YamlNode& node);
  void complain_of_key(const YamlNode& key, const YamlNode& step);
  void complain_of_field(const Step& step, const YamlNode& key);

  std::optional<Node> read_field(const Step& step, const actions::FieldSpec& field,
                                 const YamlNode& node, Place key_place);
  std::optional<Node> read_text(const Step& step, const actions::FieldSpec& field,
                                const YamlNode& node);
  std::optional<Node> read_literal(const actions::FieldSpec& field, const YamlNode& node);
  std::optional<Node> read_list(const Step& step, const actions::FieldSpec& field,
                                const YamlNode& node);
  std::optional<Node> read_mapping(const Step& step, const actions::FieldSpec& field,
                                   const YamlNode& node);
  std::optional<Node> read_group(const Step& step, const actions::FieldSpec& field,
                                 const YamlNode& node);
  std::optional<Node> read_condition(const YamlNode& node);
  std::optional<Template> read_template(const YamlNode& node);
  // The place of a byte of a value's text; the value's own when it is written over several lines.
  Place inside(const YamlNode& node, std::size_t offset) const;

  bool expect(const YamlNode& node, YamlNode::Kind kind, std::string_view name,
              std::string_view wanted);

  std::string_view text_;
  const LoadLimits& limits_;
  Complaints& complaints_;
  std::set<std::string> ids_;
  std::size_t steps_ = 0;
};

}  // namespace postroom::flow
