#include "flow/run/file_writer.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "mime/sha256.hpp"

namespace postroom::flow {
namespace {

using actions::FileTarget;
using actions::Overwrite;
using actions::SavedFile;
using base::Error;
using base::ErrorKind;

constexpr int highest_number = 10'000;  // of one name in one folder: more is a mistake in the flow

Error file_error(int code, std::string_view doing, const std::string& path) {
  std::string message =
      fmt::format("cannot {} {}: {}", doing, base::printable(path), strerrordesc_np(code));
  if (code == ENOSPC || code == EDQUOT) {
    return Error(ErrorKind::storage, "file.disk_full", std::move(message),
                 "free some space and run again: nothing half-written was left, and done messages "
                 "are not done twice");
  }
  return Error(ErrorKind::storage, "file.not_writable", std::move(message),
               "check the folder and its permissions");
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

// A file without a name yet (O_TMPFILE), or, where the file system has none, one with a name that
// is removed unless the file is published.
class Unpublished {
 public:
  explicit Unpublished(const std::string& directory) : directory_(directory), fd_(open_unnamed()) {}

  ~Unpublished() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }

  int fd() const { return fd_.fd(); }

  // False when `path` is taken.
  bool publish(const std::string& path) {
    int result = name_.empty() ? ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd()).c_str(),
                                          AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW)
                               : ::link(name_.c_str(), path.c_str());
    if (result == 0) return true;
    if (errno == EEXIST) return false;
    throw file_error(errno, "write", path);
  }

  void publish_over(const std::string& path) {
    std::string beside = fmt::format("{}/.postroom-{}-{}.part", directory_, ::getpid(), fd());
    ::unlink(beside.c_str());
    if (!publish(beside) || ::rename(beside.c_str(), path.c_str()) != 0) {
      int code = errno;
      ::unlink(beside.c_str());
      throw file_error(code, "replace", path);
    }
  }

 private:
  int open_unnamed() {
    int fd = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
    if (fd >= 0) return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
      throw file_error(errno, "write into", directory_);
    name_ = directory_ + "/.postroom-XXXXXX.part";
    fd = ::mkostemps(name_.data(), 5, O_CLOEXEC);
    if (fd < 0) {
      std::string failed = std::exchange(name_, {});
      throw file_error(errno, "write into", directory_);
    }
    ::fchmod(fd, 0644);
    return fd;
  }

  std::string directory_;
  std::string name_;
  Descriptor fd_;
};

class FileSink final : public base::ByteSink {
 public:
  FileSink(int fd, const std::string& path) : fd_(fd), path_(path) { buffer_.reserve(buffer_size); }

  void write(std::string_view bytes) override {
    digest_.update(bytes);
    size_ += bytes.size();
    if (buffer_.size() + bytes.size() > buffer_size) flush();
    if (bytes.size() >= buffer_size) {
      write_through(bytes);
    } else {
      buffer_ += bytes;
    }
  }

  void finish() {
    flush();
    if (::fdatasync(fd_) != 0) throw file_error(errno, "write", path_);
  }

  std::uint64_t size() const { return size_; }
  std::string sha256() { return digest_.hex(); }

 private:
  static constexpr std::size_t buffer_size = 128 * 1024;

  void flush() {
    write_through(buffer_);
    buffer_.clear();
  }

  void write_through(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw file_error(errno, "write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  int fd_;
  const std::string& path_;
  std::string buffer_;
  mime::Sha256 digest_;
  std::uint64_t size_ = 0;
};

// Whether the regular file at `path` holds these bytes.
bool holds_same(const std::string& path, std::uint64_t size, const std::string& sha256) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat facts{};
  if (file.fd() < 0 || ::fstat(file.fd(), &facts) != 0) return false;
  if (!S_ISREG(facts.st_mode) || static_cast<std::uint64_t>(facts.st_size) != size) return false;
  mime::Sha256 digest;
  std::string buffer(128 * 1024, '\0');
  while (true) {
    ssize_t n = ::read(file.fd(), buffer.data(), buffer.size());
    if (n < 0) return false;
    if (n == 0) return digest.hex() == sha256;
    digest.update({buffer.data(), static_cast<std::size_t>(n)});
  }
}

void make_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) throw file_error(error.value(), "make the folder", directory);
}

void sync_directory(const std::string& directory) {
  Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd() >= 0) ::fsync(folder.fd());
}

// Gives the written file its name by the rule; false for Overwrite::skip with another file there.
bool publish(Unpublished& file, const FileTarget& target, SavedFile& saved) {
  for (int number = 1; number <= highest_number; ++number) {
    saved.path =
        target.directory + "/" + (number == 1 ? target.name : numbered(target.name, number));
    if (file.publish(saved.path)) return true;
    if (holds_same(saved.path, saved.size, saved.sha256)) {
      saved.existed = true;
      return true;
    }
    switch (target.overwrite) {
      case Overwrite::number:
        continue;
      case Overwrite::replace:
        file.publish_over(saved.path);
        return true;
      case Overwrite::skip:
        return false;
      case Overwrite::fail:
        throw Error(
            ErrorKind::storage, "file.exists",
            fmt::format("{} is there already, with other content", base::printable(saved.path)),
            "set overwrite: number, replace or skip");
    }
  }
  throw Error(ErrorKind::storage, "file.too_many",
              fmt::format("{} has {} numbered copies already", base::printable(target.name),
                          highest_number),
              "use name: with something that tells the files apart, such as the date");
}

}  // namespace

std::string numbered(const std::string& name, int number) {
  auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return fmt::format("{}-{}", name, number);
  return fmt::format("{}-{}{}", name.substr(0, dot), number, name.substr(dot));
}

Task<SavedFile> save_file(FileTarget target, std::function<Task<void>(base::ByteSink&)> fill) {
  make_directory(target.directory);
  Unpublished file(target.directory);
  std::string wanted = target.directory + "/" + target.name;
  FileSink sink(file.fd(), wanted);
  co_await fill(sink);
  sink.finish();
  SavedFile saved{.size = sink.size(), .sha256 = sink.sha256()};
  if (!publish(file, target, saved)) saved.existed = true;
  if (!saved.existed) sync_directory(target.directory);
  co_return saved;
}

}  // namespace postroom::flow
