#include "flow/where/where.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/date.hpp"
#include "base/error.hpp"
#include "flow/expression/expression.hpp"
#include "flow/load/complaints.hpp"
#include "flow/where/where_keys.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;
using mailbox::Query;
using mailbox::TextField;

Error wrong(std::string_view key, std::string_view wanted, const base::Value& value) {
  return Error(ErrorKind::config, "where.wrong_type",
               fmt::format("where: {} needs {}, not {}", key, wanted, in_quotes(text_of(value))),
               "correct the value");
}

Error unknown(std::string_view key, std::string_view where, const std::vector<std::string>& known) {
  return Error(ErrorKind::config, "where.unknown_key",
               fmt::format("there is no test {} in {}", in_quotes(key), where),
               suggestion(key, known));
}

bool read_truth(std::string_view key, const base::Value& value) {
  if (const auto* truth = value.as<bool>()) return *truth;
  const auto* text = value.as<std::string>();
  if (text && (*text == "true" || *text == "false")) return *text == "true";
  throw wrong(key, "true or false", value);
}

std::uint64_t read_size(std::string_view key, const base::Value& value) {
  if (const auto* number = value.as<std::int64_t>(); number && *number >= 0)
    return static_cast<std::uint64_t>(*number);
  const auto* text = value.as<std::string>();
  auto size = text ? base::parse_size(*text) : std::nullopt;
  if (!size) throw wrong(key, "a size such as 10MB", value);
  return *size;
}

std::vector<std::string> read_texts(std::string_view key, const base::Value& value) {
  std::vector<std::string> texts;
  if (value.as<base::Map>()) {
    texts.push_back(text_of(value));
  } else if (const auto* list = value.as<base::List>()) {
    for (const auto& item : *list) {
      if (item.as<base::List>()) throw wrong(key, "a list of texts", item);
      texts.push_back(text_of(item));
    }
  } else {
    texts.push_back(text_of(value));
  }
  return texts;
}

void check_pattern(std::string_view key, const std::string& pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  re2::RE2 compiled(pattern, options);
  if (compiled.ok()) return;
  throw Error(ErrorKind::config, "where.bad_pattern",
              fmt::format("where: the pattern of {} does not compile: {}", key,
                          base::printable(compiled.error(), 200)),
              "patterns are RE2's: no look-around, no back-references");
}

class QueryMaker {
 public:
  QueryMaker(std::string_view zone, base::Instant now) : zone_(zone), now_(now) {}

  Query make(const base::Map& where) const {
    std::vector<Query> tests;
    for (const auto& [key, value] : where) add(tests, key, value);
    return joined(std::move(tests));
  }

 private:
  static Query joined(std::vector<Query> tests) {
    if (tests.size() == 1) return std::move(tests.front());
    return {mailbox::All{std::move(tests)}};
  }

  void add(std::vector<Query>& tests, const std::string& key, const base::Value& value) const {
    if (auto field = text_field_of(key)) {
      add_text(tests, key, *field, {}, value);
    } else if (key == "header") {
      add_header(tests, value);
    } else if (key == "received" || key == "sent") {
      tests.push_back(time(key, value));
    } else if (key == "status") {
      auto text = text_of(value);
      if (text != "all" && text != "read" && text != "unread")
        throw wrong(key, "all, read or unread", value);
      if (text != "all") tests.push_back({mailbox::FlagTest{mailbox::Flag::seen, text == "read"}});
    } else if (key == "flagged") {
      tests.push_back({mailbox::FlagTest{mailbox::Flag::flagged, read_truth(key, value)}});
    } else if (key == "has_attachment") {
      tests.push_back({mailbox::AttachmentTest{read_truth(key, value)}});
    } else if (key == "larger_than") {
      tests.push_back({mailbox::SizeTest{.larger_than = read_size(key, value)}});
    } else if (key == "smaller_than") {
      tests.push_back({mailbox::SizeTest{.smaller_than = read_size(key, value)}});
    } else if (key == "importance") {
      auto text = text_of(value);
      if (text != "low" && text != "normal" && text != "high")
        throw wrong(key, "low, normal or high", value);
      tests.push_back({mailbox::ImportanceTest{text == "low"    ? mailbox::Importance::low
                                               : text == "high" ? mailbox::Importance::high
                                                                : mailbox::Importance::normal}});
    } else if (key == "all") {
      tests.push_back({mailbox::All{several(key, value)}});
    } else if (key == "any") {
      tests.push_back({mailbox::Any{several(key, value)}});
    } else if (key == "not") {
      const auto* map = value.as<base::Map>();
      if (!map) throw wrong(key, "a mapping of tests", value);
      tests.push_back({mailbox::Not{{make(*map)}}});
    } else {
      throw unknown(key, "where", where_keys());
    }
  }

