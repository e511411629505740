// Built messages held to the rules of the wire, and read back by two other readers: ours and GMime.
#include <set>

#include <fmt/format.h>
#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/builder.hpp"
#include "mime/html_text.hpp"
#include "mime/media_type.hpp"
#include "mime/message.hpp"

namespace postroom::mime {
namespace {

// A sequence that is the same in every run.
class Chance {
 public:
  explicit Chance(std::uint32_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t n) {
    state_ = state_ * 1664525 + 1013904223;
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(state_) * n) >> 32);
  }

 private:
  std::uint32_t state_;
};

constexpr std::string_view words[] = {
    "Hello",
    "a",
    "Rechnung",
    "März",
    "日本語",
    "😀",
    "=?utf-8?Q?x?=",
    "\"",
    "\\",
    "(",
    ")",
    ",",
    ";",
    ":",
    "<b>",
    "@",
    "é",
    "=",
    "?",
    "_",
    "%20",
    "'",
    ".",
    "-",
    "Ünïcödé",
    "請求書",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "From ",
    "e\xCC\x81",
    "ﬀ",
    "Ωmega",
    "שלום"};

std::string some_text(Chance& chance, std::uint32_t most) {
  std::string out;
  for (std::uint32_t i = 0, n = chance.below(most + 1); i < n; ++i) {
    if (!out.empty() && chance.below(3) > 0) out += ' ';
    out += words[chance.below(std::size(words))];
  }
  return std::string(base::trim(out));
}

std::vector<Address> some_addresses(Chance& chance) {
  std::vector<Address> all;
  for (std::uint32_t i = 0, n = chance.below(12); i < n; ++i) {
    all.push_back(
        {some_text(chance, 4), fmt::format("user{}@host{}.example", i, chance.below(99))});
  }
  return all;
}

Draft some_draft(Chance& chance) {
  Draft draft;
  draft.from = {some_text(chance, 3), "ann@example.com"};
  draft.to = some_addresses(chance);
  draft.cc = some_addresses(chance);
  draft.bcc = {{"", "hidden@secret.example"}};
  draft.subject = some_text(chance, 30);
  for (std::uint32_t i = 0, n = chance.below(40); i < n; ++i)
    draft.references.push_back(fmt::format("<{}.{}@mail.example>", i, chance.below(1u << 30)));
  if (!draft.references.empty()) draft.in_reply_to = draft.references.back();
  for (std::uint32_t i = 0, n = chance.below(30); i < n; ++i)
    draft.text += some_text(chance, 30) + "\n";
  if (chance.below(2) == 0) draft.html = "<p>" + text_to_html(some_text(chance, 50)) + "</p>\n";
  for (std::uint32_t i = 0, n = chance.below(4); i < n; ++i) {
    DraftFile file;
    file.name = some_text(chance, 6) + "x.pdf";
    for (std::uint32_t k = 0, size = chance.below(400); k < size; ++k)
      file.bytes += static_cast<char>(chance.below(256));
    if (chance.below(3) == 0) file.content_id = fmt::format("part{}@x.example", i);
    draft.attachments.push_back(std::move(file));
  }
  draft.headers = {{"X-Note", some_text(chance, 20)}};
  return draft;
}

std::string wire_of(const Draft& draft) {
  base::ManualClock clock;
  auto source = build(draft, clock);
  std::string out, buffer(777, '\0');
  while (std::size_t n = source->read(buffer)) out.append(buffer, 0, n);
  EXPECT_EQ(out.size(), source->size());
  return out;
}

void expect_rules(std::string_view raw) {
  bool in_header = true;
  std::string_view rest = raw;
  while (!rest.empty()) {
    std::size_t end = rest.find("\r\n");
    ASSERT_NE(end, std::string_view::npos) << "the last line has no end";
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    ASSERT_EQ(line.find_first_of("\r\n"), std::string_view::npos);
    ASSERT_LE(line.size(), 998U);
    if (line.empty()) in_header = false;
    if (!in_header) continue;
    ASSERT_TRUE(base::is_ascii(line)) << line;
    ASSERT_FALSE(base::trim(line).empty()) << "a line of blanks ends the header for some";
    // Longer only where there is no place to fold.
    std::size_t first_blank = line.find(' ', line.find_first_not_of(' '));
    bool foldable = first_blank != std::string_view::npos &&
                    line.find(' ', first_blank + 1) != std::string_view::npos;
    if (foldable) ASSERT_LE(line.size(), 78U) << line;
    for (std::size_t at = line.find("=?"); at != std::string_view::npos;
         at = line.find("=?", at + 2)) {
      std::size_t word_end = line.find("?=", line.find('?', at + 8) + 1);
      ASSERT_NE(word_end, std::string_view::npos)
          << "an encoded word is broken over lines: " << line;
      ASSERT_LE(word_end + 2 - at, 75U);
      at = word_end;
    }
  }
}

std::size_t times(std::string_view raw, std::string_view field) {
  std::size_t count = 0;
  std::string_view header = raw.substr(0, raw.find("\r\n\r\n") + 2);
  for (std::size_t at = header.find(field); at != std::string_view::npos;
       at = header.find(field, at + 1))
    if (at == 0 || header[at - 1] == '\n') ++count;
  return count;
}

