#include "smtp/wire/dot_stuffer.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace postroom::smtp {
namespace {

std::string stuffed(std::string_view text, std::size_t chunk = SIZE_MAX) {
  DotStuffer stuffer;
  std::string out;
  while (!text.empty()) {
    stuffer.append(text.substr(0, chunk), out);
    text.remove_prefix(std::min(chunk, text.size()));
  }
  stuffer.finish(out);
  return out;
}

TEST(DotStuffer, Table) {
  struct Row {
    std::string_view in, out;
  };
  for (const Row& row : {
           Row{"", ".\r\n"},
           Row{"a", "a\r\n.\r\n"},
           Row{"a\r\n", "a\r\n.\r\n"},
           Row{"a\n", "a\r\n.\r\n"},
           Row{"a\r", "a\r\n.\r\n"},
           Row{".", "..\r\n.\r\n"},
           Row{"..\r\n.x", "...\r\n..x\r\n.\r\n"},
           Row{"a.b\r\nc.", "a.b\r\nc.\r\n.\r\n"},
           Row{"a\n\nb", "a\r\n\r\nb\r\n.\r\n"},
           Row{"a\r\rb", "a\r\n\r\nb\r\n.\r\n"},
           Row{"a\r\r\nb", "a\r\n\r\nb\r\n.\r\n"},
           Row{"a\n\rb", "a\r\n\r\nb\r\n.\r\n"},
           // Smuggling: every spelling of "line end, dot, line end" stays inside the message.
           Row{"a\n.\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{"a\r.\rMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{"a\r\n.\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{"a\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{"a\r\n.\rMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{"a\r.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{"a\r\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
           Row{std::string_view("a\0\r\n.\r\n", 7), std::string_view("a\0\r\n..\r\n.\r\n", 11)},
       }) {
    for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
      EXPECT_EQ(stuffed(row.in, chunk), row.out) << row.in << " in " << chunk;
    }
  }
}

// Every text of up to eight of these characters: line ends only as CRLF, one terminator, at the
// end.
TEST(DotStuffer, NothingLetsABareLineEndOrAnEarlyEndThrough) {
  constexpr std::string_view alphabet = "\r\n.a";
  for (std::size_t length = 0; length <= 8; ++length) {
    for (std::uint32_t number = 0; number < (1U << (2 * length)); ++number) {
      std::string text;
      for (std::size_t i = 0; i < length; ++i) text += alphabet[(number >> (2 * i)) & 3];
      std::string out = stuffed(text);
      ASSERT_EQ(stuffed(text, 1), out);
      std::string framed = "\r\n" + out;
      ASSERT_EQ(framed.find("\r\n.\r\n"), framed.size() - 5) << text;
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] == '\r') ASSERT_TRUE(i + 1 < out.size() && out[i + 1] == '\n');
        if (out[i] == '\n') ASSERT_TRUE(i > 0 && out[i - 1] == '\r');
      }
    }
  }
}

}  // namespace
}  // namespace postroom::smtp
