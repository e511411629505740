#include "mime/builder.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "mime/automatic.hpp"
#include "mime/message.hpp"
#include "mime/reply.hpp"

namespace postroom::mime {
namespace {

std::string read_all(base::ByteSource& source, std::size_t window = 1000) {
  std::string out, buffer(window, '\0');
  while (std::size_t n = source.read(buffer)) out.append(buffer, 0, n);
  return out;
}

// Builds, and holds every built message to the rules of the wire.
std::string built(const Draft& draft) {
  base::ManualClock clock;
  auto source = build(draft, clock);
  std::string raw = read_all(*source);
  EXPECT_EQ(raw.size(), source->size());
  source->rewind();
  EXPECT_EQ(read_all(*source, 7), raw);
  std::size_t line = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\n') {
      EXPECT_TRUE(i > 0 && raw[i - 1] == '\r') << i;
      EXPECT_LE(line, 999U);
      line = 0;
    } else {
      EXPECT_TRUE(raw[i] != '\r' || (i + 1 < raw.size() && raw[i + 1] == '\n')) << i;
      ++line;
    }
  }
  return raw;
}

Draft simple() {
  Draft draft;
  draft.from = {"Ann", "ann@example.com"};
  draft.to = {{"", "bob@example.org"}};
  draft.subject = "Hello";
  draft.text = "Hi\n";
  return draft;
}

std::string part_bytes(const Message& message, std::string_view id) {
  base::StringSink sink;
  message.write_part(id, sink);
  return sink.text;
}

TEST(BuilderTest, RoundTripsText) {
  std::string accents;
  for (int i = 0; i < 500; ++i) accents += "é";
  for (std::string text :
       {std::string(), std::string("plain"), std::string("a\r\nb\nc\rd"), std::string(5000, 'x'),
        accents, std::string("Jürgen schreibt = trailing \n. dot\n.\nFrom x\n"),
        std::string("日本語のテキスト")}) {
    Draft draft = simple();
    draft.text = text;
    Message message = Message::parse(built(draft));
    std::string expected;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
      expected += text[i] == '\r' ? '\n' : text[i];
    }
    if (!expected.empty() && expected.back() != '\n') expected += '\n';
    EXPECT_EQ(message.text(), expected);
    EXPECT_TRUE(message.warnings().empty());
  }
}

TEST(BuilderTest, RoundTripsHeaders) {
  for (std::string text :
       {std::string("Hello"), std::string("é"), std::string("a =?utf-8?Q?b?= c"),
        std::string("日本語の件名はとても長いので折り返されますがそれでも読めます、必ず。"),
        std::string(400, 'a') + " " + std::string(400, 'b'), std::string(3000, 'z'),
        std::string("two  spaces"), std::string("Ünï ") + std::string(200, 'q') + " ende"}) {
    Draft draft = simple();
    draft.subject = text;
    draft.from.name = text.substr(0, 300);
    draft.to = {{"Doe, \"John\" \\", "j@x.org"}, {"日本", "n@x.org"}, {"", "p@x.org"}};
    draft.headers = {{"X-Note", text}};
    Message message = Message::parse(built(draft));
    EXPECT_EQ(message.envelope().subject, text);
    EXPECT_EQ(message.envelope().to, draft.to);
    EXPECT_EQ(message.header("X-Note"), text);
    EXPECT_EQ(message.envelope().from[0].address, "ann@example.com");
  }
}

TEST(BuilderTest, WritesIdentityOnceAndNeverBcc) {
  Draft draft = simple();
  draft.bcc = {{"", "secret@example.net"}};
  draft.importance = Importance::high;
  draft.auto_submitted = "auto-replied";
  std::string raw = built(draft);
  EXPECT_EQ(raw.find("secret"), std::string::npos);
  Message message = Message::parse(raw);
  EXPECT_TRUE(message.envelope().message_id.ends_with("@example.com>"));
  EXPECT_EQ(message.envelope().sent, base::ManualClock().now());
  EXPECT_EQ(message.header("Importance"), "high");
  EXPECT_EQ(message.header("Auto-Submitted"), "auto-replied");
  EXPECT_EQ(message.header("X-Auto-Response-Suppress"), "All");
  EXPECT_NE(make_message_id("a@b"), make_message_id("a@b"));
  draft.message_id = "given@x";
  draft.date = base::Instant{};
  Message given = Message::parse(built(draft));
  EXPECT_EQ(given.envelope().message_id, "<given@x>");
  EXPECT_EQ(given.envelope().sent, base::Instant{});
}

