#include "smtp/wire/content.hpp"

#include <gtest/gtest.h>

#include "smtp/wire/dot_stuffer.hpp"

namespace postroom::smtp {
namespace {

Content scan(std::string_view text, std::size_t chunk = SIZE_MAX) {
  ContentScanner scanner;
  while (!text.empty()) {
    scanner.append(text.substr(0, chunk));
    text.remove_prefix(std::min(chunk, text.size()));
  }
  return scanner.finish();
}

TEST(Content, CountsWhatGoesOverTheWire) {
  constexpr std::string_view alphabet = "\r\n.a";
  for (std::size_t length = 0; length <= 7; ++length) {
    for (std::uint32_t number = 0; number < (1U << (2 * length)); ++number) {
      std::string text;
      for (std::size_t i = 0; i < length; ++i) text += alphabet[(number >> (2 * i)) & 3];
      std::string out;
      DotStuffer plain(DotStuffer::Dots::kept);
      plain.append(text, out);
      plain.finish(out);
      ASSERT_EQ(scan(text).wire_bytes, out.size()) << text;
      ASSERT_EQ(scan(text, 1).wire_bytes, out.size()) << text;
    }
  }
}

TEST(Content, SeesWhatNoServerTakesRaw) {
  EXPECT_EQ(scan("a: b\r\n\r\n" + std::string(999, 'x')).longest_line, 999U);
  EXPECT_EQ(scan("a: b\r\n\r\n" + std::string(998, 'x') + "\r\ny", 7).longest_line, 998U);
  EXPECT_TRUE(scan(std::string_view("a\0b", 3)).has_nul);
  EXPECT_FALSE(scan("a: b\r\n\r\nc").has_8bit);
  EXPECT_TRUE(scan("a: b\r\n\r\n\xE4").has_8bit);
  EXPECT_EQ(scan("a: b\r\n\r\n\xE4").utf8_field, "") << "only the header needs SMTPUTF8";
}

TEST(Content, NamesTheHeaderFieldBeyondAscii) {
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{5}}) {
    Content folded = scan("Date: x\nTo: a,\n b\xC3\xBC@c\nSubject: \xC3\xBC\n\nbody", chunk);
    EXPECT_EQ(folded.utf8_field, "To");
    EXPECT_FALSE(folded.has_broken_utf8_field);
    Content latin = scan("Subject: \xFC\r\n\r\n", chunk);
    EXPECT_EQ(latin.utf8_field, "Subject");
    EXPECT_TRUE(latin.has_broken_utf8_field);
  }
}

TEST(Content, KnowsWhenNewLineEndsWouldBreakASignature) {
  const std::string dkim = "DKIM-Signature: v=1\r\n\r\n";
  const std::string part = "Content-Type: multipart/signed; boundary=b\n\n";
  EXPECT_FALSE(scan(dkim + "a\r\nb\r\n").breaks_signature);
  EXPECT_FALSE(scan(part + "a\nb\n").breaks_signature) << "a file of a Unix program";
  EXPECT_TRUE(scan(dkim + "a\nb\r\n").breaks_signature);
  EXPECT_TRUE(scan(part + "a\rb\n").breaks_signature);
  EXPECT_FALSE(scan("Subject: x\r\n\r\na\nb\rc").breaks_signature) << "nothing is signed";
  EXPECT_FALSE(scan("Subject: x\r\n\r\nDKIM-Signature: a\nb\rc").breaks_signature);
}

}  // namespace
}  // namespace postroom::smtp
