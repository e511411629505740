#include "imap/client/transcript_fixture.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "net/task_group.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::imap {
namespace {

using test::PeerOptions;
using test::Script;
using test::ScriptedPeer;

Task<void> run_scenario(std::shared_ptr<ScriptedPeer> peer, Scenario scenario) {
  Client client(peer->open());
  co_await scenario(client);
}

void run_on(const std::shared_ptr<ScriptedPeer>& peer, Scenario scenario) {
  Task<void> task = run_scenario(peer, scenario);
  net::run(std::move(task));
}

bool is_destructive(std::string_view text) {
  return text.contains("STORE") || text.contains("EXPUNGE") || text.contains("MOVE") ||
         text.contains("DELETE") || text.contains("CLOSE");
}

void play_failing(const Script& script, Scenario scenario, std::size_t step,
                  test::Failure failure) {
  auto peer = std::make_shared<ScriptedPeer>(script);
  peer->fail_at_step(step, failure);
  try {
    run_on(peer, scenario);
    ADD_FAILURE() << "no error with step " << step << " failing";
  } catch (const base::Error& error) {
    EXPECT_FALSE(error.session_usable()) << error.what();
    EXPECT_NE(error.kind(), base::ErrorKind::internal) << error.what();
  }
  EXPECT_FALSE(is_destructive(peer->written_after_failure())) << peer->written_after_failure();
  EXPECT_TRUE(peer->is_closed());
}

}  // namespace

void play(std::string_view transcript, Scenario scenario) {
  SCOPED_TRACE(std::string(transcript));
  Script script = Script::load("tests/transcripts/imap/" + std::string(transcript));
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
    auto peer = std::make_shared<ScriptedPeer>(script, PeerOptions{.chunk = chunk});
    try {
      run_on(peer, scenario);
    } catch (const base::Error& error) {
      ADD_FAILURE() << error.code() << ": " << error.what() << " | " << error.server_text();
    }
    EXPECT_EQ(peer->remaining(), "");
  }
  for (std::size_t step = 0; step < script.step_count(); ++step) {
    for (test::Failure failure : test::all_failures) {
      SCOPED_TRACE("failing at line " + std::to_string(script.steps()[step].line));
      play_failing(script, scenario, step, failure);
    }
  }
}

void play_text(std::string_view script, Scenario scenario, bool encrypted) {
  auto peer =
      std::make_shared<ScriptedPeer>(Script::parse(script), PeerOptions{.encrypted = encrypted});
  run_on(peer, scenario);
  EXPECT_EQ(peer->remaining(), "");
}

}  // namespace postroom::imap
