#include "mailbox/evaluate.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "mailbox/want.hpp"

namespace postroom::mailbox {
namespace {

using std::chrono::milliseconds;

base::Instant at(std::int64_t ms) { return base::Instant{milliseconds{ms}}; }

Message sample() {
  Message message;
  message.envelope.subject = "Rechnung STRASSE 12";
  message.envelope.from = {{"Ünal Müller", "unal@example.com"}};
  message.envelope.to = {{"", "a@example.org"}, {"B", "b@example.org"}};
  message.envelope.sent = at(1'000);
  message.received = at(2'000);
  message.size = 100;
  message.flags.seen = true;
  message.headers = {{"X-Thing", "one"}, {"x-thing", "two"}};
  message.text = "the body";
  message.attachments = {{"2", "Fattura.PDF", "application/pdf", 10, false, ""},
                         {"3", "logo.png", "image/png", 10, true, ""}};
  return message;
}

bool holds(Query query) { return Evaluator(query).matches(sample()); }

Query text(TextField field, Comparison how, std::vector<std::string> wanted,
           bool case_sensitive = false) {
  return {TextTest{field, "X-Thing", how, std::move(wanted), case_sensitive}};
}

TEST(Evaluator, ComparesFoldedUnlessCaseMatters) {
  EXPECT_TRUE(holds(text(TextField::subject, Comparison::contains, {"straße"})));
  EXPECT_TRUE(holds(text(TextField::subject, Comparison::contains, {"ＲＥＣＨＮＵＮＧ"})));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::contains, {"straße"}, true)));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::contains, {"rechnung"}, true)));
  EXPECT_TRUE(holds(text(TextField::subject, Comparison::contains, {"Rechnung"}, true)));
  EXPECT_TRUE(holds(text(TextField::subject, Comparison::starts_with, {"rech"})));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::starts_with, {"strasse"})));
  EXPECT_TRUE(holds(text(TextField::subject, Comparison::equals, {"no", "rechnung strasse 12"})));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::equals, {"rechnung"})));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::contains, {})));
}

TEST(Evaluator, LooksAtNamesAndAddresses) {
  EXPECT_TRUE(holds(text(TextField::from, Comparison::contains, {"müller"})));
  EXPECT_TRUE(holds(text(TextField::from, Comparison::contains, {"@EXAMPLE.com"})));
  EXPECT_TRUE(holds(text(TextField::from, Comparison::starts_with, {"ünal"})));
  EXPECT_TRUE(holds(text(TextField::from, Comparison::equals, {"Unal@example.com"})));
  EXPECT_FALSE(holds(text(TextField::from, Comparison::equals, {"Ünal Müller"})));
  EXPECT_TRUE(holds(text(TextField::to, Comparison::equals, {"b@example.org"})));
  EXPECT_FALSE(holds(text(TextField::cc, Comparison::contains, {""})));
}

TEST(Evaluator, MatchesPatternsUnanchored) {
  EXPECT_TRUE(holds(text(TextField::subject, Comparison::matches, {"s+e \\d{2}$"})));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::matches, {"s+e \\d{2}$"}, true)));
  EXPECT_TRUE(holds(text(TextField::from, Comparison::matches, {"^Ü"})));
  EXPECT_FALSE(holds(text(TextField::subject, Comparison::matches, {"^12"})));
}

TEST(Evaluator, RefusesHostileAndBrokenPatterns) {
  const std::string bad[] = {"(", "(?=a)", "(a)\\1", "((a{1,1000}){1,1000}){1,1000}",
                             std::string(5000, 'a')};
  for (const std::string& pattern : bad) {
    try {
      Evaluator evaluator(text(TextField::subject, Comparison::matches, {pattern}));
      ADD_FAILURE() << pattern.substr(0, 40);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::config);
      EXPECT_EQ(error.code(), "query.bad_pattern");
      EXPECT_FALSE(error.hint().empty());
      EXPECT_LT(error.message().size(), 1000u);
    }
  }
}

