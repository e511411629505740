// Plays a transcript of tests/transcripts/imap against a scenario: as it is, byte by byte, and once
// for each step and kind of failure with that step failing, where it must end in an Error and no
// destructive line may follow.
#pragma once

#include <string_view>

#include "imap/client/commands.hpp"

namespace postroom::imap {

using Scenario = Task<void> (*)(Client&);

void play(std::string_view transcript, Scenario scenario);

// Plays a script given as text, as it is. Rethrows what the scenario throws.
void play_text(std::string_view script, Scenario scenario, bool encrypted = true);

}  // namespace postroom::imap
