#include "base/value.hpp"

#include <array>

#include <gtest/gtest.h>

#include "base/byte_stream.hpp"

namespace postroom::base {
namespace {

TEST(Value, PrintsEveryShape) {
  EXPECT_EQ(Value().to_text(), "");
  EXPECT_EQ(Value(true).to_text(), "true");
  EXPECT_EQ(Value(12).to_text(), "12");
  EXPECT_EQ(Value(1.5).to_text(), "1.5");
  EXPECT_EQ(Value("text").to_text(), "text");
  EXPECT_EQ(Value(DateTime{Instant{}, "Europe/Paris"}).to_text(), "1970-01-01T01:00:00+01:00");
  EXPECT_EQ(Value(List{1, "a", false}).to_text(), "1, a, false");
  EXPECT_EQ(Value(Map{{"b", 2}, {"a", 1}}).to_text(), "{a: 1, b: 2}");
}

TEST(Value, NamesEveryShape) {
  EXPECT_EQ(Value().shape(), "nothing");
  EXPECT_EQ(Value(false).shape(), "true or false");
  EXPECT_EQ(Value(1).shape(), "number");
  EXPECT_EQ(Value(1.0).shape(), "number");
  EXPECT_EQ(Value("x").shape(), "text");
  EXPECT_EQ(Value(DateTime{}).shape(), "date");
  EXPECT_EQ(Value(List{}).shape(), "list");
  EXPECT_EQ(Value(Map{}).shape(), "mapping");
}

TEST(Value, KeepsShapesApart) {
  EXPECT_EQ(Value("x"), Value(std::string("x")));
  EXPECT_NE(Value(1), Value("1"));
  EXPECT_NE(Value(1), Value(true));
  EXPECT_TRUE(Value("literal").as<std::string>());
  EXPECT_FALSE(Value("literal").as<bool>());
  EXPECT_TRUE(Value().is_null());
}

TEST(ByteStream, ReadsWhatWasWritten) {
  StringSink sink;
  sink.write("hello ");
  sink.write("world");
  StringSource source(sink.text);
  EXPECT_EQ(source.size(), 11u);
  std::array<char, 8> buffer;
  EXPECT_EQ(source.read(buffer), 8u);
  EXPECT_EQ(source.read(buffer), 3u);
  EXPECT_EQ(source.read(buffer), 0u);
  source.rewind();
  EXPECT_EQ(source.read(buffer), 8u);
}

}  // namespace
}  // namespace postroom::base
