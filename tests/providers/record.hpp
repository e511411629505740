// Recording: a transcript's client lines and what the session sees, written anew from what the
// program does today. For changes that alter the commands on the wire: POSTROOM_RECORD=1
// providers_test, which fails for each file that it rewrote: read the difference, then run it
// again. Server lines stay as they are; a script that no longer fits them is left alone and fails.
#pragma once

#include <filesystem>

namespace postroom::test {

// True when the file was rewritten.
bool record(const std::filesystem::path& file);

}  // namespace postroom::test