std::string joined(const std::vector<Address>& addresses) {
  std::string out;
  for (const auto& one : addresses) out += one.name + "|" + one.address + "\n";
  return out;
}

std::string with_line_end(std::string text) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text;
}

TEST(BuilderWireTest, RandomDraftsComeBackWhole) {
  Chance chance(2026);
  for (int round = 0; round < 150; ++round) {
    Draft draft = some_draft(chance);
    std::string raw = wire_of(draft);
    ASSERT_NO_FATAL_FAILURE(expect_rules(raw)) << raw;
    for (std::string_view field : {"Date:", "Message-ID:", "From:", "Subject:", "MIME-Version:"})
      ASSERT_EQ(times(raw, field), 1U) << field;
    ASSERT_FALSE(raw.contains("hidden@secret")) << raw;
    Message message = Message::parse(raw);
    ASSERT_TRUE(message.warnings().empty()) << message.warnings().front();
    EXPECT_EQ(message.envelope().subject, draft.subject);
    EXPECT_EQ(message.envelope().from.at(0), draft.from);
    EXPECT_EQ(joined(message.envelope().to), joined(draft.to));
    EXPECT_EQ(joined(message.envelope().cc), joined(draft.cc));
    EXPECT_EQ(message.envelope().references, draft.references);
    EXPECT_EQ(message.header("X-Note"), draft.headers[0].second);
    if (!draft.text.empty()) EXPECT_EQ(message.text(), with_line_end(draft.text));
    EXPECT_EQ(message.html(), with_line_end(draft.html));
    std::multiset<std::string> sent, found;
    for (const auto& file : draft.attachments) sent.insert(file.name + "|" + file.bytes);
    for (const auto& one : message.attachments()) {
      base::StringSink sink;
      message.write_part(one.part_id, sink);
      found.insert(one.name + "|" + sink.text);
      EXPECT_EQ(one.type, "application/pdf");
    }
    EXPECT_EQ(found, sent);
    if (HasFailure()) FAIL() << raw;
  }
}

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

// Another implementation reads the same.
TEST(BuilderWireTest, GMimeReadsTheSame) {
  g_mime_init();
  Chance chance(77);
  for (int round = 0; round < 60; ++round) {
    Draft draft = some_draft(chance);
    std::string raw = wire_of(draft);
    GMimeStream* stream = g_mime_stream_mem_new_with_buffer(raw.data(), raw.size());
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
    EXPECT_EQ(text_of(g_mime_message_get_subject(parsed)), draft.subject);
    InternetAddressList* to = g_mime_message_get_to(parsed);
    ASSERT_EQ(internet_address_list_length(to), static_cast<int>(draft.to.size()));
    for (std::size_t i = 0; i < draft.to.size(); ++i) {
      InternetAddress* one = internet_address_list_get_address(to, static_cast<int>(i));
      std::string name = text_of(internet_address_get_name(one));
      std::erase_if(name,
                    [](char c) { return c == '\r' || c == '\n'; });  // it leaves folds in quotes
      EXPECT_EQ(name, draft.to[i].name) << format_address(draft.to[i]);
      EXPECT_EQ(text_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))),
                draft.to[i].address);
    }
    std::multiset<std::string> sent, found;
    for (const auto& file : draft.attachments) sent.insert(file.name + "|" + file.bytes);
    g_mime_message_foreach(
        parsed,
        [](GMimeObject*, GMimeObject* object, gpointer data) {
          if (!GMIME_IS_PART(object)) return;
          const char* name = g_mime_part_get_filename(GMIME_PART(object));
          if (name == nullptr) return;
          GMimeStream* out = g_mime_stream_mem_new();
          g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(object)), out);
          GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
          static_cast<std::multiset<std::string>*>(data)->insert(
              std::string(name) + "|" +
              std::string(reinterpret_cast<char*>(bytes->data), bytes->len));
          g_object_unref(out);
        },
        &found);
    EXPECT_EQ(found, sent);
    g_object_unref(parsed);
    g_object_unref(parser);
    g_object_unref(stream);
    if (HasFailure()) FAIL() << raw;
  }
}

Draft plain_draft() {
  Draft draft;
  draft.from = {"", "ann@example.com"};
  draft.to = {{"", "bob@example.org"}};
  draft.text = "Hi\n";
  return draft;
}

TEST(BuilderWireTest, NestsAlternativeRelatedAndMixed) {
  Draft draft = plain_draft();
  draft.html = "<img src=cid:p@x>";
  draft.attachments = {{.name = "p.png", .bytes = "P", .content_id = "p@x"},
                       {.name = "a.docx", .bytes = "D"}};
  Message message = Message::parse(wire_of(draft));
  const Part& root = message.root();
  ASSERT_TRUE(root.is("multipart", "mixed"));
  ASSERT_EQ(root.children.size(), 2U);
  ASSERT_TRUE(root.children[0].is("multipart", "alternative"));
  EXPECT_TRUE(root.children[0].children.at(0).is("text", "plain"));
  const Part& related = root.children[0].children.at(1);
  ASSERT_TRUE(related.is("multipart", "related"));
  EXPECT_TRUE(related.children.at(0).is("text", "html"));
  EXPECT_TRUE(related.children.at(1).is("image", "png"));
  EXPECT_EQ(related.children.at(1).disposition, "inline");
  EXPECT_EQ(root.children[1].subtype,
            "vnd.openxmlformats-officedocument.wordprocessingml.document");
}

