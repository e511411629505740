#include "flow/expression/fields.hpp"

#include <fmt/format.h>

#include "base/date.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "flow/expression/path_field.hpp"
#include "flow/load/complaints.hpp"
#include "flow/load/constants.hpp"

namespace postroom::flow {
namespace {

using actions::FieldSpec;
using actions::FieldType;

class FieldReader {
 public:
  FieldReader(Expressions& expressions, const Scope& scope, const FieldContext& context)
      : expressions_(expressions), scope_(scope), context_(context) {}

  base::Map read_all(const std::vector<FieldSpec>& specs, const NodeMap& nodes, bool is_set) {
    base::Map values;
    for (const auto& spec : specs) {
      if (spec.type == FieldType::secret || spec.type == FieldType::steps || spec.name == "session")
        continue;
      const Node* node = nullptr;
      for (const auto& entry : nodes) {
        if (entry.name == spec.name) node = &entry.node;
      }
      if (node) {
        values.emplace(std::string(spec.name), read(spec, *node, is_set).value);
      } else if (!spec.default_text.empty()) {
        values.emplace(std::string(spec.name), convert(spec, std::string(spec.default_text), {}));
      }
    }
    return values;
  }

  Evaluated read(const FieldSpec& spec, const Node& node, bool is_set) {
    try {
      return read_node(spec, node, is_set);
    } catch (const base::Error& error) {
      throw error.during(fmt::format("{}:{}: {}", context_.file, node.place.line, spec.name));
    }
  }

  // Any shape, texts evaluated.
  Evaluated read_any(const Node& node, bool is_typed) {
    if (const auto* text = std::get_if<Template>(&node.data)) {
      if (!text->is_constant()) return expressions_.evaluate(*text, scope_);
      return {is_typed ? plain_value(*text) : base::Value(text->constant_text()), Origin::flow};
    }
    Evaluated result;
    auto take = [&](const Node& item) {
      auto part = read_any(item, is_typed);
      if (part.origin == Origin::mail) result.origin = Origin::mail;
      return std::move(part.value);
    };
    if (const auto* list = std::get_if<NodeList>(&node.data)) {
      base::List values;
      for (const auto& item : *list) values.push_back(take(item));
      result.value = base::Value(std::move(values));
    } else if (const auto* map = std::get_if<NodeMap>(&node.data)) {
      base::Map values;
      for (const auto& [name, item] : *map) values.emplace(name, take(item));
      result.value = base::Value(std::move(values));
    }
    return result;
  }

 private:
  Evaluated read_node(const FieldSpec& spec, const Node& node, bool is_set) {
    const auto* text = std::get_if<Template>(&node.data);
    switch (spec.type) {
      case FieldType::any:
        return read_any(node, true);
      case FieldType::where:
        return read_any(node, false);
      case FieldType::condition:
        if (text) return {base::Value(expressions_.is_true(*text, scope_)), Origin::flow};
        break;
      case FieldType::mapping:
        return is_set ? read_any(node, true) : read_texts(node);
      case FieldType::group:
        if (const auto* map = std::get_if<NodeMap>(&node.data))
          return {base::Value(read_all(spec.fields, *map, false)), Origin::flow};
        break;
      case FieldType::path:
        if (text) {
          auto path = evaluate_path(*text, expressions_, scope_, context_.directory);
          return {base::Value(std::move(path.path)), path.origin};
        }
        break;
      case FieldType::path_list:
        return read_paths(node);
      case FieldType::text_list:
      case FieldType::address_list:
      case FieldType::folder_list:
        return read_list(node);
      default:
        if (text) return read_scalar(spec, *text);
    }
    throw wrong("it has the wrong shape");
  }

  // A list, or one text: `add` appends what a text yields and says where that came from.
  template <class Add>
  Evaluated read_items(const Node& node, Add add) {
    Evaluated result;
    base::List list;
    auto take = [&](const Node& item) {
      if (add(std::get<Template>(item.data), list) == Origin::mail) result.origin = Origin::mail;
    };
    if (const auto* items = std::get_if<NodeList>(&node.data)) {
      for (const auto& item : *items) take(item);
    } else {
      take(node);
    }
    result.value = base::Value(std::move(list));
    return result;
  }

