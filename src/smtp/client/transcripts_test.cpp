// Whole sessions from tests/transcripts/smtp, played to their end and then once for each step that
// can fail.
#include <gtest/gtest.h>

#include "smtp/client/story_fixture.hpp"

namespace postroom::smtp {
namespace {

using test::Script;
using test::ScriptedPeer;

struct Expected {
  const char* file;
  StoryOptions options;
  std::vector<Phase> phases;
  std::vector<std::string> codes;  // "" where accepted
};

const std::vector<Expected>& stories() {
  static const std::vector<Expected> all = {
      {"implicit_tls_pipelined",
       {},
       {Phase::accepted, Phase::accepted, Phase::accepted},
       {"", "", ""}},
      {"starttls_step_by_step",
       {.tls = net::TlsMode::starttls},
       {Phase::accepted, Phase::accepted, Phase::accepted},
       {"", "", ""}},
      {"refusals_pipelined",
       {},
       {Phase::refused, Phase::accepted, Phase::refused},
       {"smtp.unknown_recipient", "", "smtp.content_refused"}},
      {"reset_after_refusal",
       {},
       {Phase::refused, Phase::refused, Phase::accepted},
       {"smtp.relay_denied", "smtp.send_as_denied", ""}},
      {"throttled_midway",
       {},
       {Phase::accepted, Phase::before_data, Phase::before_data},
       {"", "smtp.throttled", "smtp.not_sent"}},
      {"helo_only",
       {.tls = net::TlsMode::none, .signs_in = false},
       {Phase::accepted, Phase::refused, Phase::refused},
       {"", "smtp.recipient_refused", "smtp.try_later"}},
  };
  return all;
}

Script load(const Expected& story) {
  return Script::load(std::string("tests/transcripts/smtp/") + story.file + ".txt");
}

TEST(Transcripts, EndAsTheyShould) {
  for (const auto& story : stories()) {
    for (std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
      SCOPED_TRACE(story.file);
      auto peer = std::make_shared<ScriptedPeer>(load(story), test::PeerOptions{.chunk = chunk});
      StoryResult result = run_story(*peer, story.options);
      EXPECT_EQ(peer->remaining(), "");
      EXPECT_TRUE(peer->is_closed());
      if (result.session_error) ADD_FAILURE() << result.session_error->what();
      for (std::size_t i = 0; i < 3; ++i) {
        const SendOutcome& outcome = result.outcomes[i];
        EXPECT_EQ(outcome.phase, story.phases[i]) << i;
        EXPECT_EQ(outcome.error ? outcome.error->code() : "", story.codes[i]) << i;
        EXPECT_EQ(outcome.server_text.starts_with("250"), outcome.phase == Phase::accepted) << i;
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

// The replies of a script, as mails see them: for each mail the steps between which its fate hangs.
struct Window {
  std::size_t dot = SIZE_MAX;     // the step of its final dot
  std::size_t answer = SIZE_MAX;  // the step of the reply to it
  bool accepted = false;
};

// Only for scripts in which every mail goes through.
std::vector<Window> windows_of(const Script& script) {
  std::vector<Window> windows;
  const auto& steps = script.steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].bytes != ".\r\n") continue;
    std::size_t answer = i + 1;
    while (steps[answer].kind != test::Step::Kind::server) ++answer;
    windows.push_back({i, answer, true});
  }
  return windows;
}

TEST(Transcripts, AFailureAtAnyStepIsReportedAsWhatItMeans) {
  std::size_t uncertain = 0, safe = 0;
  for (const auto& story : stories()) {
    bool all_pass = story.codes == std::vector<std::string>{"", "", ""};
    Script script = load(story);
    auto windows = windows_of(script);
    for (std::size_t step = 0; step < script.step_count(); ++step) {
      for (auto failure : test::all_failures) {
        SCOPED_TRACE(std::string(story.file) + " step " + std::to_string(step) + " line " +
                     std::to_string(script.steps()[step].line));
        auto peer = std::make_shared<ScriptedPeer>(script);
        peer->fail_at_step(step, failure);
        StoryResult result = run_story(*peer, story.options);
        EXPECT_TRUE(peer->is_closed());
        EXPECT_EQ(peer->written_after_failure(), "");
        ASSERT_EQ(result.outcomes.size(), 3U);
        for (std::size_t i = 0; i < 3; ++i) {
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
          if (outcome.phase == Phase::before_data && !result.session_error) {
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
            bool envelope_open = i == 0 ? false : step <= windows[i - 1].answer;
            if (envelope_open) EXPECT_EQ(outcome.phase, Phase::before_data) << i;
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
}

TEST(Transcripts, ABatchCostsOneRoundTripForEachMail) {
  auto peer = std::make_shared<ScriptedPeer>(
      Script::load("tests/transcripts/smtp/implicit_tls_pipelined.txt"));
  run_story(*peer);
  // EHLO, AUTH, the first envelope, one for each of three mails, QUIT.
  EXPECT_EQ(peer->round_trips(), 7U);
  EXPECT_EQ(peer->write_calls(), 7U);
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
  for (const auto& [file, tls] : {std::pair("implicit_tls_pipelined", net::TlsMode::implicit),
                                  std::pair("starttls_step_by_step", net::TlsMode::starttls)}) {
    Recorder recorder;
    auto peer = std::make_shared<ScriptedPeer>(
        Script::load(std::string("tests/transcripts/smtp/") + file + ".txt"));
    run_story(*peer, {.tls = tls, .transcript = &recorder});
    for (const char* there :
         {"C: EHLO [127.0.0.1]\n", "[redacted]\n", "C: RCPT TO:<they@example.org>\n", "S: 354 ",
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
