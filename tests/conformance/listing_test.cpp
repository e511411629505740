// Listings: the answer is the Evaluator's on every store, whatever the server can or cannot do.
#include "mailbox/evaluate.hpp"
#include "mime/message.hpp"
#include "tests/conformance/conformance_fixture.hpp"

namespace postroom::test {
namespace {

using namespace mailbox;
using testing::ElementsAre;

class Listing : public Conformance {};
INSTANTIATE_CONFORMANCE(Listing);
INSTANTIATE_TEST_SUITE_P(reduced, Listing, testing::ValuesIn(reduced_kinds()), kind_name);

constexpr int sample_count = 60;
constexpr int question_count = 60;

std::vector<Message>& oracle() {
  static std::vector<Message> messages;
  return messages;
}
std::vector<Sample>& samples() {
  static std::vector<Sample> all = [] {
    std::mt19937 random(20261123);
    std::vector<Sample> made;
    for (int n = 0; n < sample_count; ++n) made.push_back(random_sample(random, n));
    for (const Sample& one : made)
      oracle().push_back(full_message(one.raw, one.flags, one.received));
    return made;
  }();
  return all;
}

void expect_same(const Message& got, const Message& expected, const Want& want) {
  const auto& a = got.envelope;
  const auto& b = expected.envelope;
  SCOPED_TRACE(b.message_id);
  EXPECT_EQ(a.subject, b.subject);
  EXPECT_EQ(a.from, b.from);
  EXPECT_EQ(a.to, b.to);
  EXPECT_EQ(a.cc, b.cc);
  EXPECT_EQ(a.sent, b.sent);
  EXPECT_EQ(a.in_reply_to, b.in_reply_to);
  EXPECT_EQ(a.references, b.references);
  if (want.flags) EXPECT_EQ(got.flags, expected.flags);
  if (want.size) EXPECT_EQ(got.size, expected.size);
  if (want.received) EXPECT_EQ(got.received, expected.received);
  if (want.text) {
    EXPECT_EQ(got.text, expected.text);
    EXPECT_EQ(got.html, expected.html);
  }
  if (want.structure) {
    EXPECT_TRUE(got.structure.has_value());
    EXPECT_EQ(got.attachments.size(), expected.attachments.size());
    for (std::size_t i = 0; i < std::min(got.attachments.size(), expected.attachments.size());
         ++i) {
      EXPECT_EQ(got.attachments[i].part_id, expected.attachments[i].part_id);
      EXPECT_EQ(got.attachments[i].name, expected.attachments[i].name);
      EXPECT_EQ(got.attachments[i].type, expected.attachments[i].type);
      EXPECT_EQ(got.attachments[i].inline_, expected.attachments[i].inline_);
    }
  }
  for (const std::string& name : want.headers) {
    auto values_of = [&](const Message& message) {
      std::vector<std::string> values;
      for (const auto& [header, value] : message.headers) {
        if (header == name) values.push_back(value);
      }
      return values;
    };
    EXPECT_EQ(values_of(got), values_of(expected));
  }
}

TEST_P(Listing, AnswersRandomQuestionsAsTheEvaluatorDoes) {
  for (const Sample& sample : samples())
    world().deliver("Inbox", sample.raw, sample.flags, sample.received);
  run([](World& world) -> Task<void> {
    std::mt19937 random(7);
    auto folder = co_await world.store().open("Inbox", Access::read_only);
    int matched = 0;
    for (int question = 0; question < question_count; ++question) {
      const Query query = random_query(random, 3);
      const Want want = random_want(random);
      const Order order = random() % 2 ? Order::oldest_first : Order::newest_first;
      const Evaluator evaluator(query);
      std::vector<const Message*> expected;
      for (const Message& message : oracle()) {
        if (evaluator.matches(message)) expected.push_back(&message);
      }
      if (order == Order::newest_first) std::ranges::reverse(expected);
      const std::vector<Message> got = co_await list(*folder, query, want, order);
      std::vector<std::string> got_ids, expected_ids;
      for (const Message& message : got) got_ids.push_back(message.envelope.message_id);
      for (const Message* message : expected) expected_ids.push_back(message->envelope.message_id);
      EXPECT_EQ(got_ids, expected_ids) << "question " << question;
      if (got_ids != expected_ids) continue;
      for (std::size_t i = 0; i < got.size(); ++i) expect_same(got[i], *expected[i], want);
      matched += static_cast<int>(got.size());
    }
    EXPECT_GT(matched, 300);  // questions that nothing answers prove nothing
  });
}

TEST_P(Listing, PartsAndWholeMessagesAreByteForByte) {
  for (const Sample& sample : samples())
    world().deliver("Inbox", sample.raw, sample.flags, sample.received);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_only);
    Want want;
    want.structure = true;
    const std::vector<Message> all = co_await list(*folder, Query::everything(), want);
    EXPECT_EQ(all.size(), samples().size());
    for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 25); ++i) {
      base::StringSink whole;
      co_await folder->raw(all[i].key, whole);
      EXPECT_EQ(whole.text, samples()[i].raw);
      const mime::Message parsed = mime::Message::parse(samples()[i].raw);
      std::vector<const mime::Part*> open{&*all[i].structure};
      while (!open.empty()) {
        const mime::Part* part = open.back();
        open.pop_back();
        for (const mime::Part& child : part->children) open.push_back(&child);
        if (part->is_multipart()) continue;
        base::StringSink got, expected;
        co_await folder->part(all[i].key, *part, got);
        parsed.write_part(part->id, expected);
        EXPECT_EQ(got.text, expected.text) << i << " part " << part->id;
      }
    }
  });
}