TEST(BuilderWireTest, ChoosesTheEncodingByTheText) {
  auto encoding = [](std::string text) {
    Draft draft = plain_draft();
    draft.text = std::move(text);
    std::string raw = wire_of(draft);
    EXPECT_NO_FATAL_FAILURE(expect_rules(raw));
    EXPECT_EQ(Message::parse(raw).text(), with_line_end(draft.text));
    return Message::parse(raw).root().encoding;
  };
  EXPECT_EQ(encoding("plain"), "7bit");
  EXPECT_EQ(encoding(std::string(980, 'x') + "\n"), "7bit");
  EXPECT_EQ(encoding(std::string(999, 'x') + "\n"), "quoted-printable");
  EXPECT_EQ(encoding("Grüße an alle, die das hier lesen\n"), "quoted-printable");
  EXPECT_EQ(encoding("日本語のテキスト\n"), "base64");
  EXPECT_EQ(encoding("hello\nFrom here on\n"), "quoted-printable");
  EXPECT_EQ(encoding(".\n..\n.x\n"), "7bit");
}

TEST(BuilderWireTest, WritesAttachedMessagesAsTheyAre) {
  Draft draft = plain_draft();
  draft.attachments = {
      {.name = "a.eml", .bytes = "Subject: x\n\nbody\n"},
      {.name = "b.eml", .bytes = "Subject: x\n\n" + std::string(2000, 'y') + "\n"}};
  Message message = Message::parse(wire_of(draft));
  const auto& parts = message.root().children;
  EXPECT_TRUE(parts.at(1).is_message());
  EXPECT_EQ(parts.at(1).encoding, "7bit");
  EXPECT_EQ(parts.at(2).encoding, "base64") << "a line that SMTP cannot carry";
  EXPECT_EQ(parts.at(2).subtype, "octet-stream");
}

TEST(BuilderWireTest, KeepsBlanksAndLongWords) {
  for (std::string text :
       {std::string(" leading"), std::string("trailing "), "a" + std::string(3000, ' ') + "b",
        std::string(5000, 'w'), std::string(400, 'w') + " " + std::string(499, 'v')}) {
    Draft draft = plain_draft();
    draft.headers = {{"X-Note", text}};
    draft.subject = text;
    std::string raw = wire_of(draft);
    ASSERT_NO_FATAL_FAILURE(expect_rules(raw));
    EXPECT_EQ(Message::parse(raw).header("X-Note"), base::trim(text));
  }
}

TEST(BuilderWireTest, NeedsSmtputf8OnlyForLocalParts) {
  EXPECT_FALSE(needs_smtputf8({"Jürgen", "j@example.com"}));
  EXPECT_FALSE(needs_smtputf8({"", "j@münchen.example"}));
  EXPECT_TRUE(needs_smtputf8({"", "jürgen@example.com"}));
  Draft draft = plain_draft();
  draft.to = {{"Jürgen", "j@münchen.example"}};
  std::string raw = wire_of(draft);
  EXPECT_TRUE(base::is_ascii(raw));
  EXPECT_TRUE(raw.contains("<j@xn--mnchen-3ya.example>")) << raw;
  // As on the envelope (IDNA 2008): not fass.de, which is somebody else's.
  EXPECT_EQ(format_address({"", "you@faß.de"}), "you@xn--fa-hia.de");
  draft.to = {{"", "j\xFF@example.com"}};
  EXPECT_THROW(wire_of(draft), base::Error);
}

TEST(BuilderWireTest, RefusesIdsThatNoLineHolds) {
  Draft draft = plain_draft();
  draft.references = {"<" + std::string(950, 'x') + "@y>"};
  EXPECT_THROW(wire_of(draft), base::Error);
  draft.references = {};
  draft.headers = {{"Resent-Bcc", "x@y.example"}};
  EXPECT_THROW(wire_of(draft), base::Error);
}

TEST(MediaTypeTest, GoesByTheExtension) {
  EXPECT_EQ(media_type_of("a.pdf"), "application/pdf");
  EXPECT_EQ(media_type_of("A.B.JPG"), "image/jpeg");
  EXPECT_EQ(media_type_of("x.tar.gz"), "application/gzip");
  EXPECT_EQ(media_type_of("7z"), "application/octet-stream");
  EXPECT_EQ(media_type_of("a."), "application/octet-stream");
  EXPECT_EQ(media_type_of(""), "application/octet-stream");
  EXPECT_EQ(media_type_of("a.nonsense"), "application/octet-stream");
}

}  // namespace
}  // namespace postroom::mime
