#include "imap/wire/splitter.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace postroom::imap::wire {
namespace {

struct Split {
  std::vector<std::string> responses;
  std::string streamed;
  std::string error;
  std::size_t capacity = 0;
};

// Feeds `input` in pieces; detaches every literal that asks.
Split split(std::string_view input, std::size_t piece, Limits limits = {}) {
  Split out;
  Splitter splitter(limits);
  while (true) {
    auto found = splitter.find();
    if (!found) {
      out.error = found.error().code();
      return out;
    }
    if (*found == Splitter::Found::response) {
      out.responses.emplace_back(splitter.response());
      splitter.drop_response();
    } else if (*found == Splitter::Found::literal) {
      splitter.detach_literal();
      out.streamed += splitter.take_literal();
    } else if (splitter.literal_left() > 0 && !input.empty()) {
      auto room = splitter.room();
      std::size_t n = std::min({piece, input.size(), room.size()});
      std::memcpy(room.data(), input.data(), n);
      splitter.received(n);
      input.remove_prefix(n);
      out.streamed += splitter.take_literal();
    } else {
      if (input.empty()) return out;
      auto room = splitter.room();
      std::size_t n = std::min({piece, input.size(), room.size()});
      std::memcpy(room.data(), input.data(), n);
      splitter.received(n);
      input.remove_prefix(n);
    }
    out.capacity = std::max(out.capacity, splitter.capacity());
  }
}

constexpr std::size_t pieces[] = {1, 2, 3, 7, 100, 1'000'000};

TEST(Splitter, finds_lines_and_literals_in_any_pieces) {
  for (std::size_t piece : pieces) {
    Split s = split(
        "* OK hi\r\n\r\n* 1 FETCH (X {5}\r\na\r\n)b Y {0}\r\n)\n* OK text {5}\r\nA1 OK done\r\n",
        piece);
    EXPECT_EQ(s.error, "");
    EXPECT_EQ(s.responses,
              (std::vector<std::string>{"* OK hi", "* 1 FETCH (X {5}\r\na\r\n)b Y {0}\r\n)",
                                        "* OK text {5}", "A1 OK done"}));
  }
}

TEST(Splitter, streams_large_literals_in_bounded_memory) {
  std::string body(3'000'000, 'x');
  std::string input =
      "* OK hi\r\n* 1 FETCH (UID 7 BODY[] {3000000}\r\n" + body + " FLAGS ())\r\nA1 OK\r\n";
  for (std::size_t piece : {std::size_t{1'000}, std::size_t{1'000'000}}) {
    Split s = split(input, piece);
    EXPECT_EQ(s.error, "");
    EXPECT_EQ(s.streamed.size(), body.size());
    ASSERT_EQ(s.responses.size(), 3u);
    EXPECT_EQ(s.responses[1],
              "* 1 FETCH (UID 7 BODY[] \x01"
              "3000000}\r\n FLAGS ())");
    EXPECT_LE(s.capacity, 256u << 10);
  }
}

TEST(Splitter, refuses_garbage_and_excess) {
  for (std::size_t piece : pieces) {
    EXPECT_EQ(split("220 mail ESMTP\r\n", piece).error, "imap.garbage");
    EXPECT_EQ(split("+OK POP3 ready\r\n", piece).error, "imap.garbage");
    EXPECT_EQ(split(std::string_view("\x15\x03\x01\0\x02\x02", 6), piece).error, "imap.garbage");
    EXPECT_EQ(split("* OK hi\r\nwhat is this\r\n", piece).error, "imap.garbage");
    EXPECT_EQ(split("* OK hi\r\n* 1 FETCH (X {99999999999999999999}\r\n", piece).error,
              "imap.too_large");
  }
  Limits limits;
  limits.line = 100;
  EXPECT_EQ(split("* OK " + std::string(1'000, 'a'), 10, limits).error, "imap.too_large");
  limits.response = 1'000;
  std::string many = "* OK hi\r\n* 1 FETCH (";
  for (int i = 0; i < 100; ++i) many += "X {20}\r\n" + std::string(20, 'a');
  EXPECT_EQ(split(many, 64, limits).error, "imap.too_large");
}

TEST(Splitter, sees_what_stands_behind_a_response) {
  Splitter splitter;
  std::string_view input = "* OK hi\r\n* X\r\n";
  auto room = splitter.room();
  std::memcpy(room.data(), input.data(), input.size());
  splitter.received(9);
  ASSERT_TRUE(splitter.find().has_value());
  EXPECT_TRUE(splitter.is_drained());
  splitter.received(5);
  EXPECT_FALSE(splitter.is_drained());
}

}  // namespace
}  // namespace postroom::imap::wire
