#include "stores/maildir_files.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stores/message_file.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;

// Written under tmp/, removed unless it was moved away.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor_ < 0) throw file_error("writing", path_, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    ::unlink(path_.c_str());  // after a move there is nothing of that name
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw file_error("writing", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  void finish(std::optional<timespec> dated) {
    if (dated) {
      const timespec times[2] = {*dated, *dated};
      if (::futimens(descriptor_, times) != 0) throw file_error("dating", path_, errno);
    }
    if (::fsync(descriptor_) != 0) throw file_error("writing", path_, errno);
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) throw file_error("writing", path_, errno);
  }

  const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
  int descriptor_ = -1;
};

// Atomic, and never over something that is there.
int rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system without that flag: link fails where the name is taken, and a crash between the
  // two leaves the message twice, never nowhere.
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

Placed placed(int error_number, std::string_view doing, const fs::path& path) {
  switch (error_number) {
    case 0:
      return Placed::done;
    case EEXIST:
      return Placed::taken;
    case ENOENT:
      return Placed::gone;
    default:
      throw file_error(doing, path, error_number);
  }
}

// Content and date of `from` under the name `tmp`, then moved to `to`.
Placed copy_bytes(const fs::path& from, const fs::path& to, const fs::path& tmp) {
  struct stat facts{};
  if (::stat(from.c_str(), &facts) != 0) return placed(errno, "reading", from);
  TemporaryFile file(tmp);
  class Writer final : public base::ByteSink {
   public:
    explicit Writer(TemporaryFile& file) : file_(file) {}
    void write(std::string_view bytes) override { file_.write(bytes); }

   private:
    TemporaryFile& file_;
  } writer(file);
  if (!copy_file_to(from, writer)) return Placed::gone;
  file.finish(facts.st_mtim);
  return placed(rename_new(file.path(), to), "writing", to);
}

}  // namespace

Placed move_file(const fs::path& from, const fs::path& to) {
  const int error_number = rename_new(from, to);
  if (error_number != EXDEV) return placed(error_number, "moving to", to);
  const fs::path tmp = to.parent_path().parent_path() / "tmp" / to.filename();
  const Placed copied = copy_bytes(from, to, tmp);
  if (copied != Placed::done) return copied;
  sync_directory(to.parent_path());
  if (::unlink(from.c_str()) != 0 && errno != ENOENT) throw file_error("removing", from, errno);
  return Placed::done;
}

Placed copy_file(const fs::path& from, const fs::path& to, const fs::path& tmp) {
  if (::link(from.c_str(), to.c_str()) == 0) return Placed::done;
  if (errno == EEXIST || errno == ENOENT) return placed(errno, "copying to", to);
  return copy_bytes(from, to, tmp);
}

Placed write_file(base::ByteSource& bytes, std::optional<base::Instant> dated, const fs::path& to,
                  const fs::path& tmp) {
  TemporaryFile file(tmp);
  std::string buffer(64 * 1024, '\0');
  while (const std::size_t n = bytes.read(buffer)) file.write({buffer.data(), n});
  std::optional<timespec> time;
  if (dated) {
    const auto since_epoch = dated->time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const std::chrono::nanoseconds rest = since_epoch - seconds;
    time = timespec{static_cast<time_t>(seconds.count()), static_cast<long>(rest.count())};
  }
  file.finish(time);
  const Placed result = placed(rename_new(file.path(), to), "writing", to);
  if (result == Placed::gone) throw file_error("writing", to, ENOENT);
  return result;
}

void sync_directory(const fs::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw file_error("opening", directory, errno);
  const int result = ::fsync(descriptor);
  const int error_number = errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder, and then need not.
  if (result != 0 && error_number != EINVAL) throw file_error("writing", directory, error_number);
}

}  // namespace postroom::stores