  std::vector<Query> several(const std::string& key, const base::Value& value) const {
    const auto* list = value.as<base::List>();
    if (!list) throw wrong(key, "a list of filters", value);
    std::vector<Query> queries;
    for (const auto& item : *list) {
      const auto* map = item.as<base::Map>();
      if (!map) throw wrong(key, "a list of filters", item);
      queries.push_back(make(*map));
    }
    return queries;
  }

  void add_text(std::vector<Query>& tests, std::string_view key, TextField field,
                const std::string& header, const base::Value& value) const {
    const auto* map = value.as<base::Map>();
    // An address that an expression yields ({name, address}) means the address.
    if (map && map->size() == 2 && map->contains("name") && map->contains("address")) {
      tests.push_back({mailbox::TextTest{
          field, header, mailbox::Comparison::equals, {text_of(map->find("address")->second)}}});
      return;
    }
    if (!map) {
      tests.push_back({mailbox::TextTest{field, header, mailbox::Comparison::contains,
                                         read_texts(key, value)}});
      return;
    }
    auto cased = map->find("case");
    bool is_cased = cased != map->end() && read_truth("case", cased->second);
    for (const auto& [form, wanted] : *map) {
      if (form == "case" || (form == "name" && field == TextField::header)) continue;
      auto comparison = comparison_of(form);
      if (!comparison) throw unknown(form, key, text_forms());
      auto texts = read_texts(form, wanted);
      if (*comparison == mailbox::Comparison::matches) {
        for (const auto& pattern : texts) check_pattern(key, pattern);
      }
      tests.push_back({mailbox::TextTest{field, header, *comparison, std::move(texts), is_cased}});
    }
  }

  void add_header(std::vector<Query>& tests, const base::Value& value) const {
    if (const auto* list = value.as<base::List>()) {
      for (const auto& item : *list) add_header(tests, item);
      return;
    }
    const auto* map = value.as<base::Map>();
    auto name = map ? map->find("name") : base::Map::const_iterator{};
    if (!map || name == map->end()) throw wrong("header", "{ name: ..., contains: ... }", value);
    auto header = text_of(name->second);
    if (!is_header_name(header)) throw wrong("header", "the name of a header field", name->second);
    auto before = tests.size();
    add_text(tests, "header", TextField::header, header, value);
    // A name alone: the field is there. Every value contains the empty text.
    if (tests.size() == before)
      tests.push_back(
          {mailbox::TextTest{TextField::header, header, mailbox::Comparison::contains, {""}}});
  }

  base::Instant instant(std::string_view key, const base::Value& value) const {
    if (const auto* date = value.as<base::DateTime>()) return date->at;
    const auto* text = value.as<std::string>();
    auto date = text ? base::parse_date(*text, zone_, now_) : std::nullopt;
    if (!date) throw wrong(key, "a date such as 2026-01-31, today or -7d", value);
    return date->at;
  }

  Query time(const std::string& key, const base::Value& value) const {
    const auto* map = value.as<base::Map>();
    if (!map) throw wrong(key, "{ since, before, within }", value);
    mailbox::TimeTest test{.field = key == "sent" ? mailbox::TimeField::sent
                                                  : mailbox::TimeField::received};
    auto since = [&](base::Instant at) {
      test.since = test.since ? std::max(*test.since, at) : at;
    };
    for (const auto& [form, wanted] : *map) {
      if (form == "since") {
        since(instant(form, wanted));
      } else if (form == "before") {
        test.before = instant(form, wanted);
      } else if (form == "within") {
        const auto* text = wanted.as<std::string>();
        auto span = text ? base::parse_duration(*text) : std::nullopt;
        if (const auto* ms = wanted.as<std::int64_t>()) span = std::chrono::milliseconds(*ms);
        if (!span) throw wrong(form, "a duration such as 7d", wanted);
        since(now_ - *span);
      } else {
        throw unknown(form, key, time_forms());
      }
    }
    return {test};
  }

  std::string zone_;
  base::Instant now_;
};

}  // namespace

mailbox::Query to_query(const base::Map& where, std::string_view zone, base::Instant now) {
  return QueryMaker(zone, now).make(where);
}

}  // namespace postroom::flow