TEST(Evaluator, CatastrophicPatternsStayLinear) {
  Message message;
  message.envelope.subject = std::string(200'000, 'a');
  EXPECT_FALSE(
      Evaluator(text(TextField::subject, Comparison::matches, {"(a+)+b"})).matches(message));
}

TEST(Evaluator, TimesAreHalfOpenAndUnknownNeverMatches) {
  auto time = [](TimeField field, std::optional<base::Instant> since,
                 std::optional<base::Instant> before) {
    return Query{TimeTest{field, since, before}};
  };
  EXPECT_TRUE(holds(time(TimeField::received, at(2'000), at(2'001))));
  EXPECT_FALSE(holds(time(TimeField::received, {}, at(2'000))));
  EXPECT_FALSE(holds(time(TimeField::received, at(2'001), {})));
  EXPECT_TRUE(holds(time(TimeField::sent, at(1'000), {})));
  Message unknown;
  EXPECT_FALSE(Evaluator(time(TimeField::sent, {}, {})).matches(unknown));
  EXPECT_FALSE(Evaluator(time(TimeField::received, {}, at(9'000))).matches(unknown));
}

TEST(Evaluator, SizesAreStrict) {
  EXPECT_FALSE(holds({SizeTest{100, {}}}));
  EXPECT_TRUE(holds({SizeTest{99, 101}}));
  EXPECT_FALSE(holds({SizeTest{{}, 100}}));
}

TEST(Evaluator, SeesAttachmentsButNotInlinePictures) {
  EXPECT_TRUE(holds({AttachmentTest{true}}));
  EXPECT_FALSE(holds({AttachmentTest{false}}));
  EXPECT_TRUE(holds(text(TextField::attachment_name, Comparison::contains, {".pdf"})));
  EXPECT_FALSE(holds(text(TextField::attachment_name, Comparison::contains, {"logo"})));
  EXPECT_TRUE(holds(text(TextField::attachment_type, Comparison::contains, {"pdf"})));
  EXPECT_FALSE(holds(text(TextField::attachment_type, Comparison::starts_with, {"image/"})));
}

TEST(Evaluator, AnyHeaderOfTheNameCounts) {
  EXPECT_TRUE(holds(text(TextField::header, Comparison::equals, {"TWO"})));
  EXPECT_FALSE(holds(text(TextField::header, Comparison::contains, {"three"})));
  EXPECT_TRUE(holds(text(TextField::body, Comparison::contains, {"BODY"})));
}

TEST(Evaluator, CombinesTests) {
  const Query seen{FlagTest{Flag::seen, true}};
  const Query flagged{FlagTest{Flag::flagged, true}};
  EXPECT_TRUE(holds({All{}}));
  EXPECT_FALSE(holds({Any{}}));
  EXPECT_FALSE(holds({All{{seen, flagged}}}));
  EXPECT_TRUE(holds({Any{{flagged, seen}}}));
  EXPECT_TRUE(holds({Not{{flagged}}}));
  EXPECT_FALSE(holds({Not{{seen}}}));
  EXPECT_TRUE(holds({FlagTest{Flag::deleted, false}}));
}

TEST(Importance, ReadsTheStandardHeaderFirst) {
  auto of = [](std::vector<std::pair<std::string, std::string>> headers) {
    Message message;
    message.headers = std::move(headers);
    return importance_of(message);
  };
  EXPECT_EQ(of({}), Importance::normal);
  EXPECT_EQ(of({{"importance", "High"}}), Importance::high);
  EXPECT_EQ(of({{"X-Priority", "1 (Highest)"}, {"Importance", "low"}}), Importance::low);
  EXPECT_EQ(of({{"X-Priority", "5"}}), Importance::low);
  EXPECT_EQ(of({{"X-Priority", ""}, {"Priority", "urgent"}}), Importance::high);
  EXPECT_EQ(of({{"Importance", "nonsense"}, {"X-Priority", "2"}}), Importance::high);
}

TEST(NeedsOf, NamesWhatTheEvaluatorReads) {
  Want want = needs_of(
      {All{{text(TextField::header, Comparison::contains, {"a"}), Query{Not{{Query{SizeTest{}}}}},
            Query{TimeTest{TimeField::received, {}, {}}}}}});
  EXPECT_TRUE(want.size && want.received);
  EXPECT_FALSE(want.envelope || want.text || want.structure || want.flags);
  EXPECT_EQ(want.headers, std::vector<std::string>{"X-Thing"});
  want |= needs_of({ImportanceTest{}}) | needs_of({AttachmentTest{}}) |
          needs_of({TimeTest{TimeField::sent, {}, {}}});
  EXPECT_TRUE(want.structure && want.envelope);
  Want x_thing;
  x_thing.headers = {"x-THING"};
  want |= x_thing;
  EXPECT_EQ(want.headers.size(), 4u);
}

}  // namespace
}  // namespace postroom::mailbox
