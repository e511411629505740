#include "tests/conformance/sample_mail.hpp"

#include <array>

#include "base/base64.hpp"
#include "mime/header_text.hpp"
#include "mime/message.hpp"

namespace postroom::test {
namespace {

using namespace mailbox;

constexpr std::array subjects = {"Invoice 12",
                                 "=?utf-8?Q?Stra=C3=9Fe?=",
                                 "=?iso-8859-1?Q?R=E9sum=E9?= of May",
                                 "Re: invoice",
                                 "",
                                 "=?utf-8?B?44GT44KT44Gr44Gh44Gv?=",
                                 "100% \\\"quoted\\\" {3}"};
constexpr std::array people = {"Alice <alice@example.com>",
                               "=?utf-8?Q?J=C3=B6rg?= <joerg@example.org>", "bob@example.net",
                               "\"Doe, Jane\" <jane@example.com>"};
constexpr std::array words = {"invoice", "strasse", "résumé", "alice",      "EXAMPLE.com", "jörg",
                              "x",       "12",      "Doe",    "こんにちは", "needle",      ""};

template <class T>
auto pick(std::mt19937& random, const T& from) {
  return from[random() % from.size()];
}

bool chance(std::mt19937& random, unsigned one_in) { return random() % one_in == 0; }

base::Instant moment(std::mt19937& random) {
  // Whole seconds, within some days around a new year.
  return base::Instant{
      std::chrono::seconds{1'767'225'600 + static_cast<long>(random() % 1'000'000) - 500'000}};
}

std::string pdf_part(std::mt19937& random) {
  return "Content-Type: application/pdf; name=\"invoice.pdf\"\r\nContent-Transfer-Encoding: "
         "base64\r\n"
         "Content-Disposition: attachment; filename*=utf-8''Rechnung%20" +
         std::to_string(random() % 3) + ".pdf\r\n\r\n" +
         base::to_base64(std::string(20 + random() % 100, 'p')) + "\r\n";
}

std::string text_part(std::mt19937& random) {
  switch (random() % 4) {
    case 0:
      return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
             "8bit\r\n\r\nZur Straße: " +
             std::string(pick(random, words)) + "\r\nend\r\n";
    case 1:
      return "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
             "quoted-printable\r\n\r\n"
             "R=E9sum=E9 =\r\nneedle\r\n";
    case 2:
      return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
             "base64\r\n\r\n" +
             base::to_base64("find the needle, Jörg\n") + "\r\n";
    default:
      return "Content-Type: text/plain; format=flowed\r\n\r\nflowed \r\ntext here\r\n\r\nnew\r\n";
  }
}

std::string html_part(std::mt19937& random) {
  const char* picture = chance(random, 2) ? "<img src=\"cid:logo@x\">" : "";
  return "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <b>needle</b> &eacute; " +
         std::string(pick(random, words)) + picture + "</p>\r\n";
}

std::string picture_part() {
  return "Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: "
         "inline\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         base::to_base64("not really a picture") + "\r\n";
}

std::string message_part() {
  return "Content-Type: message/rfc822\r\n\r\nFrom: inner@example.com\r\nSubject: inner\r\n"
         "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <inner@x>\r\n\r\ninner body\r\n";
}

std::string multipart(std::string_view subtype, const std::vector<std::string>& parts,
                      const std::string& boundary) {
  std::string body =
      "Content-Type: multipart/" + std::string(subtype) + "; boundary=\"" + boundary + "\"\r\n\r\n";
  for (const std::string& part : parts) body += "--" + boundary + "\r\n" + part + "\r\n";
  return body + "--" + boundary + "--\r\n";
}

std::string content(std::mt19937& random) {
  const std::string alternative =
      multipart("alternative", {text_part(random), html_part(random)}, "aaa");
  switch (random() % 8) {
    case 0:
      return text_part(random);
    case 1:
      return html_part(random);
    case 2:
      return alternative;
    case 3:
      return multipart("mixed", {text_part(random), pdf_part(random)}, "mmm");
    case 4:
      return multipart("related", {html_part(random), picture_part()}, "rrr");
    case 5:
      return multipart("mixed", {alternative, pdf_part(random), picture_part()}, "mmm");
    case 6:
      return multipart("mixed", {text_part(random), message_part()}, "mmm");
    default:
      return multipart("mixed", {html_part(random), picture_part()}, "mmm");
  }
}

Query random_text(std::mt19937& random) {
  TextTest test;
  test.field = pick(random, std::array{TextField::subject, TextField::from, TextField::to,
                                       TextField::cc, TextField::body, TextField::attachment_name,
                                       TextField::attachment_type, TextField::header});
  test.header_name = pick(random, std::array{"X-Tag", "Subject", "x-missing", "References"});
  test.comparison =
      pick(random, std::array{Comparison::contains, Comparison::contains, Comparison::equals,
                              Comparison::starts_with, Comparison::matches});
  test.wanted.emplace_back(pick(random, words));
  if (chance(random, 3))
    test.wanted.emplace_back(pick(random, std::array{"pdf", "image/", "one", "bob@example.net"}));
  test.case_sensitive = chance(random, 4);
  return {std::move(test)};
}

Query random_leaf(std::mt19937& random) {
  switch (random() % 7) {
    case 0: {
      const Flag flag = pick(random, std::array{Flag::seen, Flag::flagged, Flag::answered,
                                                Flag::draft, Flag::deleted});
      return {FlagTest{flag, chance(random, 2)}};
    }
    case 1:
    case 2: {
      TimeTest test;
      test.field = chance(random, 2) ? TimeField::received : TimeField::sent;
      if (!chance(random, 3)) test.since = moment(random);
      if (!chance(random, 3)) test.before = moment(random);
      return {test};
    }
    case 3: {
      SizeTest test;
      if (chance(random, 2)) test.larger_than = 200 + random() % 800;
      if (chance(random, 2))
        test.smaller_than = chance(random, 8) ? 5'000'000'000ull : 200 + random() % 1200;
      return {test};
    }
    case 4:
      return {AttachmentTest{chance(random, 2)}};
    case 5:
      return {ImportanceTest{
          pick(random, std::array{Importance::low, Importance::normal, Importance::high})}};
    default:
      return random_text(random);
  }
}

}  // namespace

Sample random_sample(std::mt19937& random, int n) {
  Sample sample;
  std::string& raw = sample.raw;
  raw = "From: " + std::string(pick(random, people)) + "\r\nTo: " + pick(random, people);
  if (chance(random, 2)) raw += ",\r\n " + std::string(pick(random, people));
  raw += "\r\nMessage-ID: <" + std::to_string(n) +
         "@sample>\r\nSubject: " + pick(random, subjects) + "\r\n";
  if (chance(random, 3)) raw += "Cc: " + std::string(pick(random, people)) + "\r\n";
  if (!chance(random, 8)) {
    const int minutes = static_cast<int>(random() % (26 * 60)) - 12 * 60;
    raw += "Date: " + mime::format_date(moment(random), std::chrono::minutes(minutes)) + "\r\n";
  }
  if (chance(random, 3)) raw += "References: <a@x> <b@x>\r\nIn-Reply-To: <b@x>\r\n";
  if (chance(random, 3)) raw += "X-Tag: " + std::string(chance(random, 2) ? "one" : "Two") + "\r\n";
  if (chance(random, 4)) raw += "Importance: high\r\n";
  if (chance(random, 5)) raw += "X-Priority: 5 (low)\r\n";
  raw += "MIME-Version: 1.0\r\n" + content(random);
  sample.flags.seen = chance(random, 2);
  sample.flags.flagged = chance(random, 4);
  sample.flags.answered = chance(random, 4);
  sample.flags.draft = chance(random, 8);
  sample.received = moment(random);
  return sample;
}

Query random_query(std::mt19937& random, int depth) {
  if (depth == 0 || chance(random, 3)) return random_leaf(random);
  std::vector<Query> of;
  for (std::size_t i = 0, n = random() % 4; i < n; ++i)
    of.push_back(random_query(random, depth - 1));
  switch (random() % 3) {
    case 0:
      return {All{std::move(of)}};
    case 1:
      return {Any{std::move(of)}};
    default:
      return {Not{{random_query(random, depth - 1)}}};
  }
}

Want random_want(std::mt19937& random) {
  Want want;
  want.envelope = true;  // the Message-ID names the sample
  want.flags = chance(random, 2);
  want.size = chance(random, 2);
  want.received = chance(random, 2);
  want.structure = chance(random, 3);
  want.text = chance(random, 3);
  want.all_headers = chance(random, 8);
  if (chance(random, 3)) want.headers = {"X-Tag"};
  return want;
}

Message full_message(const std::string& raw, const Flags& flags, base::Instant received) {
  const mime::Message parsed = mime::Message::parse(raw);
  Message message;
  message.flags = flags;
  message.size = raw.size();
  message.received = received;
  message.envelope = parsed.envelope();
  for (const mime::Header& header : parsed.headers()) {
    message.headers.emplace_back(header.name, mime::decode_header(header.value));
  }
  message.structure = parsed.root();
  message.attachments = parsed.attachments();
  message.text = parsed.text();
  message.html = parsed.html();
  return message;
}

}  // namespace postroom::test
