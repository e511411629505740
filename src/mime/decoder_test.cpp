#include "mime/decoder.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "mime/body_writer.hpp"

namespace postroom::mime {
namespace {

std::string decode_in_chunks(std::string_view encoding, std::string_view bytes, std::size_t chunk) {
  base::StringSink sink;
  Decoder decoder(encoding, sink);
  for (std::size_t at = 0; at < bytes.size(); at += chunk) decoder.write(bytes.substr(at, chunk));
  decoder.finish();
  return sink.text;
}

std::string noise(std::size_t size) {
  std::string out;
  std::uint32_t seed = 99;
  while (out.size() < size) out += static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  return out;
}

struct Case {
  std::string encoding, bytes, text;
};

class Decode : public testing::TestWithParam<Case> {};

TEST_P(Decode, GivesTheSameInAnyChunks) {
  const auto& [encoding, bytes, text] = GetParam();
  for (std::size_t chunk :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, bytes.size() + 1}) {
    EXPECT_EQ(decode_in_chunks(encoding, bytes, chunk), text) << chunk;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Decode,
    testing::Values(
        Case{"7bit", "a=41", "a=41"}, Case{"", "x", "x"}, Case{"x-unknown", "x", "x"},
        Case{"base64", "", ""}, Case{"Base64", "SGVsbG8=", "Hello"},
        Case{"base64", "SGVs\r\nbG8=\r\n", "Hello"}, Case{"base64", "SGVsbG8", "Hello"},
        Case{"base64", "S G*V!s\tbG8=", "Hello"}, Case{"base64", "SGVsbG8=SGVsbG8=", "HelloHello"},
        Case{"base64", "SGVsbA==", "Hell"}, Case{"base64", "====", ""}, Case{"base64", "S", ""},
        Case{"base64", "SGk=\r\n-- \r\na list of people\r\n", "Hi"},
        Case{"base64", "SGk=\r\n_____________\r\nlist\r\n", "Hi"},
        Case{"base64", "SGk=\r\n\r\nSGk=SGk=\r\nSGkh\r\n", "HiHiHiHi!"},
        Case{"quoted-printable", "wo=\rrds", "words"}, Case{"base64", "-_-_", "\xFB\xFF\xBF"},
        Case{"quoted-printable", "caf=C3=A9", "café"}, Case{"quoted-printable", "a=\r\nb", "ab"},
        Case{"quoted-printable", "a=\nb", "ab"}, Case{"quoted-printable", "a= \t\r\nb", "ab"},
        Case{"quoted-printable", "a  \r\nb", "a\r\nb"},
        Case{"quoted-printable", "a b\tc", "a b\tc"}, Case{"quoted-printable", "=c3=a9", "é"},
        Case{"quoted-printable", "a=ZZb", "a=ZZb"}, Case{"quoted-printable", "a=", "a"},
        Case{"quoted-printable", "a=4", "a=4"}, Case{"quoted-printable", "a==41", "a=A"},
        Case{"quoted-printable", "a \rb", "a \rb"}, Case{"quoted-printable", "end  ", "end"},
        Case{"x-uuencode", "begin 644 a.txt\n%2&5L;&\\\n`\nend\n", "Hello"},
        Case{"x-uuencode", "junk\r\nbegin 644 a\r\n#0V%T\r\n`\r\nend\r\nmore\r\n", "Cat"},
        Case{"uuencode", "begin 644 a\n#0V%T", "Cat"}));

TEST(DecoderTest, MatchesTheReferenceOnNoise) {
  std::string bytes = noise(200'000);
  std::string lines;
  std::string encoded = base::to_base64(bytes);
  for (std::size_t at = 0; at < encoded.size(); at += 76) lines += encoded.substr(at, 76) + "\r\n";
  for (std::size_t chunk : {1UL, 7UL, 78UL, 4096UL, lines.size()}) {
    ASSERT_TRUE(decode_in_chunks("base64", lines, chunk) == bytes) << chunk;
  }
  std::string quoted = quoted_printable(bytes);
  for (std::size_t chunk : {1UL, 7UL, 4096UL, quoted.size()}) {
    ASSERT_TRUE(decode_in_chunks("quoted-printable", quoted, chunk) == bytes) << chunk;
  }
}

TEST(DecoderTest, KeepsLittleOfHostileInput) {
  base::StringSink sink;
  Decoder quoted("quoted-printable", sink);
  for (int i = 0; i < 100'000; ++i) quoted.write(" ");
  quoted.write("x");
  quoted.finish();
  EXPECT_TRUE(sink.text.ends_with(" x"));
  base::StringSink uu_sink;
  Decoder uu("x-uuencode", uu_sink);
  for (int i = 0; i < 100'000; ++i) uu.write("begin ");
  uu.finish();
  EXPECT_EQ(uu_sink.text, "");
}

// A line without an end, of segments that each have their padding.
TEST(DecoderTest, ReadsSegmentsInOneLine) {
  std::string bytes, text;
  for (int i = 0; i < 3'000; ++i) {
    bytes += i % 3 == 0 ? "QQ==" : i % 3 == 1 ? "QUJD" : "QUI=";
    text += i % 3 == 0 ? "A" : i % 3 == 1 ? "ABC" : "AB";
  }
  for (const std::string& more : {std::string(), std::string("QUJD"), std::string("QQ==QUJD")}) {
    base::StringSink sink;
    Decoder decoder(Encoding::base64, sink);
    decoder.write("QQ==" + more + bytes);
    decoder.finish();
    EXPECT_EQ(sink.text, "A" + decode_bytes("base64", more) + text) << more;
    EXPECT_EQ(decoder.dropped(), 0U);
  }
}

TEST(DecoderTest, CountsWhatItLeavesOut) {
  for (std::size_t chunk : {1UL, 5UL, 500UL}) {
    base::StringSink sink;
    Decoder decoder(Encoding::base64, sink);
    const std::string_view bytes = "SGk=\r\n-- \r\na list\r\nof people";
    for (std::size_t at = 0; at < bytes.size(); at += chunk) decoder.write(bytes.substr(at, chunk));
    decoder.finish();
    EXPECT_EQ(sink.text, "Hi");
    EXPECT_EQ(decoder.dropped(), 15U) << chunk;
  }
}

TEST(DecoderTest, ReadsUuencodeThatLostSpacesOrItsBeginning) {
  // Three bytes of zero at the end of the line, whose spaces are gone.
  EXPECT_EQ(decode_bytes("x-uuencode", "begin 644 a\n&0V%T\n`\nend\n"),
            std::string("Cat\0\0\0", 6));
  const std::string line = "M" + std::string(60, '!');
  const std::string whole = decode_bytes("uuencode", "begin 644 a\n" + line + "\n`\nend\n");
  EXPECT_EQ(whole.size(), 45U);
  EXPECT_EQ(decode_bytes("uuencode", line + "\n`\nend\n"), whole);
  base::StringSink sink;
  Decoder words("uuencode", sink);
  words.write("only words\nand more");
  words.finish();
  EXPECT_EQ(sink.text, "");
  EXPECT_EQ(words.dropped(), 16U);
}

}  // namespace
}  // namespace postroom::mime
