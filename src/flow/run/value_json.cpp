#include "flow/run/value_json.hpp"

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"

namespace postroom::flow {
namespace {

using nlohmann::json;

struct ToJson {
  json operator()(std::monostate) const { return nullptr; }
  json operator()(bool v) const { return v; }
  json operator()(std::int64_t v) const { return v; }
  json operator()(double v) const { return v; }
  json operator()(const std::string& v) const { return base::to_valid_utf8(v); }
  json operator()(const base::DateTime& v) const {
    return {{"date_ms", v.at.time_since_epoch().count()}, {"zone", v.zone}};
  }
  json operator()(const base::List& v) const {
    json out = json::array();
    for (const auto& item : v) out.push_back(to_json(item));
    return out;
  }
  json operator()(const base::Map& v) const {
    json out = json::object();
    for (const auto& [key, item] : v) out[base::to_valid_utf8(key)] = to_json(item);
    return out;
  }
};

base::Value from_json(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return value.get<bool>();
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return value.get<std::int64_t>();
    case json::value_t::number_float:
      return value.get<double>();
    case json::value_t::string:
      return value.get<std::string>();
    case json::value_t::array: {
      base::List list;
      for (const auto& item : value) list.push_back(from_json(item));
      return list;
    }
    case json::value_t::object: {
      if (value.size() == 2 && value.contains("date_ms") && value.contains("zone")) {
        return base::DateTime{
            base::Instant{std::chrono::milliseconds{value["date_ms"].get<std::int64_t>()}},
            value["zone"].get<std::string>()};
      }
      base::Map map;
      for (const auto& [key, item] : value.items()) map.emplace(key, from_json(item));
      return map;
    }
    default:
      return {};
  }
}

}  // namespace

nlohmann::json to_json(const base::Value& value) { return std::visit(ToJson{}, value.data()); }

std::string to_json_text(const base::Value& value) { return to_json(value).dump(); }

base::Value from_json_text(std::string_view text) {
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return {};
  return from_json(parsed);
}

}  // namespace postroom::flow