  // A list, or one path: a file name may hold ';' and ','.
  Evaluated read_paths(const Node& node) {
    return read_items(node, [&](const Template& text, base::List& list) {
      if (text.is_one_expression()) {
        auto evaluated = expressions_.evaluate(text, scope_);
        if (const auto* several = evaluated.value.as<base::List>()) {
          for (const auto& path : *several)
            list.emplace_back(absolute_path(path.to_text(), context_.directory));
          return evaluated.origin;
        }
      }
      auto path = evaluate_path(text, expressions_, scope_, context_.directory);
      list.emplace_back(std::move(path.path));
      return path.origin;
    });
  }

  Evaluated read_scalar(const FieldSpec& spec, const Template& text) {
    auto evaluated = expressions_.evaluate(text, scope_);
    evaluated.value = convert(spec, std::move(evaluated.value), text);
    return evaluated;
  }

  Evaluated read_texts(const Node& node) {
    auto read = read_any(node, false);
    if (auto* map = read.value.as<base::Map>()) {
      for (auto& [name, value] : *map) value = base::Value(text_of(value));
    }
    return read;
  }

  // "a; b, c", a list of texts, or an expression that yields either. A comma inside quotes or <>
  // belongs to an address.
  Evaluated read_list(const Node& node) {
    const bool is_cut = std::holds_alternative<Template>(node.data);
    return read_items(node, [&](const Template& text, base::List& list) {
      auto part = expressions_.evaluate(text, scope_);
      // What an expression gives as one text of a mail is one item: a display name cannot add a
      // recipient.
      append(list, part.value, is_cut);
      return part.origin;
    });
  }

  static void append(base::List& list, const base::Value& value, bool is_cut) {
    if (const auto* items = value.as<base::List>()) {
      for (const auto& item : *items) append(list, item, false);
      return;
    }
    auto text = text_of(value);
    if (!is_cut || value.as<base::Map>()) {
      if (!base::trim(text).empty()) list.emplace_back(std::string(base::trim(text)));
      return;
    }
    std::string piece;
    auto flush = [&] {
      if (!base::trim(piece).empty()) list.emplace_back(std::string(base::trim(piece)));
      piece.clear();
    };
    bool is_in_quotes = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (c == '\\' && is_in_quotes && i + 1 < text.size()) {
        piece += c;
        piece += text[++i];
        continue;
      }
      if (c == '"') is_in_quotes = !is_in_quotes;
      if (!is_in_quotes && (c == ';' || c == ','))
        flush();
      else
        piece += c;
    }
    flush();
  }

  static base::Error wrong(std::string words) {
    return base::Error(base::ErrorKind::config, "expression.wrong_type", std::move(words),
                       "yield a value of the field's type");
  }

  base::Value convert(const FieldSpec& spec, base::Value value, const Template&) {
    bool is_free_text = spec.type == FieldType::text || spec.type == FieldType::literal ||
                        spec.type == FieldType::folder;
    if (is_free_text) return base::Value(text_of(value));
    if (spec.type == FieldType::path)
      return base::Value(absolute_path(value.to_text(), context_.directory));
    if (spec.type == FieldType::folder_list || spec.type == FieldType::text_list ||
        spec.type == FieldType::address_list) {
      base::List list;
      append(list, value, true);
      return base::Value(std::move(list));
    }
    bool is_number = value.as<std::int64_t>() || value.as<double>();
    if (spec.type == FieldType::number && is_number) return value;
    if (spec.type == FieldType::boolean && value.as<bool>()) return value;
    if (spec.type == FieldType::date && value.as<base::DateTime>()) return value;
    if (spec.type == FieldType::size) {
      const auto* bytes = value.as<std::int64_t>();
      if (bytes && *bytes >= 0) return value;
    }
    const auto* text = value.as<std::string>();
    if (!text)
      throw wrong(
          fmt::format("needs {}, but the expression yields {}", name_of(spec.type), value.shape()));
    if (auto problem = misfit(spec, *text))
      throw wrong(fmt::format("needs {}: {}", name_of(spec.type), problem->message));
    switch (spec.type) {
      case FieldType::number:
        return plain_value(constant(*text));
      case FieldType::boolean:
        return base::Value(*text == "true");
      case FieldType::duration:
        return base::Value(static_cast<std::int64_t>(base::parse_duration(*text)->count()));
      case FieldType::size:
        return base::Value(static_cast<std::int64_t>(*base::parse_size(*text)));
      case FieldType::choice:
        return base::Value(*choice_of(spec, *text));
      case FieldType::date:
        if (auto date = base::parse_date(*text, context_.zone, context_.clock->now()))
          return base::Value(*date);
        throw wrong("needs a date");
      default:
        return value;
    }
  }

