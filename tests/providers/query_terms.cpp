#include "tests/providers/query_terms.hpp"

#include <stdexcept>
#include <string>

#include "base/text.hpp"

namespace postroom::test {
namespace {

using namespace mailbox;

base::Instant day_of(std::string_view text) {
  const auto parts = base::split(text, '-');
  const auto number = [&](std::size_t i) {
    return static_cast<int>(base::to_number(parts.at(i)).value());
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0)),
                                        std::chrono::month(static_cast<unsigned>(number(1))),
                                        std::chrono::day(static_cast<unsigned>(number(2)))};
  return std::chrono::time_point_cast<base::Instant::duration>(std::chrono::sys_days(day));
}

Query text_term(TextField field, std::string_view value) {
  TextTest test;
  test.field = field;
  test.wanted.emplace_back(value);
  return {test};
}

Query term(std::string_view word) {
  const std::size_t colon = std::min(word.find(':'), word.size());
  const std::string_view name = word.substr(0, colon);
  const std::string_view value = colon < word.size() ? word.substr(colon + 1) : "";
  if (name == "seen") return {FlagTest{Flag::seen, true}};
  if (name == "unseen") return {FlagTest{Flag::seen, false}};
  if (name == "flagged") return {FlagTest{Flag::flagged, true}};
  if (name == "unflagged") return {FlagTest{Flag::flagged, false}};
  if (name == "answered") return {FlagTest{Flag::answered, true}};
  if (name == "deleted") return {FlagTest{Flag::deleted, true}};
  if (name == "since") return {TimeTest{TimeField::received, day_of(value), {}}};
  if (name == "before") return {TimeTest{TimeField::received, {}, day_of(value)}};
  if (name == "sent_since") return {TimeTest{TimeField::sent, day_of(value), {}}};
  if (name == "sent_before") return {TimeTest{TimeField::sent, {}, day_of(value)}};
  if (name == "larger") return {SizeTest{base::to_number(value), {}}};
  if (name == "smaller") return {SizeTest{{}, base::to_number(value)}};
  if (name == "subject") return text_term(TextField::subject, value);
  if (name == "body") return text_term(TextField::body, value);
  if (name == "not") return {Not{{term(value)}}};
  if (name == "any") {
    Any any;
    for (std::string_view one : base::split(value, '|')) any.of.push_back(term(one));
    return {any};
  }
  throw std::invalid_argument("no such term: " + std::string(word));
}

Want want_of(std::string_view list) {
  Want want;
  for (std::string_view word : base::split(list, ',')) {
    if (word == "size")
      want.size = true;
    else if (word == "envelope")
      want.envelope = true;
    else if (word == "flags")
      want.flags = true;
    else if (word == "received")
      want.received = true;
    else if (word == "structure")
      want.structure = true;
    else if (word == "text")
      want.text = true;
    else
      throw std::invalid_argument("no such want: " + std::string(word));
  }
  return want;
}

}  // namespace

FindTerms find_terms(const std::vector<std::string_view>& words) {
  FindTerms terms;
  All all;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "newest") {
      terms.order = Order::newest_first;
    } else if (words[i].starts_with("want=")) {
      terms.want = want_of(words[i].substr(5));
    } else {
      all.of.push_back(term(words[i]));
    }
  }
  terms.query = {std::move(all)};
  return terms;
}

}  // namespace postroom::test
