#include "stores/complete_message.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace postroom::stores {
namespace {

Completion completion() {
  return {"<made@example.com>", base::Instant{std::chrono::seconds(1'790'000'000)}};
}

const std::string date = "Date: Mon, 21 Sep 2026 14:13:20 +0000";
const std::string id = "Message-ID: <made@example.com>";

std::string completed(std::string_view head) {
  return std::string(complete_head(head, completion()).text);
}

TEST(CompleteMessage, HasDateAndMessageIdExactlyOnce) {
  EXPECT_EQ(completed("Subject: x\r\n\r\n"), date + "\r\n" + id + "\r\nSubject: x\r\n\r\n");
  EXPECT_EQ(completed("Subject: x\n\n"), date + "\n" + id + "\nSubject: x\n\n")
      << "a file with LF alone stays one: it may be signed";
  EXPECT_EQ(completed("DATE: a\r\nmessage-id: <b@c>\r\n\r\n"),
            "DATE: a\r\nmessage-id: <b@c>\r\n\r\n");
  EXPECT_EQ(completed("Date: a\r\nMessage-ID: <1@x>\r\nDate : b\r\nMessage-Id:\r\n <2@x>\r\n\r\n"),
            "Date: a\r\nMessage-ID: <1@x>\r\n\r\n");
  EXPECT_FALSE(complete_head("Date: a\r\nMessage-ID: <1@x>\r\n\r\n", completion()).is_changed);
  EXPECT_TRUE(complete_head("Date: a\r\n\r\n", completion()).uses_message_id);
  EXPECT_FALSE(complete_head("Date: a\r\n\r\n", completion()).uses_date);
}

TEST(CompleteMessage, ShowsNobodyTheHiddenRecipients) {
  EXPECT_EQ(completed("Date: a\r\nBcc: secret@example.com,\r\n other@example.com\r\n"
                      "Message-ID: <1@x>\r\nbcc: third@x\r\n\r\n"),
            "Date: a\r\nMessage-ID: <1@x>\r\n\r\n");
}

TEST(CompleteMessage, GivesATextWithoutHeaderOne) {
  EXPECT_EQ(completed("Hello there\n"), date + "\n" + id + "\n\nHello there\n");
  EXPECT_EQ(completed("\r\nHello\r\n"), date + "\r\n" + id + "\r\n\r\nHello\r\n");
  EXPECT_EQ(completed(""), date + "\r\n" + id + "\r\n");
  EXPECT_EQ(completed("Subject: x"), date + "\r\n" + id + "\r\nSubject: x\r\n");
  EXPECT_EQ(completed("From me Mon Nov 23 2026\nDate: a\nMessage-ID: <1@x>\n\n"),
            "Date: a\nMessage-ID: <1@x>\n\n");
}

std::string read_all(base::ByteSource& source) {
  source.rewind();
  std::string all;
  char piece[7];
  while (std::size_t n = source.read(piece)) all.append(piece, n);
  return all;
}

TEST(CompleteMessage, StreamsTheRestAsItIsAndCanBeReadAgain) {
  std::string text(100'000, 'x');
  base::StringSource body("Subject: x\r\nBcc: y@z\r\n\r\nDate: in the text\r\n" + text);
  CompletedHead used;
  auto whole = complete_message(body, completion(), used);
  ASSERT_TRUE(whole);
  const std::string expected =
      date + "\r\n" + id + "\r\nSubject: x\r\n\r\nDate: in the text\r\n" + text;
  EXPECT_EQ(read_all(*whole), expected);
  EXPECT_EQ(read_all(*whole), expected);
  EXPECT_EQ(whole->size(), expected.size());
  EXPECT_TRUE(used.uses_date && used.uses_message_id);

  base::StringSource complete("Date: a\r\nMessage-ID: <1@x>\r\n\r\nx");
  EXPECT_FALSE(complete_message(complete, completion(), used));
}

TEST(CompleteMessage, RefusesAHeaderTooBigToFindTheBccIn) {
  for (const std::string& many : {std::string(1'200'000, 'a'), "X: " + std::string(1'200'000, 'a') +
                                                                   "\r\nBcc: secret@x\r\n\r\n"}) {
    base::StringSource body(many);
    CompletedHead used;
    try {
      complete_message(body, completion(), used);
      ADD_FAILURE() << many.substr(0, 5);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), "send.header_too_big");
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

}  // namespace
}  // namespace postroom::stores
