// Every transcript of tests/transcripts/providers/: played whole, byte by byte, and once for each
// step with that step failing in each way.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "tests/providers/played_session.hpp"
#include "tests/providers/record.hpp"

namespace postroom::test {
namespace {

using testing::HasSubstr;

std::vector<std::filesystem::path> transcripts() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder =
      std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/transcripts/providers";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::shared_ptr<ScriptedPeer> peer_of(const ProviderScript& script) {
  PeerOptions options;
  options.encrypted = script.account.endpoint.tls == account::Tls::implicit;
  return std::make_shared<ScriptedPeer>(script.script, options);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "#= " + line + "\n";
  return text;
}

void expect_words(const ProviderScript& script, const base::Error& error) {
  const std::string words = error.message() + "\n" + error.hint() + "\n" + error.server_text();
  for (const std::string& mention : script.mentions) EXPECT_THAT(words, HasSubstr(mention));
}

// Whatever goes wrong, a person learns what and what to do. Errors of the connection itself get
// their hint where connections are made.
void expect_useful(const base::Error& error) {
  EXPECT_NE(error.kind(), base::ErrorKind::internal) << error.message();
  EXPECT_FALSE(error.code().empty());
  EXPECT_FALSE(error.message().empty());
  const bool is_of_the_script = error.code() == "net.closed" || error.code() == "net.stalled";
  // A refusal that no one knows has the server's words, and nothing to add to them.
  const bool is_in_their_words = error.code() == "imap.refused" && !error.server_text().empty();
  EXPECT_TRUE(!error.hint().empty() || is_of_the_script || is_in_their_words) << error.code();
}

void expect_no_credential_in_clear(const ProviderScript& script, const ScriptedPeer& peer) {
  if (peer.is_encrypted() || net::is_loopback(script.account.endpoint.host)) return;
  const std::string plain =
      std::string("\0", 1) + script.user + std::string("\0", 1) + script.password;
  EXPECT_FALSE(peer.written().contains(script.password));
  EXPECT_FALSE(peer.written().contains(base::to_base64(plain)));
  EXPECT_FALSE(peer.written().contains(base::to_base64(script.password)));
}

class Transcript : public testing::TestWithParam<std::filesystem::path> {
 protected:
  ProviderScript script_ = load_provider_script(GetParam());
};

TEST_P(Transcript, SaysWhoAndWhence) {
  EXPECT_THAT(script_.head, HasSubstr("# Source: "));
  EXPECT_THAT(script_.head, HasSubstr("# Proves: "));
}

TEST_P(Transcript, PlaysWhole) {
  if (std::getenv("POSTROOM_RECORD") != nullptr && record(GetParam()))
    FAIL() << "recorded: read the diff, then run again";
  auto peer = peer_of(script_);
  const Played played = play(script_, peer);
  EXPECT_EQ(joined(played.seen), joined(script_.seen));
  EXPECT_EQ(peer->remaining(), "");
  if (played.error) {
    expect_useful(*played.error);
    expect_words(script_, *played.error);
  } else {
    EXPECT_TRUE(script_.mentions.empty());
  }
}

TEST_P(Transcript, PlaysByteByByte) {
  auto peer = peer_of(script_);
  peer->options().chunk = 1;
  const Played played = play(script_, peer);
  EXPECT_EQ(joined(played.seen), joined(script_.seen));
  // A goodbye behind a refusal need not be heard.
  if (!played.error) EXPECT_EQ(peer->remaining(), "");
}

TEST_P(Transcript, FailsCleanlyAtEveryStep) {
  for (std::size_t step = 0; step < script_.script.step_count(); ++step) {
    for (const Failure failure : all_failures) {
      SCOPED_TRACE(fmt::format("step {} (line {}), failure {}", step,
                               script_.script.steps()[step].line, static_cast<int>(failure)));
      auto peer = peer_of(script_);
      peer->fail_at_step(step, failure);
      const Played played = play(script_, peer);
      EXPECT_EQ(peer->written_after_failure(), "");
      expect_no_credential_in_clear(script_, *peer);
      if (played.error) expect_useful(*played.error);
      if (!peer->has_failed()) {
        EXPECT_EQ(joined(played.seen), joined(script_.seen));
      } else if (!played.error) {  // only the goodbye may go unheard
        EXPECT_THAT(peer->written(), HasSubstr(" LOGOUT\r\n"));
        EXPECT_EQ(joined(played.seen), joined(script_.seen));
      }
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, Transcript, testing::ValuesIn(transcripts()),
                         [](const auto& info) { return info.param.stem().string(); });

TEST(Transcripts, AreMany) { EXPECT_GE(transcripts().size(), 45u); }

}  // namespace
}  // namespace postroom::test
