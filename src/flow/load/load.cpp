#include "flow/load/load.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include "base/date.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "flow/expression/names.hpp"
#include "flow/load/constants.hpp"
#include "flow/load/secret_reader.hpp"
#include "flow/load/step_reader.hpp"
#include "flow/load/yaml_complaint.hpp"
#include "flow/load/yaml_tree.hpp"

namespace postroom::flow {
namespace {

using Kind = YamlNode::Kind;

bool holds_expression(const Node& node) {
  if (const auto* text = std::get_if<Template>(&node.data)) return !text->is_constant();
  if (const auto* list = std::get_if<NodeList>(&node.data))
    return std::ranges::any_of(*list, holds_expression);
  if (const auto* map = std::get_if<NodeMap>(&node.data)) {
    return std::ranges::any_of(*map,
                               [](const auto& entry) { return holds_expression(entry.node); });
  }
  return false;
}

class FlowReader {
 public:
  FlowReader(std::string_view text, const LoadLimits& limits, Flow& flow, Complaints& complaints)
      : flow_(flow), complaints_(complaints), steps_(text, limits, complaints) {}

  void read(const YamlNode& root) {
    if (root.is_reported) return;
    if (root.kind != Kind::mapping) {
      bool space = root.kind == Kind::scalar && !root.is_quoted && lacks_space(root.text);
      complaints_.error(
          space ? "flow.missing_space" : "flow.wrong_type",
          space ? missing_space(root.text.substr(0, root.text.find(':')), {}).message
                : "a flow is a mapping with name and steps",
          space ? "write a space behind the colon" : "begin with name: ... and steps: ...",
          root.place.line ? root.place : Place{1, 1});
      return;
    }
    bool has_steps = false;
    for (const auto& [key, value] : root.entries) {
      if (key.text == "steps") {
        has_steps = true;
        if (value.kind == Kind::null && !value.is_reported)
          complaints_.error("flow.no_steps", "there are no steps here", "add a step", key.place);
        else
          flow_.steps = steps_.read_steps(value, "");
      } else if (key.text == "variables") {
        read_variables(value);
      } else if (key.text == "id" || key.text == "name" || key.text == "timezone") {
        read_word(key, value);
      } else {
        complain(key);
      }
    }
    if (!has_steps)
      complaints_.error("flow.no_steps", "the flow has no steps", "add steps: and a list of steps",
                        root.place);
    if (flow_.id.empty()) flow_.id = slug_of(flow_.name);
    if (flow_.id.empty() && !is_name_bad_) {
      complaints_.error("flow.no_name", "the flow has no name",
                        "add name: ...; what was done is remembered under it", root.place);
    }
  }

 private:
  void complain(const YamlNode& key) {
    static const std::vector<std::string> known = {"id", "name", "timezone", "variables", "steps"};
    if (!key.is_quoted && lacks_space(key.text)) {
      auto finding = missing_space(key.text.substr(0, key.text.find(':')), key.place);
      complaints_.error(finding.code, finding.message, finding.hint, key.place);
    } else {
      complaints_.unknown("flow.unknown_key", "key", key.text, "a flow", known, key.place);
    }
  }

  void read_word(const YamlNode& key, const YamlNode& value) {
    is_name_bad_ |= key.text != "timezone";
    if (value.is_reported) return;
    if (value.kind != Kind::scalar || base::trim(value.text).empty()) {
      complaints_.error("flow.wrong_type", fmt::format("{} is not a text", key.text),
                        fmt::format("write {}: TEXT", key.text), value.place);
    } else if (value.text.contains("{{")) {
      complaints_.error(
          "flow.no_expression_here",
          fmt::format("{} is written out; expressions are not allowed here", key.text),
          "write the text out", value.place);
    } else if (key.text == "name") {
      flow_.name = value.text;
    } else if (key.text == "timezone" && !base::is_known_zone(value.text)) {
      complaints_.error("flow.unknown_timezone",
                        fmt::format("there is no time zone {}", in_quotes(value.text)),
                        "write an IANA name, such as Europe/Paris", value.place);
    } else if (key.text == "timezone") {
      flow_.timezone = value.text;
    } else if (!is_session_name(value.text)) {
      complaints_.error("flow.bad_name", "an id is 1 to 64 letters, digits, '_', '.' or '-'",
                        "write id: NAME", value.place);
    } else {
      flow_.id = value.text;
    }
  }

  void read_variables(const YamlNode& node) {
    if (node.is_reported) return;
    if (node.kind != Kind::mapping) {
      complaints_.error("flow.wrong_type", "variables are a mapping of names to values",
                        "write variables: { NAME: VALUE }", node.place);
      return;
    }
    for (const auto& [key, value] : node.entries) {
      Variable variable{.name = key.text, .place = key.place};
      if (!is_variable_name(key.text)) {
        if (!key.is_quoted && lacks_space(key.text)) {
          complain(key);
        } else {
          complaints_.error(
              "flow.bad_name", fmt::format("{} cannot name a variable", in_quotes(key.text)),
              "use letters, digits and '_', not a word of Lua's or a function's name", key.place);
        }
        continue;
      }
      if (value.kind == Kind::mapping)
        read_described(variable, value);
      else if (value.kind == Kind::null && !value.is_reported)
        complaints_.error("flow.missing_value", fmt::format("variable {} has no value", key.text),
                          "write a value, or { required: true }", value.place);
      else
        read_default(variable, value);
      flow_.variables.push_back(std::move(variable));
    }
  }