TEST_P(Listing, BigFoldersComeInPages) {
  constexpr int count = 3'000;
  for (int n = 0; n < count; ++n) {
    world().deliver("Inbox", small_mail(n), {},
                    base::Instant{std::chrono::seconds{1'760'000'000 + n}});
  }
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    Want want;
    want.envelope = true;
    auto cursor = co_await folder->find(Query::everything(), want, Order::newest_first);
    int next = count;
    while (auto* page = co_await cursor->next_page()) {
      EXPECT_LE(page->size(), 1000u);
      MessageSet some;
      for (const Message& message : *page) {
        --next;
        EXPECT_EQ(message.envelope.message_id, "<" + std::to_string(next) + "@sample>");
        if (next % 100 == 0) some.push_back(message.key);
      }
      // Work between pages, in this folder and another, while the next page is on its way.
      if (folder->moving() == nullptr) continue;
      const auto outcomes = co_await folder->moving()->move(some, "Trash");
      for (const Outcome& outcome : outcomes)
        EXPECT_FALSE(outcome.error) << outcome.error->message();
      auto trash = co_await world.store().open("Trash", Access::read_only);
      const auto there = co_await ids(*trash);
      EXPECT_FALSE(there.empty());
    }
    EXPECT_EQ(next, 0);
  });
}

TEST_P(Listing, NothingIsMarkedRead) {
  world().deliver("Inbox", small_mail(1), {}, base::Instant{std::chrono::seconds{1'760'000'000}});
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    Want want;
    want.flags = want.text = want.structure = true;
    for (int look = 0; look < 2; ++look) {
      const auto all = co_await list(*folder, Query::everything(), want);
      EXPECT_EQ(all.size(), 1u);
      for (const Message& message : all) {
        EXPECT_FALSE(message.flags.seen);
        base::StringSink sink;
        co_await folder->raw(message.key, sink);
      }
    }
  });
}

TEST_P(Listing, AnEmptyFolderHasNoPages) {
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Sent", Access::read_only);
    const auto found = co_await ids(*folder);
    EXPECT_THAT(found, ElementsAre());
  });
}

}  // namespace
}  // namespace postroom::test
