// Whole sessions from tests/transcripts/smtp, played to their end and then once for each step that
// can fail.
#include <algorithm>

#include <gtest/gtest.h>

#include "smtp/client/story_fixture.hpp"

namespace postroom::smtp {
namespace {

using test::Script;
using test::ScriptedPeer;

const std::vector<Story>& stories() {
  static const std::vector<Story> all = load_stories();
  return all;
}

const Story& story_named(std::string_view name) {
  return *std::ranges::find(stories(), name, &Story::name);
}

TEST(Transcripts, EndAsTheyShould) {
  for (const auto& story : stories()) {
    for (std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
      SCOPED_TRACE(story.name);
      auto peer = std::make_shared<ScriptedPeer>(story.script, test::PeerOptions{.chunk = chunk});
      StoryResult result = run_story(*peer, story.options);
      EXPECT_EQ(peer->remaining(), "");
      EXPECT_TRUE(peer->is_closed());
      EXPECT_EQ(result.session_error ? result.session_error->code() : "", story.session_error);
      for (std::size_t i = 0; i < story.phases.size(); ++i) {
        const SendOutcome& outcome = result.outcomes[i];
        EXPECT_EQ(outcome.phase, story.phases[i]) << i;
        EXPECT_EQ(outcome.error ? outcome.error->code() : "", story.codes[i]) << i;
        EXPECT_EQ(outcome.server_text.starts_with("250"), outcome.phase == Phase::accepted) << i;
        for (std::size_t k = 0; k < story.recipients[i].size(); ++k) {
          const auto& error = outcome.recipients.at(k).error;
          EXPECT_EQ(error ? error->code() : "", story.recipients[i][k]) << i << " " << k;
        }
        // The listener heard what the outcome says.
        if (outcome.phase == Phase::before_data) {
          EXPECT_TRUE(result.phases[i].empty()) << i;
        } else {
          EXPECT_EQ(result.phases[i].back(), outcome.phase) << i;
        }
      }
    }
  }
}

TEST(Transcripts, CoverTheServersThatPeopleUse) {
  EXPECT_GE(std::ranges::count_if(
                stories(), [](const Story& story) { return story.name.starts_with("providers/"); }),
            20);
}

// For each mail the steps between which its fate hangs.
struct Window {
  std::size_t dot = 0;     // the step of its final dot; of a chunk the one before its envelope
  std::size_t answer = 0;  // the last step of the reply to it
  bool is_chunk = false;
};

using Steps = std::vector<test::Step>;

// The last step of the `count`th reply behind `step`.
std::size_t end_of_reply(const Steps& steps, std::size_t step, std::size_t count) {
  while (true) {
    const test::Step& one = steps.at(++step);
    const bool is_end = one.kind == test::Step::Kind::server && one.bytes.at(3) == ' ';
    if (is_end && --count == 0) return step;
  }
}

// A chunk and its envelope are one write: RFC 3030.
Window window_of_chunk(const Steps& steps, std::size_t bdat) {
  std::size_t mail = bdat;
  while (!steps.at(mail).bytes.starts_with("MAIL FROM:")) --mail;
  return {mail - 1, end_of_reply(steps, bdat, bdat - mail + 1), true};
}

// Only for scripts in which every mail goes through.
std::vector<Window> windows_of(const Script& script) {
  std::vector<Window> windows;
  const Steps& steps = script.steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].kind != test::Step::Kind::client) continue;
    if (steps[i].bytes.starts_with("BDAT ")) windows.push_back(window_of_chunk(steps, i));
    if (steps[i].bytes == ".\r\n") windows.push_back({i, end_of_reply(steps, i, 1), false});
  }
  return windows;
}

