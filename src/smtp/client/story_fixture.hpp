// Story: one whole submission session against a scripted peer, and what came of it. For tests of
// smtp/client.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "smtp/client/client.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::smtp {

struct StoryResult {
  std::vector<SendOutcome> outcomes;       // one for each mail, also when it never came to sending
  std::vector<std::vector<Phase>> phases;  // what on_phase was told, for each mail
  std::optional<base::Error> session_error;  // of open or sign_in
  bool usable_before_quit = false;
};

struct StoryOptions {
  net::TlsMode tls = net::TlsMode::implicit;
  bool signs_in = true;
  Transcript* transcript = nullptr;
};

// Opens, signs in as user/secret, sends three small mails in one batch, quits.
StoryResult run_story(test::ScriptedPeer& peer, StoryOptions options = {});

// `task` on a loop of its own; the Error that it ended with.
std::optional<base::Error> error_of(Task<void> task);

}  // namespace postroom::smtp
