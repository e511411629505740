// Moving, copying and writing files of a Maildir so that no crash and no other program can lose
// one: a name that is taken is never overwritten, and nothing leaves its place before it stands in
// the new one.
#pragma once

#include <filesystem>
#include <optional>

#include "base/byte_stream.hpp"
#include "base/clock.hpp"

namespace postroom::stores {

enum class Placed {
  done,
  taken,  // something of that name is there already; nothing was changed
  gone,   // the source is not there
};

// Over file systems too: then copied, synced, and only then removed at the source. Throws
// Error{storage}.
Placed move_file(const std::filesystem::path& from, const std::filesystem::path& to);

// By a hard link where the file system has them (messages are never changed in place), else by
// copying through `tmp`, a path on the target's file system.
Placed copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                 const std::filesystem::path& tmp);

// Writes `bytes` to `tmp`, syncs, dates it, and moves it to `to`.
Placed write_file(base::ByteSource& bytes, std::optional<base::Instant> dated,
                  const std::filesystem::path& to, const std::filesystem::path& tmp);

// Makes renames in `directory` survive a power cut.
void sync_directory(const std::filesystem::path& directory);

}  // namespace postroom::stores
