#include "flow/run/file_writer.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/error.hpp"
#include "net/task_group.hpp"
#include "tests/support/temp_dir.hpp"

namespace postroom::flow {
namespace {

namespace fs = std::filesystem;
using actions::FileTarget;
using actions::Overwrite;
using actions::SavedFile;

Task<void> fill_with(std::string text, base::ByteSink& sink) {
  sink.write(text);
  co_return;
}

Task<void> fail_half_way(base::ByteSink& sink) {
  sink.write("half");
  throw base::Error(base::ErrorKind::network, "net.closed", "the connection broke");
  co_return;
}

SavedFile save(FileTarget target, const std::string& text) {
  auto fill = [text](base::ByteSink& sink) { return fill_with(text, sink); };
  return net::run(save_file(std::move(target), fill));
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

class FileWriter : public ::testing::Test {
 protected:
  FileTarget target(Overwrite overwrite = Overwrite::number) {
    return {.directory = (dir_.path() / "deep/er").string(),
            .name = "bill.pdf",
            .overwrite = overwrite};
  }
  fs::path at(std::string_view name) { return dir_.path() / "deep/er" / name; }
  test::TempDir dir_;
};

TEST_F(FileWriter, MakesFoldersAndSaysWhatItWrote) {
  SavedFile saved = save(target(), "hello");
  EXPECT_EQ(saved.path, at("bill.pdf").string());
  EXPECT_EQ(saved.size, 5u);
  EXPECT_EQ(saved.sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_FALSE(saved.existed);
  EXPECT_EQ(read(at("bill.pdf")), "hello");
}

TEST_F(FileWriter, TheSameBytesAgainMakeNoSecondFile) {
  save(target(), "one");
  SavedFile again = save(target(), "one");
  EXPECT_TRUE(again.existed);
  EXPECT_EQ(again.path, at("bill.pdf").string());
  EXPECT_EQ(files_in(at("")), 1u);
}

TEST_F(FileWriter, AnotherFileOfTheSameNameIsNumbered) {
  save(target(), "one");
  EXPECT_EQ(save(target(), "two").path, at("bill-2.pdf").string());
  EXPECT_EQ(save(target(), "three").path, at("bill-3.pdf").string());
  EXPECT_TRUE(save(target(), "two").existed);
  EXPECT_EQ(read(at("bill.pdf")), "one");
}

TEST_F(FileWriter, ReplaceSkipAndFailDoWhatTheySay) {
  save(target(), "one");
  EXPECT_TRUE(save(target(Overwrite::skip), "two").existed);
  EXPECT_EQ(read(at("bill.pdf")), "one");
  EXPECT_THROW(save(target(Overwrite::fail), "two"), base::Error);
  EXPECT_EQ(read(at("bill.pdf")), "one");
  EXPECT_FALSE(save(target(Overwrite::replace), "two").existed);
  EXPECT_EQ(read(at("bill.pdf")), "two");
  EXPECT_EQ(files_in(at("")), 1u);
}

TEST_F(FileWriter, ABrokenConnectionLeavesNothing) {
  EXPECT_THROW(net::run(save_file(target(), &fail_half_way)), base::Error);
  EXPECT_EQ(files_in(at("")), 0u);
}

TEST_F(FileWriter, ASymbolicLinkIsNotFollowed) {
  std::string victim = dir_.write("victim", "precious").string();
  fs::create_directories(at(""));
  fs::create_symlink(victim, at("bill.pdf"));
  EXPECT_EQ(save(target(), "two").path, at("bill-2.pdf").string());
  save(target(Overwrite::replace), "three");
  EXPECT_EQ(read(victim), "precious");
}

// A limit on file sizes stands in for a full disk: write() fails half way through the file.
TEST_F(FileWriter, AFullDiskLeavesNothingUnderTheName) {
  auto old_action = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  rlimit small{64 * 1024, old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string code;
  try {
    save(target(), std::string(1'000'000, 'x'));
  } catch (const base::Error& error) {
    code = error.code();
  }
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_action);
  EXPECT_EQ(code, "file.not_writable");
  EXPECT_EQ(files_in(at("")), 0u);
}

TEST(Numbered, KeepsTheExtension) {
  EXPECT_EQ(numbered("a.pdf", 2), "a-2.pdf");
  EXPECT_EQ(numbered("README", 3), "README-3");
  EXPECT_EQ(numbered(".profile", 2), ".profile-2");
}

}  // namespace
}  // namespace postroom::flow
