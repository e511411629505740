#include "mime/message.hpp"

#include <fstream>

#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "mime/part_scanner.hpp"

namespace postroom::mime {
namespace {

std::string bytes_of(const Message& message, std::string_view id) {
  base::StringSink sink;
  message.write_part(id, sink);
  return sink.text;
}

const std::string mixed =
    "From: a@b.c\r\nSubject: =?utf-8?Q?=C3=A9?=\r\nContent-Type: multipart/mixed; "
    "boundary=\"x\"\r\n\r\npreamble\r\n"
    "--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xE9\r\n--x  \r\n"
    "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: "
    "base64\r\n\r\nSGVs\r\nbG8=\r\n\r\n--x\r\n"
    "Content-Type: message/rfc822\r\n\r\nSubject: Inner\r\nContent-Type: multipart/alternative; "
    "boundary=xy\r\n\r\n"
    "--xy\r\n\r\nplain\r\n--xy\r\nContent-Type: "
    "text/html\r\n\r\n<b>\r\n--xy--\r\n\r\n--x--\r\nepilogue --x\r\n--x\r\n";

TEST(MessageTest, ReadsPartsByteForByte) {
  Message message = Message::parse(mixed);
  EXPECT_EQ(message.envelope().subject, "é");
  EXPECT_EQ(message.text(), "café");
  EXPECT_EQ(message.html(), "");
  EXPECT_EQ(bytes_of(message, "1"), "caf\xE9");
  EXPECT_EQ(bytes_of(message, "2"), "Hello");
  EXPECT_EQ(bytes_of(message, "3.1"), "plain");
  EXPECT_EQ(bytes_of(message, "3.2"), "<b>");
  EXPECT_EQ(bytes_of(message, ""), mixed);
  EXPECT_TRUE(bytes_of(message, "3").starts_with("Subject: Inner\r\n"));
  EXPECT_TRUE(bytes_of(message, "3").ends_with("--xy--\r\n"));
  EXPECT_EQ(message.root().children.size(), 3U);
  EXPECT_EQ(message.root().children[1].size, 12U);
  EXPECT_EQ(message.root().children[2].envelope->subject, "Inner");
  EXPECT_TRUE(message.warnings().empty());
  EXPECT_EQ(message.header("subject"), "é");
  EXPECT_EQ(message.header("none"), "");
}

TEST(MessageTest, RefusesAnUnknownPart) {
  Message message = Message::parse(mixed);
  base::StringSink sink;
  for (std::string_view id : {"4", "1.1", "x", "2.TEXT", "0"}) {
    try {
      message.write_part(id, sink);
      FAIL() << id;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), "mime.no_part");
    }
  }
}

// The scanner sees the same whatever the chunks are.
TEST(PartScannerTest, TakesAnyChunks) {
  ScannedMessage whole;
  for (std::size_t chunk :
       {mixed.size(), std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}}) {
    PartScanner scanner{MessageLimits{}};
    for (std::size_t at = 0; at < mixed.size(); at += chunk)
      scanner.feed(std::string_view(mixed).substr(at, chunk));
    ScannedMessage scanned = scanner.finish();
    if (chunk == mixed.size()) whole = std::move(scanned);
    if (chunk == mixed.size()) continue;
    ASSERT_EQ(scanned.bodies.size(), whole.bodies.size()) << chunk;
    for (const auto& [id, region] : whole.bodies) {
      EXPECT_EQ(scanned.bodies[id].start, region.start) << chunk << " " << id;
      EXPECT_EQ(scanned.bodies[id].end, region.end) << chunk << " " << id;
    }
  }
}

