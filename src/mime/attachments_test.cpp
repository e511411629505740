#include "mime/attachments.hpp"

#include <gtest/gtest.h>

#include "mime/calendar.hpp"
#include "mime/message.hpp"

namespace postroom::mime {
namespace {

// A part as text: its header lines, an empty line, its body.
std::string part(std::string_view headers, std::string_view body = "x") {
  std::string out(headers);
  if (!out.empty()) out += "\r\n";
  return out + "\r\n" + std::string(body);
}

std::string multi(std::string_view subtype, const std::vector<std::string>& parts) {
  static int count = 0;
  std::string boundary = "b" + std::to_string(++count) + "b";
  std::string out = "Content-Type: multipart/" + std::string(subtype) + "; boundary=" + boundary +
                    "\r\n\r\npreamble";
  for (const auto& one : parts) out += "\r\n--" + boundary + "\r\n" + one;
  return out + "\r\n--" + boundary + "--\r\n";
}

const std::string text = part("Content-Type: text/plain", "words");
const std::string html = part("Content-Type: text/html", "<p>words</p>");
const std::string html_logo = part("Content-Type: text/html", "<img src=\"cid:logo%40x\">");
const std::string pdf =
    part("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment");
const std::string bare_pdf = part("Content-Type: application/pdf; name=a.pdf");
const std::string inline_pdf =
    part("Content-Type: application/pdf\r\nContent-Disposition: inline; filename=a.pdf");
const std::string logo = part(
    "Content-Type: image/png; name=l.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline");
const std::string bare_logo = part("Content-Type: image/png; name=l.png\r\nContent-ID: <logo@x>");
const std::string attached_logo = part(
    "Content-Type: image/png; name=l.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: "
    "attachment");
const std::string lost_image = part(
    "Content-Type: image/png; name=o.png\r\nContent-ID: <other>\r\nContent-Disposition: inline");
const std::string calendar = part("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR");
const std::string ics =
    part("Content-Type: application/ics; name=invite.ics\r\nContent-Disposition: attachment");

std::string rfc822(const std::string& message, std::string_view extra = "") {
  return "Content-Type: message/rfc822" + std::string(extra) + "\r\n\r\nSubject: Inner\r\n" +
         message;
}

struct Case {
  std::string label, message;
  std::string expected;  // path, "*" when inline, ", "
  std::string bodies;    // "text html" ids
};

class AttachmentRule : public testing::TestWithParam<Case> {};

TEST_P(AttachmentRule, Holds) {
  Message message = Message::parse(GetParam().message);
  std::string found;
  for (const auto& one : message.attachments(Nested::recurse)) {
    found += (found.empty() ? "" : ", ") + one.path + (one.inline_ ? "*" : "");
    EXPECT_FALSE(one.name.empty());
    EXPECT_NE(find_part(message.root(), one.part_id), nullptr);
  }
  EXPECT_EQ(found, GetParam().expected) << GetParam().label;
  const Part* plain = text_part(message.root());
  const Part* page = html_part(message.root());
  EXPECT_EQ((plain ? plain->id : "-") + " " + (page ? page->id : "-"), GetParam().bodies)
      << GetParam().label;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, AttachmentRule,
    testing::Values(
        Case{"plain", text, "", "1 -"}, Case{"html", html, "", "- 1"},
        Case{"a pdf alone", pdf, "a.pdf", "- -"},
        Case{"a pdf alone, no disposition", bare_pdf, "a.pdf", "- -"},
        Case{"alternative", multi("alternative", {text, html}), "", "1 2"},
        Case{"mixed", multi("mixed", {text, pdf}), "a.pdf", "1 -"},
        Case{"mixed html", multi("mixed", {html, pdf}), "a.pdf", "- 1"},
        Case{"mixed, no disposition", multi("mixed", {text, bare_pdf}), "a.pdf", "1 -"},
        Case{"mixed, inline pdf", multi("mixed", {text, inline_pdf}), "a.pdf", "1 -"},
        Case{"mixed of alternative", multi("mixed", {multi("alternative", {text, html}), pdf}),
             "a.pdf", "1.1 1.2"},
        Case{"related", multi("related", {html_logo, logo}), "l.png*", "- 1"},
        Case{"Outlook: no disposition",
             multi("related", {multi("alternative", {text, html_logo}), bare_logo}), "l.png*",
             "1.1 1.2"},
        Case{"referenced although attached", multi("related", {html_logo, attached_logo}), "l.png*",
             "- 1"},
        Case{"inline but referenced nowhere", multi("related", {html_logo, logo, lost_image}),
             "l.png*, o.png", "- 1"},
        Case{"inline without HTML", multi("mixed", {text, logo}), "l.png", "1 -"},
        Case{"referenced from mixed", multi("mixed", {html_logo, logo, pdf}), "l.png*, a.pdf",
             "- 1"},
        Case{"Gmail",
             multi("mixed",
                   {multi("related", {multi("alternative", {text, html_logo}), logo}), pdf}),
             "l.png*, a.pdf", "1.1.1 1.1.2"},
        Case{"Thunderbird",
             multi("mixed",
                   {multi("alternative", {text, multi("related", {html_logo, logo})}), pdf}),
             "l.png*, a.pdf", "1.1 1.2.1"},
        Case{"Apple: pdf within the alternative",
             multi("alternative", {text, multi("mixed", {html, inline_pdf})}), "a.pdf", "1 2.1"},
        Case{"pdf within related", multi("related", {html, bare_pdf}), "a.pdf", "- 1"},
        Case{"related, start second",
             multi("related; start=\"<s>\"",
                   {logo, part("Content-Type: text/html\r\nContent-ID: <s>", "cid:logo@x")}),
             "l.png*", "- 2"},
        Case{"related, picture first", multi("related", {logo, html_logo}), "l.png*", "- 2"},
        Case{
            "location",
            multi("related", {part("Content-Type: text/html", "<img src='http://a/b.png'>"),
                              part("Content-Type: image/png\r\nContent-Location: http://a/b.png")}),
            "attachment-2.png*", "- 1"},
        Case{"location not referenced",
             multi("related",
                   {html, part("Content-Type: image/png; name=l.png\r\nContent-Location: b.png")}),
             "l.png", "- 1"},
        Case{"text file after text",
             multi("mixed", {text, part("Content-Type: text/plain; name=n.txt")}), "n.txt", "1 -"},
        Case{"text file before text",
             multi("mixed", {part("Content-Type: text/plain; name=n.txt"), text}), "n.txt", "2 -"},
        Case{"attached text alone",
             part("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=n.txt"),
             "n.txt", "- -"},
        Case{"named body", part("Content-Type: text/html; name=body.html", "x"), "", "- 1"},
        Case{"list footer", multi("mixed", {text, text}), "attachment-2.txt", "1 -"},
        Case{"csv", multi("mixed", {text, part("Content-Type: text/csv")}), "attachment-2.csv",
             "1 -"},
        Case{"signed",
             multi("signed",
                   {text, part("Content-Type: application/pkcs7-signature; name=smime.p7s")}),
             "", "1 -"},
        Case{"signed with pdf",
             multi("signed",
                   {multi("mixed", {text, pdf}), part("Content-Type: application/pgp-signature")}),
             "a.pdf", "1.1 -"},
        Case{"signature elsewhere",
             multi("mixed", {text, part("Content-Type: application/pgp-signature; name=s.asc")}),
             "s.asc", "1 -"},
        Case{"opaque S/MIME", part("Content-Type: application/pkcs7-mime; name=smime.p7m"),
             "smime.p7m", "- -"},
        Case{"encrypted",
             multi("encrypted", {part("Content-Type: application/pgp-encrypted"),
                                 part("Content-Type: application/octet-stream; name=e.asc")}),
             "e.asc", "- -"},
        Case{"AppleDouble",
             multi("mixed", {text, multi("appledouble",
                                         {part("Content-Type: application/applefile; name=a.pdf"),
                                          part("Content-Type: application/pdf")})}),
             "a.pdf", "1 -"},
        Case{"forwarded", multi("mixed", {text, rfc822(text)}), "Inner.eml", "1 -"},
        Case{"forwarded with pdf",
             multi("mixed", {text, rfc822(multi("mixed", {text, pdf}), "; name=f.eml")}),
             "f.eml, f.eml/a.pdf", "1 -"},
        Case{"forwarded twice",
             multi("mixed", {text, rfc822(multi("mixed", {text, rfc822(pdf, "; name=g.eml")}),
                                          "; name=f.eml")}),
             "f.eml, f.eml/g.eml, f.eml/g.eml/a.pdf", "1 -"},
        Case{"forwarded alone", rfc822(text), "Inner.eml", "- -"},
        Case{"forwarded with its logo",
             multi("mixed", {text, rfc822(multi("related", {html_logo, logo}), "; name=f.eml")}),
             "f.eml, f.eml/l.png*", "1 -"},
        Case{"digest",
             multi("digest", {part("", "Subject: A\r\n\r\na"), part("", "Subject: B\r\n\r\nb")}),
             "A.eml, B.eml", "- -"},
        Case{"bounce",
             multi("report; report-type=delivery-status",
                   {text, part("Content-Type: message/delivery-status")}),
             "attachment-2.txt", "1 -"},
        Case{"invitation", multi("alternative", {text, html, calendar}), "invite.ics", "1 2"},
        Case{"enriched", multi("alternative", {text, part("Content-Type: text/enriched"), html}),
             "", "1 3"},
        Case{"pdf in an alternative", multi("alternative", {text, bare_pdf}), "a.pdf", "1 -"},
        Case{"two HTML", multi("mixed", {html, html}), "attachment-2.html", "- 1"},
        Case{"partial", part("Content-Type: message/partial; id=x; number=1"), "attachment-1.bin",
             "- -"},
        Case{"nothing", "", "", "1 -"},
        Case{"empty multipart inside",
             multi("mixed", {text, part("Content-Type: multipart/mixed; boundary=zz", "")}), "",
             "1 -"}));

TEST(AttachmentsTest, GuessesWithoutHtml) {
  Message message = Message::parse(multi("related", {html_logo, logo, lost_image}));
  EXPECT_TRUE(needs_html(message.root()));
  auto guessed = attachments(message.root(), std::nullopt);
  EXPECT_TRUE(guessed[0].inline_ && guessed[1].inline_);
  auto known = attachments(message.root(), std::string("<img src='CID:logo@x'>"));
  EXPECT_TRUE(known[0].inline_);
  EXPECT_FALSE(known[1].inline_);
  EXPECT_FALSE(needs_html(Message::parse(multi("mixed", {html, pdf})).root()));
  EXPECT_FALSE(needs_html(Message::parse(multi("mixed", {text, logo})).root()));
}

TEST(AttachmentsTest, EstimatesSizes) {
  std::string body;
  for (int i = 0; i < 100; ++i) body += std::string(76, 'A') + "\r\n";
  Message message = Message::parse(
      part("Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64", body));
  EXPECT_EQ(message.attachments()[0].size, 5700U);
}

TEST(InvitationTest, FollowsTheRule) {
  auto invites = [](const std::string& raw) {
    const Message message = Message::parse(raw);
    return invitation_part(message.root()) != nullptr;
  };
  EXPECT_TRUE(invites(calendar));
  EXPECT_TRUE(invites(multi("alternative", {text, html, calendar})));
  EXPECT_TRUE(invites(multi("mixed", {text, calendar})));
  EXPECT_TRUE(invites(multi("mixed", {multi("alternative", {text, calendar}), ics})));
  EXPECT_FALSE(invites(multi("mixed", {text, calendar, pdf})));
  EXPECT_FALSE(invites(multi("mixed", {text, ics})));
  EXPECT_FALSE(invites(multi("alternative", {text, part("Content-Type: text/calendar")})));
  EXPECT_FALSE(invites(text));
  EXPECT_FALSE(invites(multi("mixed", {text, rfc822(calendar)})));
}

}  // namespace
}  // namespace postroom::mime
