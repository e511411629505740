#include "mime/tnef.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

extern "C" {
#include <ytnef.h>
}

#include "base/utf8.hpp"
#include "mime/encoded_blocks.hpp"
#include "mime/message.hpp"
#include "mime/packed.hpp"
#include "mime/rtf_compressed.hpp"
#include "mime/tnef_files.hpp"

namespace postroom::mime {
namespace {

std::vector<std::filesystem::path> seeds() {
  std::vector<std::filesystem::path> found;
  for (const auto& file : std::filesystem::directory_iterator(
           std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/fuzz/seeds/mime_tnef")) {
    if (file.path().extension() == ".tnef") found.push_back(file.path());
  }
  return found;
}

std::string read_seed(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What libytnef makes of it: title and size of each file.
std::optional<std::vector<std::string>> their_files(std::string bytes) {
  TNEFStruct tnef;
  TNEFInitialize(&tnef);
  tnef.Debug = 0;
  const int failed = TNEFParseMemory(reinterpret_cast<unsigned char*>(bytes.data()),
                                     static_cast<long>(bytes.size()), &tnef);
  std::optional<std::vector<std::string>> files;
  if (failed == 0) {
    files.emplace();
    for (::Attachment* one = tnef.starting_attach.next; one != nullptr; one = one->next) {
      if (one->FileData.size <= 0) continue;
      files->emplace_back(reinterpret_cast<char*>(one->FileData.data),
                          static_cast<std::size_t>(one->FileData.size));
    }
  }
  TNEFFree(&tnef);
  return files;
}

// Where the other implementation reads a stream without complaint, ours finds the same bytes.
TEST(TnefTest, AgreesWithLibytnef) {
  int compared = 0;
  for (const auto& seed : seeds()) {
    const std::string bytes = read_seed(seed);
    const std::optional<TnefMessage> ours = read_tnef(bytes);
    if (!ours || !ours->damage.empty()) continue;  // it is not made for those
    const auto theirs = their_files(bytes);
    if (!theirs || theirs->empty()) continue;  // it looks for bytes in one place only
    std::vector<std::string> files;
    for (const auto& one : ours->attachments) {
      if (one.message == nullptr && !one.data.empty()) files.emplace_back(one.data);
    }
    if (files.empty()) continue;
    ASSERT_LE(files.size(), theirs->size()) << seed;
    for (std::size_t i = 0; i < files.size(); ++i) {
      EXPECT_TRUE(std::ranges::find(*theirs, files[i]) != theirs->end()) << seed << " " << i;
    }
    ++compared;
  }
  EXPECT_GE(compared, 15);
}

TEST(TnefTest, ReadsTheSameRtfAsLibytnef) {
  int compared = 0;
  for (const auto& seed : seeds()) {
    const std::string bytes = read_seed(seed);
    const std::optional<TnefMessage> ours = read_tnef(bytes);
    const MapiProperty* rtf = ours ? ours->properties.find(mapi::rtf_compressed) : nullptr;
    if (rtf == nullptr) continue;
    std::string copy(rtf->value);
    variableLength input{reinterpret_cast<unsigned char*>(copy.data()),
                         static_cast<int>(copy.size())};
    int size = 0;
    unsigned char* theirs = DecompressRTF(&input, &size);
    if (theirs == nullptr) continue;  // it knows compressed ones only
    const std::string expected(reinterpret_cast<char*>(theirs), static_cast<std::size_t>(size));
    free(theirs);
    EXPECT_EQ(expand_rtf(rtf->value, 1 << 20).value_or("nothing"), expected) << seed;
    ++compared;
  }
  EXPECT_GE(compared, 2);
}

// MS-OXRTFCP section 3.1: the format's own examples.
TEST(TnefTest, ExpandsTheExamplesOfTheFormat) {
  const std::string simple(
      "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70"
      "\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a"
      "\x80\x0f\xa0",
      49);
  EXPECT_EQ(expand_rtf(simple, 1000).value_or(""),
            "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  // Reading from where it writes.
  const std::string crossing(
      "\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59"
      "\x5a\x0d\x6e\x7d\x01\x0e\xb0",
      30);
  EXPECT_EQ(expand_rtf(crossing, 1000).value_or(""), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
  EXPECT_FALSE(expand_rtf(simple, 20).has_value());
  EXPECT_FALSE(expand_rtf("short", 1000).has_value());
  for (std::size_t cut = 0; cut < simple.size(); ++cut) expand_rtf(simple.substr(0, cut), 1000);
}

TEST(TnefTest, ReadsEveryCutAndEveryFlip) {
  for (const auto& seed : seeds()) {
    const std::string bytes = read_seed(seed);
    if (bytes.size() > 1'500) continue;
    mime::Attachment packed;
    packed.packing = Packing::tnef_with_words;
    packed.name = packed.path = "winmail.dat";
    for (std::size_t cut = 0; cut < bytes.size(); cut += 7)
      open_packed(packed, bytes.substr(0, cut), Nested::recurse);
    for (std::size_t at = 0; at < bytes.size(); at += 5) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(~flipped[at]);
      for (const OpenedFile& file : open_packed(packed, flipped, Nested::recurse).files)
        EXPECT_TRUE(base::is_valid_utf8(file.attachment.name));
    }
  }
}

}  // namespace
}  // namespace postroom::mime
