#include "flow/where/where.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "mailbox/evaluate.hpp"

namespace postroom::flow {
namespace {

using base::List;
using base::Map;
using base::Value;

const base::Instant now{std::chrono::milliseconds{1'790'000'000'000}};  // 2026-09-21T14:13:20Z

mailbox::Message message() {
  mailbox::Message m;
  m.envelope.subject = "Invoice 7";
  m.envelope.from = {{"Jane Doe", "jane@example.com"}};
  m.envelope.to = {{"", "ap@example.com"}};
  m.received = now - std::chrono::hours(30);
  m.size = 5'000'000;
  m.flags.seen = true;
  m.headers = {{"X-Spam-Flag", "YES"}, {"Importance", "high"}};
  m.attachments = {{.part_id = "2", .name = "a.pdf", .type = "application/pdf"}};
  m.text = "please pay";
  return m;
}

bool matches(Map where) {
  return mailbox::Evaluator(to_query(where, "Europe/Paris", now)).matches(message());
}

std::string code(Map where) {
  try {
    to_query(where, "UTC", now);
  } catch (const base::Error& error) {
    return error.code();
  }
  return "fine";
}

TEST(Where, MeansWhatTheContractSays) {
  EXPECT_TRUE(matches({}));
  EXPECT_TRUE(matches({{"status", "read"}}));
  EXPECT_FALSE(matches({{"status", "unread"}}));
  EXPECT_TRUE(matches({{"status", "all"}}));
  EXPECT_TRUE(matches({{"subject", "invoice"}}));
  EXPECT_TRUE(matches({{"subject", List{"bill", "invoice"}}}));
  EXPECT_FALSE(matches({{"subject", Map{{"contains", "invoice"}, {"case", true}}}}));
  EXPECT_TRUE(matches({{"subject", Map{{"contains", "invoice"}, {"case", "false"}}}}));
  EXPECT_TRUE(matches({{"subject", Map{{"starts_with", "inv"}, {"matches", "[0-9]$"}}}}));
  EXPECT_FALSE(matches({{"subject", Map{{"starts_with", "inv"}, {"matches", "[a-z]$"}}}}));
  EXPECT_TRUE(matches({{"from", "jane doe"}}));
  EXPECT_TRUE(matches({{"from", Map{{"equals", "jane@example.com"}}}}));
  EXPECT_TRUE(matches({{"from", Map{{"name", "x"}, {"address", "jane@example.com"}}}}));
  EXPECT_TRUE(matches({{"body", "pay"}}));
  EXPECT_TRUE(
      matches({{"has_attachment", true}, {"attachment_name", ".pdf"}, {"attachment_type", "pdf"}}));
  EXPECT_FALSE(matches({{"has_attachment", "false"}}));
  EXPECT_TRUE(matches({{"larger_than", "4MB"}, {"smaller_than", "6MB"}}));
  EXPECT_FALSE(matches({{"larger_than", std::int64_t{5'000'000}}}));
  EXPECT_TRUE(matches({{"importance", "high"}}));
  EXPECT_TRUE(matches({{"header", Map{{"name", "x-spam-flag"}, {"equals", "yes"}}}}));
  EXPECT_TRUE(matches({{"header", Map{{"name", "X-Spam-Flag"}}}}));
  EXPECT_FALSE(matches({{"header", Map{{"name", "X-Other"}}}}));
  EXPECT_TRUE(matches({{"flagged", false}}));
}

TEST(Where, ReadsTimesInTheFlowsZone) {
  EXPECT_TRUE(matches({{"received", Map{{"since", "yesterday"}, {"before", "today"}}}}));
  EXPECT_FALSE(matches({{"received", Map{{"since", "today"}}}}));
  EXPECT_TRUE(matches({{"received", Map{{"within", "31h"}}}}));
  EXPECT_FALSE(matches({{"received", Map{{"within", "29h"}}}}));
  EXPECT_FALSE(matches({{"sent", Map{{"within", "1000d"}}}}));  // unknown
}

TEST(Where, Combines) {
  Value yes = Map{{"subject", "invoice"}}, no = Map{{"subject", "bill"}};
  EXPECT_TRUE(matches({{"any", List{no, yes}}}));
  EXPECT_FALSE(matches({{"all", List{no, yes}}}));
  EXPECT_TRUE(matches({{"not", no}}));
  EXPECT_FALSE(matches({{"any", List{}}}));
  EXPECT_FALSE(matches({{"not", Map{}}}));
}

TEST(Where, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(code({{"subjct", "a"}}), "where.unknown_key");
  EXPECT_EQ(code({{"subject", Map{{"contians", "a"}}}}), "where.unknown_key");
  EXPECT_EQ(code({{"subject", Map{{"matches", "("}}}}), "where.bad_pattern");
  EXPECT_EQ(code({{"status", "new"}}), "where.wrong_type");
  EXPECT_EQ(code({{"received", "today"}}), "where.wrong_type");
  EXPECT_EQ(code({{"received", Map{{"since", "soon"}}}}), "where.wrong_type");
  EXPECT_EQ(code({{"larger_than", "-1"}}), "where.wrong_type");
  EXPECT_EQ(code({{"header", Map{{"name", "a:b"}}}}), "where.wrong_type");
  EXPECT_EQ(code({{"all", Map{}}}), "where.wrong_type");
}

}  // namespace
}  // namespace postroom::flow
