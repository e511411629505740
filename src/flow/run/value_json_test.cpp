#include "flow/run/value_json.hpp"

#include <gtest/gtest.h>

namespace postroom::flow {
namespace {

TEST(ValueJson, ComesBackAsItWas) {
  base::Value value = base::Map{
      {"list", base::List{1, 2.5, "x", true, base::Value{}}},
      {"date",
       base::DateTime{base::Instant{std::chrono::milliseconds{1'790'000'000'123}}, "Europe/Paris"}},
      {"map", base::Map{{"date_ms", 5}}}};
  EXPECT_EQ(from_json_text(to_json_text(value)), value);
}

TEST(ValueJson, TakesBytesThatAreNoUtf8AndTextThatIsNoJson) {
  EXPECT_EQ(from_json_text(to_json_text(base::Value("a\xFF"))), base::Value("a\xEF\xBF\xBD"));
  EXPECT_TRUE(from_json_text("{broken").is_null());
}

}  // namespace
}  // namespace postroom::flow