// Another implementation agrees on every leaf.
TEST(PartScannerTest, AgreesWithGMime) {
  g_mime_init();
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(mixed.data(), mixed.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
  std::vector<std::string> theirs;
  g_mime_message_foreach(
      parsed,
      [](GMimeObject*, GMimeObject* object, gpointer data) {
        if (!GMIME_IS_PART(object)) return;
        GMimeStream* out = g_mime_stream_mem_new();
        g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(object)), out);
        GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
        static_cast<std::vector<std::string>*>(data)->emplace_back(
            reinterpret_cast<char*>(bytes->data), bytes->len);
        g_object_unref(out);
      },
      &theirs);
  g_object_unref(parsed);
  g_object_unref(parser);
  g_object_unref(stream);
  Message message = Message::parse(mixed);
  ASSERT_GE(theirs.size(), 2U);
  EXPECT_EQ(bytes_of(message, "1"), theirs[0]);
  EXPECT_EQ(bytes_of(message, "2"), theirs[1]);
}

TEST(MessageTest, LoadsAFile) {
  auto path = std::filesystem::path(testing::TempDir()) / "mime_message_test.eml";
  std::ofstream(path, std::ios::binary) << mixed;
  Message message = Message::load(path);
  EXPECT_EQ(bytes_of(message, "2"), "Hello");
  EXPECT_EQ(bytes_of(message, ""), mixed);
  std::filesystem::remove(path);
  EXPECT_THROW(Message::load("/nonexistent/x.eml"), base::Error);
  EXPECT_THROW(Message::load(testing::TempDir()), base::Error);
}

TEST(MessageTest, ReadsBodies) {
  auto text = [](std::string raw) { return Message::parse(std::move(raw)).text(); };
  EXPECT_EQ(text("\r\nhello\r\nyou"), "hello\nyou");
  EXPECT_EQ(text("Content-Type: text/html\r\n\r\n<p>a<p>b"), "a\n\nb");
  EXPECT_EQ(
      text("Content-Type: text/plain; format=flowed\r\n\r\na \r\nb\r\n> q \r\n> r\r\n-- \r\nme"),
      "a b\n> q r\n-- \nme\n");
  EXPECT_EQ(text("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\na \r\nb"), "ab\n");
  EXPECT_EQ(text("Content-Type: text/plain; charset=martian\r\n\r\n\xE9"), "é");
  EXPECT_EQ(text("Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; "
                 "charset=utf-8\r\n\r\n=C3=A9"),
            "é");
  Message page =
      Message::parse("Content-Type: text/html\r\n\r\n<meta charset=\"windows-1251\">\xCF");
  EXPECT_TRUE(page.html().ends_with("П"));
  Message odd = Message::parse("Content-Type: text/plain; charset=martian\r\n\r\n\xE9");
  odd.text();
  EXPECT_EQ(odd.warnings().size(), 1U);
}

