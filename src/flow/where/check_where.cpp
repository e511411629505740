#include <fmt/format.h>
#include <re2/re2.h>

#include "base/error.hpp"
#include "flow/load/complaints.hpp"
#include "flow/load/constants.hpp"
#include "flow/where/where.hpp"
#include "flow/where/where_keys.hpp"

namespace postroom::flow {
namespace {

using actions::FieldSpec;
using actions::FieldType;

class WhereChecker {
 public:
  explicit WhereChecker(std::vector<Finding>& findings) : complaints_(findings) {}

  void check(const Node& where) {
    const auto* map = std::get_if<NodeMap>(&where.data);
    if (!map)
      return wrong("a filter is a mapping of tests", "write { subject: invoice }", where.place);
    for (const auto& [key, node] : *map) check_entry(key, node);
  }

 private:
  void wrong(std::string message, std::string hint, Place place) {
    complaints_.error("where.wrong_type", std::move(message), std::move(hint), place);
  }

  void check_entry(const std::string& key, const Node& node) {
    if (text_field_of(key)) return check_text(key, node, false);
    if (key == "header") {
      if (const auto* list = std::get_if<NodeList>(&node.data)) {
        for (const auto& item : *list) check_text(key, item, true);
      } else {
        check_text(key, node, true);
      }
    } else if (key == "received" || key == "sent") {
      check_time(key, node);
    } else if (key == "all" || key == "any") {
      const auto* list = std::get_if<NodeList>(&node.data);
      if (!list)
        return wrong(fmt::format("{} is a list of filters", key),
                     fmt::format("write {}: [ {{ ... }}, {{ ... }} ]", key), node.place);
      for (const auto& item : *list) check(item);
    } else if (key == "not") {
      check(node);
    } else if (key == "status") {
      check_constant({.name = "status",
                      .type = FieldType::choice,
                      .choices = {{"all", {}}, {"read", {}}, {"unread", {}}}},
                     node);
    } else if (key == "importance") {
      check_constant({.name = "importance",
                      .type = FieldType::choice,
                      .choices = {{"low", {}}, {"normal", {}}, {"high", {}}}},
                     node);
    } else if (key == "flagged" || key == "has_attachment") {
      check_constant({.name = key, .type = FieldType::boolean}, node);
    } else if (key == "larger_than" || key == "smaller_than") {
      check_constant({.name = key, .type = FieldType::size}, node);
    } else if (key == "search") {
      complaints_.error("flow.not_available", "search: server is not available in this version",
                        "leave it out: text is searched exactly", node.key_place);
    } else {
      complaints_.unknown("where.unknown_key", "test", key, "where", where_keys(), node.key_place);
    }
  }

  void check_constant(const FieldSpec& field, const Node& node) {
    const auto* text = std::get_if<Template>(&node.data);
    if (!text)
      return wrong(fmt::format("{} is one value", field.name), "write one value", node.place);
    if (!text->is_constant()) {
      if (!text->is_one_expression())
        wrong(fmt::format("{} is a constant or exactly one expression", field.name),
              "write \"{{ expression }}\" and nothing else", node.place);
      return;
    }
    if (auto problem = misfit(field, text->constant_text()))
      complaints_.error(problem->code, fmt::format("{}: {}", field.name, problem->message),
                        problem->hint, node.place);
  }

  // A text, a list of texts, or a mapping of forms.
  void check_text(const std::string& key, const Node& node, bool is_header) {
    const auto* map = std::get_if<NodeMap>(&node.data);
    if (!map) {
      if (is_header)
        return wrong("header names a field", "write { name: X-Spam-Flag, equals: \"YES\" }",
                     node.place);
      return check_texts(key, node);
    }
    bool is_named = false;
    for (const auto& [form, value] : *map) {
      if (is_header && form == "name") {
        is_named = true;
        const auto* text = std::get_if<Template>(&value.data);
        if (!text || (text->is_constant() && !is_header_name(text->constant_text())))
          wrong("this is no name of a header field", "write its name without the colon",
                value.place);
      } else if (form == "case") {
        check_constant({.name = "case", .type = FieldType::boolean}, value);
      } else if (auto comparison = comparison_of(form)) {
        check_texts(form, value);
        if (*comparison == mailbox::Comparison::matches) check_patterns(value);
      } else {
        complaints_.unknown("where.unknown_key", "test", form, key, text_forms(), value.key_place);
      }
    }
    if (is_header && !is_named)
      wrong("header lacks the field's name", "write { name: X-Spam-Flag, equals: \"YES\" }",
            node.place);
    if (!is_header && map->empty())
      wrong(fmt::format("{} has no test", key), "write { contains: TEXT }", node.place);
  }

  void check_texts(std::string_view key, const Node& node) {
    if (std::holds_alternative<Template>(node.data)) return;
    const auto* list = std::get_if<NodeList>(&node.data);
    if (!list)
      return wrong(fmt::format("{} is a text or a list of texts", key), "write a text or [ a, b ]",
                   node.place);
    for (const auto& item : *list) {
      if (!std::holds_alternative<Template>(item.data))
        wrong(fmt::format("{} is a text or a list of texts", key), "write a text or [ a, b ]",
              item.place);
    }
  }

  void check_patterns(const Node& node) {
    if (const auto* list = std::get_if<NodeList>(&node.data)) {
      for (const auto& item : *list) check_patterns(item);
    }
    const auto* text = std::get_if<Template>(&node.data);
    if (!text || !text->is_constant()) return;
    re2::RE2 compiled(text->constant_text(), re2::RE2::Quiet);
    if (compiled.ok()) return;
    complaints_.error(
        "where.bad_pattern",
        fmt::format("the pattern does not compile: {}", base::printable(compiled.error(), 200)),
        "patterns are RE2's: no look-around, no back-references", node.place);
  }

  void check_time(const std::string& key, const Node& node) {
    const auto* map = std::get_if<NodeMap>(&node.data);
    if (!map)
      return wrong(fmt::format("{} is a mapping of since, before, within", key),
                   fmt::format("write {}: {{ since: -7d }}", key), node.place);
    for (const auto& [form, value] : *map) {
      if (form == "since" || form == "before")
        check_constant({.name = form, .type = FieldType::date}, value);
      else if (form == "within")
        check_constant({.name = form, .type = FieldType::duration}, value);
      else
        complaints_.unknown("where.unknown_key", "test", form, key, time_forms(), value.key_place);
    }
  }

  Complaints complaints_;
};

}  // namespace

void check_where(const Node& where, std::vector<Finding>& findings) {
  WhereChecker(findings).check(where);
}

}  // namespace postroom::flow