TEST(BuilderTest, AttachesFilesAndBytes) {
  std::string noise;
  for (int i = 0; i < 100'003; ++i) noise += static_cast<char>(i % 251 * 7 >> 1);
  auto path = std::filesystem::path(testing::TempDir()) / "mime_builder_test.bin";
  std::ofstream(path, std::ios::binary) << noise;
  Draft draft = simple();
  draft.html = "<p>Hi <img src=\"cid:pic@x\"></p>";
  draft.attachments = {
      {.path = path},
      {.name = "Rechnung März \"1\" überaus langer Name der nicht in eine Zeile passt.pdf",
       .type = "application/pdf",
       .bytes = "PDF"},
      {.name = "empty.txt", .type = "text/plain"},
      {.name = "pic.png", .type = "image/png", .bytes = "PNG", .content_id = "pic@x"},
      {.name = "m.eml", .type = "message/rfc822", .bytes = "Subject: Inner\n\nbody\n"}};
  Message message = Message::parse(built(draft));
  EXPECT_EQ(message.text(), "Hi\n");
  EXPECT_EQ(message.html(), draft.html + "\n");
  auto found = message.attachments();
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].name, "pic.png");
  EXPECT_TRUE(found[0].inline_);
  EXPECT_EQ(found[1].name, "mime_builder_test.bin");
  EXPECT_TRUE(part_bytes(message, found[1].part_id) == noise);
  EXPECT_EQ(found[2].name, draft.attachments[1].name);
  EXPECT_EQ(part_bytes(message, found[2].part_id), "PDF");
  EXPECT_EQ(part_bytes(message, found[3].part_id), "");
  EXPECT_EQ(found[4].type, "message/rfc822");
  EXPECT_EQ(part_bytes(message, found[4].part_id), "Subject: Inner\r\n\r\nbody\r\n");

  base::ManualClock clock;
  auto source = build(draft, clock);
  std::filesystem::resize_file(path, 10);
  try {
    read_all(*source);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "mime.attachment_changed");
  }
  std::filesystem::remove(path);
}

TEST(BuilderTest, RefusesInjectionAndNonsense) {
  auto code = [](auto change) -> std::string {
    Draft draft = simple();
    change(draft);
    try {
      build(draft);
      return "none";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::config);
      return error.code();
    }
  };
  EXPECT_EQ(code([](Draft& d) { d.subject = "a\r\nBcc: x@y"; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.subject = std::string("a\0b", 3); }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.from.name = "a\nb"; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.to[0].address = "a@b\r\nX: y"; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.bcc = {{"", "a@b\n"}}; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.headers = {{"X", "a\nb"}}; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.headers = {{"X: y\r\nZ", "a"}}; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.headers = {{"bcc", "a@b"}}; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.headers = {{"Content-Type", "a/b"}}; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.auto_submitted = "a\nb"; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.message_id = "<a> <b>"; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.in_reply_to = "<a@b>\r\nX: y"; }), "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.attachments = {{.name = "a\r\nb", .bytes = "x"}}; }),
            "mime.bad_header");
  EXPECT_EQ(
      code([](Draft& d) { d.attachments = {{.name = "a", .type = "x/y\r\nZ: 1", .bytes = "x"}}; }),
      "mime.bad_header");
  EXPECT_EQ(code([](Draft& d) { d.attachments = {{.path = "/nonexistent/x"}}; }),
            "mime.attachment_unreadable");
  for (std::string address : {"", "a", "@b", "a@", "a b@c", "a@b>", "a@b,c@d", "<a@b>"}) {
    EXPECT_EQ(code([&](Draft& d) { d.to[0].address = address; }), "mime.bad_address") << address;
  }
  EXPECT_EQ(code([](Draft& d) { d.from.address = ""; }), "mime.bad_address");
}

Original original() {
  Original from;
  from.envelope.subject = "RE: Re: Offer";
  from.envelope.from = {{"Bob", "bob@x.org"}};
  from.envelope.to = {{"", "Me@x.com"}, {"", "carl@x.org"}};
  from.envelope.cc = {{"", "dora@x.org"}, {"", "bob@x.org"}};
  from.envelope.message_id = "<2@x>";
  from.envelope.references = {"<0@x>", "<1@x>"};
  from.text = "line one\n> older\n";
  return from;
}