TEST(Transcripts, AFailureAtAnyStepIsReportedAsWhatItMeans) {
  std::size_t uncertain = 0, safe = 0;
  std::ptrdiff_t with_chunks = 0;
  for (const auto& story : stories()) {
    const bool all_pass = story.all_pass();
    const Script& script = story.script;
    const auto windows = all_pass ? windows_of(script) : std::vector<Window>();
    if (all_pass) ASSERT_EQ(windows.size(), story.phases.size()) << story.name;
    with_chunks += std::ranges::count_if(windows, &Window::is_chunk);
    for (std::size_t step = 0; step < script.step_count(); ++step) {
      for (auto failure : test::all_failures) {
        SCOPED_TRACE(story.name + " step " + std::to_string(step) + " line " +
                     std::to_string(script.steps()[step].line));
        auto peer = std::make_shared<ScriptedPeer>(script);
        peer->fail_at_step(step, failure);
        StoryResult result = run_story(*peer, story.options);
        EXPECT_TRUE(peer->is_closed());
        EXPECT_EQ(peer->written_after_failure(), "");
        ASSERT_EQ(result.outcomes.size(), story.phases.size());
        for (std::size_t i = 0; i < story.phases.size(); ++i) {
          const SendOutcome& outcome = result.outcomes[i];
          ASSERT_EQ(!outcome.error, outcome.phase == Phase::accepted);
          EXPECT_EQ(outcome.error && outcome.error->code() == "smtp.uncertain",
                    outcome.phase == Phase::data_sent);
          if (outcome.phase == Phase::data_sent) {
            ++uncertain;
            EXPECT_FALSE(outcome.error->transient())
                << "an uncertain mail must not be retried blindly";
            EXPECT_EQ(result.phases[i], std::vector{Phase::data_sent});
          }
          // What could not be sent anyway is told as that.
          const bool as_ever = outcome.error && outcome.error->code() == story.codes[i];
          if (outcome.phase == Phase::before_data && !result.session_error && !as_ever) {
            ++safe;
            EXPECT_TRUE(outcome.error->transient());
            EXPECT_TRUE(result.phases[i].empty());
          }
          if (!all_pass) continue;
          if (step > windows[i].answer) {
            EXPECT_EQ(outcome.phase, Phase::accepted) << i;
          } else if (step > windows[i].dot) {
            EXPECT_EQ(outcome.phase, Phase::data_sent) << i;
          } else {
            // Before the dot was taken. Its write may have begun: then it is uncertain; never
            // accepted.
            EXPECT_NE(outcome.phase, Phase::accepted) << i;
            EXPECT_NE(outcome.phase, Phase::refused) << i;
            // Of a chunk nothing is written before its envelope.
            const bool is_begun = !windows[i].is_chunk && (i == 0 || step > windows[i - 1].answer);
            if (!is_begun) EXPECT_EQ(outcome.phase, Phase::before_data) << i;
          }
        }
        bool goodbye = script.steps()[step].bytes == "QUIT\r\n" ||
                       script.steps()[step].bytes.starts_with("221");
        if (all_pass && !goodbye) EXPECT_FALSE(result.usable_before_quit);
      }
    }
  }
  EXPECT_GT(uncertain, 20U);
  EXPECT_GT(safe, 50U);
  EXPECT_GT(with_chunks, 5);
}

TEST(Transcripts, ABatchCostsOneRoundTripForEachMail) {
  auto peer = std::make_shared<ScriptedPeer>(story_named("implicit_tls_pipelined.txt").script);
  run_story(*peer);
  // EHLO, AUTH, the first envelope, one for each of three mails, QUIT.
  EXPECT_EQ(peer->round_trips(), 7U);
  EXPECT_EQ(peer->write_calls(), 7U);
}

TEST(Transcripts, AChunkSavesTheRoundTripOfTheFirstEnvelope) {
  const Story& story = story_named("chunks_pipelined.txt");
  auto peer = std::make_shared<ScriptedPeer>(story.script);
  run_story(*peer, story.options);
  // EHLO, AUTH, one for each of three mails, QUIT.
  EXPECT_EQ(peer->round_trips(), 6U);
  EXPECT_EQ(peer->write_calls(), 6U);
}

class Recorder final : public Transcript {
 public:
  void client_line(std::string_view line) noexcept override {
    text += "C: " + std::string(line) + "\n";
  }
  void server_line(std::string_view line) noexcept override {
    text += "S: " + std::string(line) + "\n";
  }
  std::string text;
};

TEST(Transcripts, RecordEverythingButSecretsAndBodies) {
  for (const char* name :
       {"implicit_tls_pipelined.txt", "starttls_step_by_step.txt", "chunks_pipelined.txt"}) {
    Recorder recorder;
    const Story& story = story_named(name);
    auto peer = std::make_shared<ScriptedPeer>(story.script);
    StoryOptions options = story.options;
    options.transcript = &recorder;
    run_story(*peer, options);
    for (const char* there :
         {"C: EHLO [127.0.0.1]\n", "[redacted]\n", "C: RCPT TO:<they@example.org>\n",
          "C: [message of 23 bytes]\n", "C: QUIT\nS: 221 "}) {
      EXPECT_TRUE(recorder.text.contains(there)) << there << recorder.text;
    }
    for (const char* absent :
         {"AHVzZXIAc2VjcmV0", "c2VjcmV0", "dXNlcg", "secret", "Hello", "Subject"}) {
      EXPECT_FALSE(recorder.text.contains(absent)) << absent << recorder.text;
    }
  }
}

}  // namespace
}  // namespace postroom::smtp
