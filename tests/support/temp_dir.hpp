// TempDir: an empty folder for one test, gone with everything in it when the test ends.
//
// The path is short (Unix sockets live in some) and lies under $TMPDIR, else /tmp. It knows nothing
// of what is put in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace postroom::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Writes a file below the folder, with the folders on the way, and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;
  // The whole file. Throws std::runtime_error if it cannot be read.
  std::string read(std::string_view name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace postroom::test