TEST(ReplyTest, ThreadsAndQuotes) {
  ReplyOptions options{.from = {"", "me@x.com"}, .text = "Thanks"};
  options.own = {"me@x.com"};
  Draft draft = make_reply(original(), options);
  EXPECT_EQ(draft.subject, "Re: Offer");
  EXPECT_EQ(draft.in_reply_to, "<2@x>");
  EXPECT_EQ(draft.references, (std::vector<std::string>{"<0@x>", "<1@x>", "<2@x>"}));
  EXPECT_EQ(draft.to, (std::vector<Address>{{"Bob", "bob@x.org"}}));
  EXPECT_TRUE(draft.cc.empty());
  EXPECT_EQ(draft.text, "Thanks\n\nBob <bob@x.org> wrote:\n> line one\n>> older\n");
  Message sent = Message::parse(built(draft));
  EXPECT_EQ(sent.header("Auto-Submitted"), "auto-replied");
  EXPECT_TRUE(automatic_reason(sent.headers(), sent.envelope(), {}));
}

TEST(ReplyTest, ChoosesRecipients) {
  auto to = [](const Draft& draft) {
    std::string out;
    for (const auto& one : draft.to) out += one.address + " ";
    out += "|";
    for (const auto& one : draft.cc) out += " " + one.address;
    return out;
  };
  ReplyOptions options{.from = {"", "me@x.com"}, .text = "x"};
  options.own = {"me@x.com"};
  options.all = true;
  EXPECT_EQ(to(make_reply(original(), options)), "bob@x.org carl@x.org | dora@x.org");
  options.exclude = {"BOB@x.org"};
  EXPECT_EQ(to(make_reply(original(), options)), "carl@x.org | dora@x.org");
  options.exclude = {};
  options.all = false;
  Original redirected = original();
  redirected.envelope.reply_to = {{"", "desk@x.org"}};
  EXPECT_EQ(to(make_reply(redirected, options)), "desk@x.org |");
  Original ours = original();
  ours.envelope.from = {{"", "me@x.com"}};
  EXPECT_EQ(to(make_reply(ours, options)), "carl@x.org |");
  ours.envelope.to = {{"", "me@x.com"}};
  EXPECT_EQ(to(make_reply(ours, options)), "me@x.com |");
  Original hostile = original();
  hostile.envelope.from = {{"a\r\nb", "x y@z"}, {"", "nobody"}};
  hostile.envelope.subject = "a\r\nBcc: z@z";
  hostile.envelope.references.assign(500, "<r@x>");
  Draft draft = make_reply(hostile, options);
  EXPECT_EQ(to(draft), "|");
  EXPECT_LE(draft.references.size(), 30U);
  built(draft);
}

TEST(ReplyTest, Forwards) {
  ForwardOptions options{.from = {"", "me@x.com"}, .to = {{"", "eve@x.org"}}, .text = "see below"};
  Draft draft = make_forward(original(), options);
  EXPECT_EQ(draft.subject, "Fwd: Offer");
  EXPECT_TRUE(draft.text.starts_with("see below\n\n---------- Forwarded message"));
  EXPECT_NE(draft.text.find("line one"), std::string::npos);
  built(draft);
}

TEST(AutomaticTest, NamesTheReason) {
  auto reason = [](std::string_view headers) {
    std::string all = "From: p@x.org\r\n" + std::string(headers);
    Headers parsed = parse_headers(headers.contains("From:") ? headers : std::string_view(all));
    std::vector<std::string> own{"me@x.com"};
    return automatic_reason(parsed, envelope_of(parsed), own).has_value();
  };
  for (std::string_view no :
       {"", "Auto-Submitted: no", "Precedence: first-class", "Return-Path: <p@x.org>",
        "X-Auto-Response-Suppress: DR, RN", "From: replyman@x.org", "From: noreplyable@x.org"}) {
    EXPECT_FALSE(reason(no)) << no;
  }
  for (std::string_view yes : {"Auto-Submitted: auto-replied",
                               "auto-submitted: Auto-Generated; x=y",
                               "Precedence: bulk",
                               "Precedence: LIST",
                               "Precedence: junk",
                               "Precedence: auto_reply",
                               "List-Id: <x>",
                               "List-Unsubscribe: <mailto:x@y>",
                               "Return-Path: <>",
                               "Return-Path: < >",
                               "X-Auto-Response-Suppress: All",
                               "X-Auto-Response-Suppress: DR, OOF",
                               "X-Autoreply: yes",
                               "X-Loop: x",
                               "X-Failed-Recipients: a@b",
                               "Content-Type: multipart/report; report-type=delivery-status",
                               "From: MAILER-DAEMON@x.org",
                               "From: MAILER-DAEMON",
                               "From: no-reply@x.org",
                               "From: noreply+5@x.org",
                               "From: bounces-1@x.org",
                               "From: Me@X.com",
                               "From: "}) {
    EXPECT_TRUE(reason(yes)) << yes;
  }
}

}  // namespace
}  // namespace postroom::mime