  static Template constant(const std::string& text) {
    Template made;
    if (!text.empty()) made.pieces.push_back({false, text});
    return made;
  }

  static std::string_view name_of(FieldType type) {
    switch (type) {
      case FieldType::number:
        return "a number";
      case FieldType::boolean:
        return "true or false";
      case FieldType::duration:
        return "a duration such as 30s";
      case FieldType::size:
        return "a size such as 10MB";
      case FieldType::date:
        return "a date";
      case FieldType::choice:
        return "one of its choices";
      default:
        return "a text";
    }
  }

  Expressions& expressions_;
  const Scope& scope_;
  const FieldContext& context_;
};

}  // namespace

base::Map evaluate_fields(const Step& step, Expressions& expressions, const Scope& scope,
                          const FieldContext& context) {
  auto values = FieldReader(expressions, scope, context)
                    .read_all(step.spec->fields, step.fields, step.spec->name == "set");
  if (actions::find_field(*step.spec, "session")) values.emplace("session", step.session);
  return values;
}

Evaluated evaluate_field(const Step& step, std::string_view name, Expressions& expressions,
                         const Scope& scope, const FieldContext& context) {
  const auto* spec = actions::find_field(*step.spec, name);
  const auto* node = step.field(name);
  if (!spec || !node || spec->type == FieldType::steps || spec->type == FieldType::secret)
    return {};
  return FieldReader(expressions, scope, context).read(*spec, *node, step.spec->name == "set");
}

std::vector<Assignment> evaluate_assignments(const Step& step, Expressions& expressions,
                                             const Scope& scope, const FieldContext& context) {
  std::vector<Assignment> assignments;
  const auto* values = step.field("values");
  const auto* map = values ? std::get_if<NodeMap>(&values->data) : nullptr;
  if (!map) return assignments;
  FieldReader reader(expressions, scope, context);
  for (const auto& [name, node] : *map) {
    FieldSpec spec{.name = name, .type = FieldType::any};
    assignments.push_back({name, reader.read(spec, node, true)});
  }
  return assignments;
}

base::Value plain_value(const Template& text) {
  auto words = text.constant_text();
  if (text.is_quoted) return base::Value(std::move(words));
  if (words == "true" || words == "false") return base::Value(words == "true");
  // Longer numbers would lose digits: they are texts (account numbers).
  if (!is_decimal(words) || words.size() > 15) return base::Value(std::move(words));
  if (words.find('.') == std::string::npos)
    return base::Value(static_cast<std::int64_t>(std::stoll(words)));
  return base::Value(std::stod(words));
}

base::Value plain_value(const Node& node) {
  if (const auto* text = std::get_if<Template>(&node.data)) return plain_value(*text);
  if (const auto* list = std::get_if<NodeList>(&node.data)) {
    base::List values;
    for (const auto& item : *list) values.push_back(plain_value(item));
    return base::Value(std::move(values));
  }
  base::Map values;
  if (const auto* map = std::get_if<NodeMap>(&node.data)) {
    for (const auto& [name, item] : *map) values.emplace(name, plain_value(item));
  }
  return base::Value(std::move(values));
}

}  // namespace postroom::flow