TEST(OddMessageTest, DeepMultipartsStayBounded) {
  std::string raw;
  for (int i = 0; i < 10'000; ++i) {
    std::string boundary = "b" + std::to_string(i);
    raw += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  raw += "\r\ndeep";
  Message message = Message::parse(raw);
  int depth = 0;
  for (const Part* part = &message.root(); !part->children.empty(); part = &part->children[0])
    ++depth;
  EXPECT_EQ(depth, 100);
  ASSERT_FALSE(message.warnings().empty());
  EXPECT_EQ(message.attachments().size(), 1U);
  EXPECT_EQ(bytes_of(message, ""), raw);
}

TEST(OddMessageTest, DeepMessagesStayBounded) {
  std::string raw;
  for (int i = 0; i < 10'000; ++i) raw += "Content-Type: message/rfc822\r\n\r\n";
  Message message = Message::parse(raw);
  EXPECT_LE(message.attachments(Nested::recurse).size(), 101U);
  EXPECT_FALSE(message.warnings().empty());
}

TEST(OddMessageTest, ManyPartsAndHugeHeadersStayBounded) {
  std::string raw = "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) raw += "--x\r\n\r\na\r\n";
  Message many = Message::parse(raw);
  EXPECT_EQ(many.root().children.size(), 9'999U);
  EXPECT_FALSE(many.warnings().empty());

  Message huge = Message::parse("Subject: s\r\nX: " + std::string(20'000'000, 'y') +
                                "\r\nTo: a@b\r\n\r\nbody");
  EXPECT_EQ(huge.envelope().subject, "s");
  EXPECT_EQ(huge.text(), "body");
  EXPECT_FALSE(huge.warnings().empty());
  std::size_t kept = 0;
  for (const auto& header : huge.headers()) kept += header.value.size();
  EXPECT_LE(kept, 1024U * 1024);
}

TEST(OddMessageTest, BrokenStructures) {
  auto text = [](std::string raw) { return Message::parse(std::move(raw)).text(); };
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("no header at all"), "no header at all");
  EXPECT_EQ(text("Subject: x"), "");
  EXPECT_EQ(text("Content-Type: multipart/mixed\r\n\r\njust text"), "just text");
  EXPECT_EQ(text("Content-Type: multipart/mixed\r\n\r\n--guess12\r\n\r\nfound\r\n--guess12--"),
            "found");
  EXPECT_EQ(text("Content-Type: multipart/mixed; boundary=x\r\n\r\nnever comes"), "never comes");
  EXPECT_EQ(text("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nunclosed"),
            "unclosed");
  EXPECT_EQ(text("Content-Type: multipart/mixed; boundary=x\n\n--x\n\nunix\n--x--\n"), "unix");
  EXPECT_EQ(text("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: "
                 "text/plain\r\n--x--"),
            "");
  EXPECT_EQ(text("Content-Type: garbage\r\n\r\nx"), "");
  EXPECT_EQ(text("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: "
                 "multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nsame\r\n--x--"),
            "same");
  EXPECT_EQ(text(std::string("Subject: a\0b\r\n\r\nx\0y", 20)), "xy");
  EXPECT_EQ(Message::parse(std::string("Subject: a\0b\r\n\r\n", 16)).envelope().subject, "ab");
}

TEST(OddMessageTest, NoiseNeverCrashes) {
  std::uint32_t seed = 3;
  for (int round = 0; round < 400; ++round) {
    std::string raw = mixed;
    for (int i = 0; i < 20; ++i) {
      seed = seed * 1664525 + 1013904223;
      raw[seed % raw.size()] = static_cast<char>(seed >> 24);
      if (seed % 7 == 0) raw.erase(seed % raw.size(), 5);
    }
    Message message = Message::parse(raw);
    ASSERT_TRUE(base::is_valid_utf8(message.text()));
    base::StringSink sink;
    for (const auto& one : message.attachments(Nested::recurse))
      message.write_part(one.part_id, sink);
    ASSERT_EQ(bytes_of(message, ""), raw);
  }
}

TEST(OddMessageTest, TheCorpusIsRead) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(
           std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/corpus/mime")) {
    Message message = Message::load(file.path());
    EXPECT_TRUE(base::is_valid_utf8(message.text() + message.html())) << file.path();
    EXPECT_FALSE(message.text().empty() && message.attachments().empty()) << file.path();
    ++count;
  }
  EXPECT_GE(count, 6);
}

TEST(MessageTest, SaysWhatItsEncodingLeavesOut) {
  auto warnings_of = [](const std::string& encoding, const std::string& body) {
    const Message message =
        Message::parse("Content-Transfer-Encoding: " + encoding + "\r\n\r\n" + body);
    message.text();
    return message.warnings();
  };
  EXPECT_EQ(warnings_of("base64", "SGk=\r\n-- \r\na list of people\r\n").size(), 0U);
  EXPECT_EQ(warnings_of("base64", "SGk=\r\n-- \r\n" + std::string(5'000, 'x')).size(), 1U);
  EXPECT_EQ(warnings_of("x-uuencode", "only words\r\n").size(), 1U);
}

}  // namespace
}  // namespace postroom::mime
