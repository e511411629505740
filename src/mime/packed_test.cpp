#include "mime/packed.hpp"

#include <gtest/gtest.h>

#include "mime/decoder.hpp"
#include "mime/encoded_blocks.hpp"
#include "mime/message.hpp"

namespace postroom::mime {
namespace {

std::string number(std::uint64_t value, int width) {
  std::string out;
  for (int i = 0; i < width; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

std::string attribute(int level, std::uint32_t tag, const std::string& data) {
  std::uint32_t sum = 0;
  for (char c : data) sum += static_cast<unsigned char>(c);
  return number(static_cast<std::uint64_t>(level), 1) + number(tag, 4) + number(data.size(), 4) +
         data + number(sum, 2);
}

std::string padded(std::string data) {
  while (data.size() % 4 != 0) data += '\0';
  return data;
}

std::string text(std::uint16_t id, const std::string& value) {
  return number(0x1E, 2) + number(id, 2) + number(1, 4) + number(value.size() + 1, 4) +
         padded(value + '\0');
}

std::string binary(std::uint16_t type, std::uint16_t id, const std::string& value) {
  return number(type, 2) + number(id, 2) + number(1, 4) + number(value.size(), 4) + padded(value);
}

// 1601 to 1970 is 11,644,473,600 s.
std::string time(std::uint16_t id, std::uint64_t unix_seconds, const std::string& name = {}) {
  return number(0x40, 2) + number(id, 2) + name +
         number((unix_seconds + 11'644'473'600ULL) * 10'000'000, 8);
}

std::string list(const std::vector<std::string>& properties) {
  std::string out = number(properties.size(), 4);
  for (const auto& one : properties) out += one;
  return out;
}

std::string stream(const std::string& kind, const std::vector<std::string>& properties,
                   const std::string& rest = {}) {
  return number(0x223E9F78, 4) + number(1, 2) + attribute(1, 0x00078008, kind + '\0') +
         attribute(1, 0x00069003, list(properties)) + rest;
}

Opened open(const std::string& bytes, Packing packing, Nested nested = Nested::recurse) {
  Attachment row;
  row.part_id = "2";
  row.name = row.path = "winmail.dat";
  row.packing = packing;
  return open_packed(row, bytes, nested);
}

const std::string appointment("\x02\x20\x06\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 16);
constexpr std::uint64_t monday_at_ten = 1'795'428'000;  // 2026-11-23T10:00:00Z

TEST(PackedTest, AMeetingBecomesACalendarFile) {
  const std::string bytes =
      stream("IPM.Schedule.Meeting.Request",
             {text(0x0037, "Budget; second, and last"), text(0x0C1A, "Ann"),
              text(0x5D01, "ann@example.com"), text(0x1000, "Bring\r\nnumbers"),
              time(0x0039, monday_at_ten - 86'400),
              time(0x8001, monday_at_ten, appointment + number(0, 4) + number(0x820D, 4)),
              time(0x8002, monday_at_ten + 1800, appointment + number(0, 4) + number(0x820E, 4))});
  const Opened opened = open(bytes, Packing::tnef);
  EXPECT_FALSE(opened.stays);
  ASSERT_EQ(opened.files.size(), 1U);
  EXPECT_EQ(opened.files[0].attachment.path, "winmail.dat/invite.ics");
  std::string calendar(opened.files[0].bytes);
  const std::size_t uid = calendar.find("UID:");
  calendar.erase(uid, calendar.find("\r\n", uid) + 2 - uid);  // made up: it names none
  EXPECT_EQ(calendar,
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Postroom//winmail.dat//EN\r\n"
            "METHOD:REQUEST\r\nBEGIN:VEVENT\r\nDTSTAMP:20261122T100000Z\r\n"
            "DTSTART:20261123T100000Z\r\nDTEND:20261123T103000Z\r\n"
            "SUMMARY:Budget\\; second\\, and last\r\nDESCRIPTION:Bring\\nnumbers\r\n"
            "ORGANIZER;CN=\"Ann\":mailto:ann@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(PackedTest, AnAttachedMessageBecomesMail) {
  const std::string file = attribute(2, 0x00069002, std::string(14, '\0')) +
                           attribute(2, 0x00018010, std::string("b.txt\0", 6)) +
                           attribute(2, 0x0006800F, "the file");
  const std::string inner =
      stream("IPM.Note",
             {text(0x0037, "Offer"), text(0x1000, "inner words"), text(0x0C1A, "Carl"),
              text(0x5D01, "carl@example.net"), time(0x0039, monday_at_ten)},
             file);
  const std::string interface("\x07\x03\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 16);
  const std::string outer =
      stream("IPM.Note", {},
             attribute(2, 0x00069002, std::string(14, '\0')) +
                 attribute(2, 0x00069005, list({binary(0x0D, 0x3701, interface + inner)})));
  const Opened opened = open(outer, Packing::tnef);
  ASSERT_EQ(opened.files.size(), 2U);
  EXPECT_EQ(opened.files[0].attachment.name, "Offer.eml");
  EXPECT_EQ(opened.files[1].attachment.path, "winmail.dat/Offer.eml/b.txt");
  EXPECT_EQ(opened.files[1].bytes, "the file");
  const Message mail = Message::parse(std::string(opened.files[0].bytes));
  EXPECT_EQ(mail.envelope().subject, "Offer");
  EXPECT_EQ(mail.envelope().from.at(0).address, "carl@example.net");
  EXPECT_EQ(mail.header("Date"), "Mon, 23 Nov 2026 10:00:00 +0000");
  EXPECT_EQ(mail.text(), "inner words\n");
  EXPECT_TRUE(mail.warnings().empty());
  // The same bytes each time: saving them twice is one file.
  EXPECT_EQ(open(outer, Packing::tnef).files[0].bytes, opened.files[0].bytes);
  // Kept whole where nobody asks for its insides.
  EXPECT_EQ(open(outer, Packing::tnef, Nested::closed).files.size(), 1U);
}

TEST(PackedTest, AMessageMayLieAboutItsEncoding) {
  const std::string mail = "Subject: s\r\n\r\nwords\r\n";
  for (const std::string& bytes : {mail, std::string("U3ViamVjdDogcw0KDQp3b3Jkcw0K")}) {
    base::StringSink sink;
    Decoder decoder(Encoding::message_base64, sink);
    for (char c : bytes) decoder.write({&c, 1});
    decoder.finish();
    EXPECT_EQ(sink.text, mail);
  }
}

TEST(PackedTest, LimitsHold) {
  // More files than it takes: the first ones, and a word about the rest.
  std::string many;
  for (int i = 0; i < 2'000; ++i)
    many += attribute(2, 0x00069002, std::string(14, '\0')) + attribute(2, 0x0006800F, "x");
  const Opened opened = open(stream("IPM.Note", {}, many), Packing::tnef);
  EXPECT_EQ(opened.files.size(), 1'000U);
  EXPECT_TRUE(opened.stays);
  ASSERT_EQ(opened.warnings.size(), 1U);

  // RTF that claims more than there may be.
  const std::string bomb = number(20, 4) + number(0x7FFFFFFF, 4) + "LZFu" + number(0, 4) + "aaaa";
  EXPECT_TRUE(open(stream("IPM.Note", {binary(0x102, 0x1009, bomb)}), Packing::tnef_with_words)
                  .files.empty());

  // A text of nothing but beginnings.
  std::string beginnings;
  for (int i = 0; i < 50'000; ++i) beginnings += "begin 644 a\n#0V%T\n";
  EXPECT_TRUE(find_encoded_blocks(beginnings).empty());
  std::string whole;
  for (int i = 0; i < 500; ++i) whole += "begin 644 a\n#0V%T\n`\nend\n";
  EXPECT_EQ(find_encoded_blocks(whole).size(), 200U);

  // A message too large to be opened stays.
  MessageLimits small;
  small.packed.bytes = 100;
  const Message message = Message::parse(
      "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + std::string(200, 'x'), small);
  ASSERT_EQ(message.attachments().size(), 1U);
  EXPECT_EQ(message.attachments()[0].name, "winmail.dat");
  ASSERT_EQ(message.warnings().size(), 1U);
  EXPECT_TRUE(message.warnings()[0].contains("larger than"));
}

// Messages inside messages hold the same body again and again.
TEST(PackedTest, HoldsNoMoreThanTwiceItsLimit) {
  std::string nested = "Subject: innermost\r\n\r\n" + std::string(60'000, 'x');
  for (int i = 0; i < 90; ++i) nested = "Content-Type: message/rfc822\r\n\r\n" + nested;
  Attachment row;
  row.part_id = "2";
  row.name = row.path = "a.eml";
  row.packing = Packing::message;
  PackedLimits limits;
  limits.bytes = 100'000;
  const Opened opened = open_packed(row, nested, Nested::recurse, limits);
  EXPECT_TRUE(opened.stays);
  EXPECT_GE(opened.files.size(), 1U);
  std::size_t held = 0;
  for (const OpenedFile& file : opened.files) held += file.bytes.size();
  EXPECT_LE(held, 2 * limits.bytes);
  ASSERT_EQ(opened.warnings.size(), 1U);
  EXPECT_TRUE(opened.warnings[0].contains("holds more than Postroom opens"));
}

TEST(PackedTest, SaysOnceThatThereAreMoreFiles) {
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += attribute(2, 0x00069002, std::string(14, '\0')) + attribute(2, 0x0006800F, "x");
  Attachment row;
  row.name = row.path = "winmail.dat";
  row.packing = Packing::tnef;
  PackedLimits limits;
  limits.files = 3;
  const Opened opened = open_packed(row, stream("IPM.Note", {}, many), Nested::recurse, limits);
  EXPECT_EQ(opened.files.size(), 3U);
  ASSERT_EQ(opened.warnings.size(), 1U);
  EXPECT_TRUE(opened.warnings[0].contains("more files"));
}

TEST(PackedTest, ManyFilesInOneTextAreSaidNotDropped) {
  std::string text;
  for (int i = 0; i < 250; ++i) text += "begin 644 a.txt\n#0V%T\n`\nend\n";
  const Opened opened = open(text, Packing::text);
  EXPECT_EQ(opened.files.size(), 200U);
  ASSERT_EQ(opened.warnings.size(), 1U);
  EXPECT_TRUE(opened.warnings[0].contains("first 200 files")) << opened.warnings[0];
}

TEST(PackedTest, AnObjectInsideTheTextKeepsTheWhole) {
  const std::string object =
      stream("IPM.Note", {},
             attribute(2, 0x00069002, std::string(14, '\0')) +
                 attribute(2, 0x00069005, list({binary(0x0D, 0x3701, std::string(16, 'o'))})));
  const Opened opened = open(object, Packing::tnef);
  EXPECT_TRUE(opened.stays);
  EXPECT_TRUE(opened.files.empty());
  ASSERT_EQ(opened.warnings.size(), 1U);
  EXPECT_TRUE(opened.warnings[0].contains("object inside its text"));

  const std::string bomb = number(20, 4) + number(0x7FFFFFFF, 4) + "LZFu" + number(0, 4) + "aaaa";
  const Opened large =
      open(stream("IPM.Note", {binary(0x102, 0x1009, bomb)}), Packing::tnef_with_words);
  EXPECT_TRUE(large.stays);
  ASSERT_EQ(large.warnings.size(), 1U);
  EXPECT_TRUE(large.warnings[0].contains("RTF"));
}

TEST(PackedTest, AFileOfAWinmailMaySayNoTypeThatHoldsParts) {
  for (const std::string& type :
       {std::string("multipart/mixed"), std::string("message/rfc822"), std::string("a/b\x01")}) {
    const std::string file =
        attribute(2, 0x00069002, std::string(14, '\0')) +
        attribute(2, 0x0006800F, "Subject: s\r\n\r\nx") +
        attribute(2, 0x00069005, list({text(0x3707, "a.pdf"), text(0x370E, type)}));
    const Opened opened = open(stream("IPM.Note", {}, file), Packing::tnef);
    ASSERT_EQ(opened.files.size(), 1U) << type;
    EXPECT_EQ(opened.files[0].attachment.type, "application/pdf") << type;
  }
}

TEST(PackedTest, YencWithoutAnEndIsWords) {
  EXPECT_TRUE(find_encoded_blocks("=ybegin line=128 size=3 name=a b.pdf\nabc\nmore\n").empty());
  std::string beginnings;
  for (int i = 0; i < 50'000; ++i) beginnings += "=ybegin line=1 size=3 name=a\nabc\n";
  EXPECT_TRUE(find_encoded_blocks(beginnings).empty());
  const auto found = find_encoded_blocks(beginnings +
                                         "=ybegin line=128 size=3 name=a part=1 b.pdf\n"
                                         "\x8B\x8C\x8D\n=yend size=3\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "a part=1 b.pdf");
  EXPECT_EQ(found[0].bytes, "abc");
  EXPECT_EQ(found[0].problem, "");
}

}  // namespace
}  // namespace postroom::mime
