// Messages too large or too deep to hold: fed to the scanner as they would come off a disk.
#include "mime/part_scanner.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace postroom::mime {
namespace {

std::uint64_t peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6));
  }
  return 0;
}

// Two gigabytes of base64 between two small parts.
TEST(PartScannerTest, ReadsTwoGigabytesInConstantMemory) {
  constexpr std::uint64_t large = 2ULL << 30;
  std::string lines;
  while (lines.size() < 1 << 20) lines += std::string(76, 'A') + "\r\n";
  PartScanner scanner{MessageLimits{}};
  scanner.feed(
      "Subject: large\r\nContent-Type: multipart/mixed; "
      "boundary=x\r\n\r\n--x\r\n\r\nwords\r\n--x\r\n"
      "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  scanner.feed(lines);
  const std::uint64_t before = peak_kilobytes();
  std::uint64_t fed = lines.size();
  for (; fed < large; fed += lines.size()) scanner.feed(lines);
  const std::uint64_t after = peak_kilobytes();
  scanner.feed("\r\n--x\r\n\r\nlast\r\n--x--\r\n");
  const ScannedMessage scanned = scanner.finish();
  EXPECT_LT(after - before, 4096U);
  ASSERT_EQ(scanned.root.children.size(), 3U);
  EXPECT_EQ(scanned.root.children[1].size, fed);
  EXPECT_EQ(scanned.root.children[1].name, "a.zip");
  EXPECT_EQ(scanned.bodies.at("3").end - scanned.bodies.at("3").start, 4U);
  EXPECT_TRUE(scanned.warnings.empty());
}

// One header line of 100 MB, and one body line of 100 MB.
TEST(PartScannerTest, ReadsEndlessLinesInConstantMemory) {
  const std::string block(1 << 20, 'y');
  PartScanner scanner{MessageLimits{}};
  scanner.feed("Subject: s\r\nX-Endless: ");
  for (int i = 0; i < 2; ++i) scanner.feed(block);
  const std::uint64_t before = peak_kilobytes();
  for (int i = 0; i < 98; ++i) scanner.feed(block);
  scanner.feed("\r\nTo: a@b.c\r\n\r\n");
  for (int i = 0; i < 100; ++i) scanner.feed(block);
  const std::uint64_t after = peak_kilobytes();
  const ScannedMessage scanned = scanner.finish();
  EXPECT_LT(after - before, 8192U);
  EXPECT_EQ(scanned.root.size, 100U << 20);
  EXPECT_EQ(find_header(scanned.headers, "Subject"), "s");
  ASSERT_EQ(scanned.warnings.size(), 1U);
  EXPECT_TRUE(scanned.warnings[0].contains("larger than the limit"));
}

// The time of ten thousand nested multiparts grows with their bytes, not with their square.
TEST(PartScannerTest, BoundsDepthAndParts) {
  PartScanner scanner{MessageLimits{}};
  for (int i = 0; i < 10'000; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    scanner.feed("Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary +
                 "\r\n");
  }
  for (int i = 0; i < 100'000; ++i) scanner.feed("--b50\r\n\r\nx\r\n");
  const ScannedMessage scanned = scanner.finish();
  EXPECT_LE(scanned.bodies.size(), 10'001U);
  ASSERT_GE(scanned.warnings.size(), 2U);
}

// A line as long as a boundary may be with blanks behind it: the same tree however it is cut.
TEST(PartScannerTest, GivesTheSameTreeInAnyChunks) {
  for (std::size_t blanks = 250; blanks < 275; ++blanks) {
    const std::string bytes =
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x" +
        std::string(blanks, ' ') + "\r\n\r\nb\r\n--x--\r\n";
    std::size_t parts = 0;
    for (std::size_t chunk : {bytes.size(), std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
      PartScanner scanner{MessageLimits{}};
      for (std::size_t at = 0; at < bytes.size(); at += chunk)
        scanner.feed(std::string_view(bytes).substr(at, chunk));
      const std::size_t found = scanner.finish().root.children.size();
      if (parts == 0) parts = found;
      EXPECT_EQ(found, parts) << blanks << " in chunks of " << chunk;
    }
  }
}

}  // namespace
}  // namespace postroom::mime