  void read_default(Variable& variable, const YamlNode& value) {
    auto node = steps_.read_any(value, variable.place);
    if (!node) return;
    if (holds_expression(*node)) {
      complaints_.error("flow.no_expression_here",
                        "a variable's default is written out; expressions are not allowed here",
                        "write a value, or compute it with a set step", value.place);
      return;
    }
    variable.default_value = std::move(*node);
  }

  // { required: true } or { credential: N, attribute: A, locker: L }.
  void read_described(Variable& variable, const YamlNode& node) {
    if (node.is_reported) return;
    static const std::vector<std::string> known = {"required"};
    static const std::vector<std::string> of_source = {"credential", "attribute", "locker"};
    bool is_source = false;
    bool is_sound = true;
    for (const auto& [key, value] : node.entries) {
      if (key.text == "required") {
        if (value.text == "true" || value.text == "false")
          variable.required = value.text == "true";
        else
          complaints_.error("flow.wrong_type",
                            fmt::format("{} is not true or false", in_quotes(value.text)),
                            "write true or false", value.place);
      } else if (std::ranges::find(of_source, key.text) != of_source.end()) {
        is_source = true;
      } else {
        complaints_.unknown("flow.unknown_key", "key", key.text, "a variable", known, key.place);
        is_sound = false;
      }
    }
    if (!is_source || !is_sound) return;
    YamlNode source = node;
    std::erase_if(source.entries, [](const auto& entry) { return entry.key.text == "required"; });
    auto read = read_secret(variable.name, source, complaints_);
    if (!read) return;
    vault::CredentialSource credential;
    for (const auto& [key, entry] : std::get<NodeMap>(read->data)) {
      auto text = std::get<Template>(entry.data).constant_text();
      (key == "credential"  ? credential.name
       : key == "attribute" ? credential.attribute
                            : credential.locker) = text;
    }
    variable.source = vault::SecretSource{std::move(credential),
                                          fmt::format("{}:{}", flow_.file, variable.place.line)};
    variable.is_secret = true;
  }

  Flow& flow_;
  Complaints& complaints_;
  StepReader steps_;
  bool is_name_bad_ = false;
};

}  // namespace

bool has_errors(const std::vector<Finding>& findings) noexcept {
  return std::ranges::any_of(findings,
                             [](const Finding& f) { return f.level == Finding::Level::error; });
}

bool LoadResult::ok() const noexcept { return !has_errors(findings); }

void sort_findings(std::vector<Finding>& findings) {
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::tuple(findings[i].place.line, findings[i].place.column, i);
  });
  std::vector<Finding> sorted;
  for (auto i : order) sorted.push_back(std::move(findings[i]));
  findings = std::move(sorted);
}

std::string to_text(const Finding& finding, std::string_view file) {
  static constexpr std::string_view levels[] = {"error", "warning", "note"};
  std::string text(file);
  if (finding.place.line > 0)
    text += fmt::format(":{}:{}", finding.place.line, std::max(1, finding.place.column));
  text += fmt::format(": {}: {} [{}]", levels[static_cast<int>(finding.level)], finding.message,
                      finding.code);
  if (!finding.hint.empty()) text += fmt::format("\n    {}", finding.hint);
  return text;
}

std::string slug_of(std::string_view name) {
  std::string slug;
  for (char c : base::ascii_lower(name)) {
    bool stays =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || (c & 0x80) != 0;
    if (stays)
      slug += c;
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

LoadResult load_text(std::string_view yaml, std::string file, std::string directory,
                     const LoadLimits& limits) {
  LoadResult result;
  result.flow.file = std::move(file);
  result.flow.directory = std::move(directory);
  if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);
  auto root = read_yaml(yaml, limits, result.findings);
  bool is_unreadable = has_errors(result.findings) && root.kind == Kind::null;
  if (!is_unreadable) {
    Complaints complaints(result.findings, limits.findings);
    FlowReader reader(yaml, limits, result.flow, complaints);
    reader.read(root);
  }
  sort_findings(result.findings);
  return result;
}

LoadResult load_file(const std::filesystem::path& file, const LoadLimits& limits) {
  std::error_code error;
  auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) {
    throw base::Error(base::ErrorKind::not_found, "flow.not_found",
                      fmt::format("there is no flow file {}", in_quotes(file.string())),
                      "check the path; a flow is a YAML file");
  }
  if (std::filesystem::is_directory(status)) {
    throw base::Error(base::ErrorKind::not_found, "flow.is_folder",
                      fmt::format("{} is a folder, not a flow file", in_quotes(file.string())),
                      "name the flow's YAML file");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (!in) {
    throw base::Error(base::ErrorKind::storage, "flow.unreadable",
                      fmt::format("the flow file {} cannot be read", in_quotes(file.string())),
                      "check that it is a file and that you may read it");
  }
  // One byte more than allowed tells that there is more.
  text.resize(limits.bytes + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) {
    throw base::Error(base::ErrorKind::storage, "flow.unreadable",
                      fmt::format("the flow file {} cannot be read", in_quotes(file.string())),
                      "check that it is a file and that you may read it");
  }
  auto directory = std::filesystem::absolute(file, error).parent_path().lexically_normal().string();
  return load_text(text, file.string(), directory, limits);
}

}  // namespace postroom::flow
