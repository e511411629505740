// Charsets against tables: the labels of two registries, and what browsers make of the bytes.
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"

namespace postroom::mime {
namespace {

std::vector<std::vector<std::string>> charset_table(std::string_view name) {
  std::ifstream file(std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/corpus/mime_charsets" /
                     name);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string> row;
    for (auto cell : base::split(line, '\t')) row.emplace_back(cell);
    rows.push_back(std::move(row));
  }
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

std::string from_hex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return out;
}

TEST(CharsetTableTest, ReadsWhatBrowsersRead) {
  for (const auto& row : charset_table("whatwg.txt")) {
    ASSERT_EQ(row.size(), 3U);
    auto read = to_utf8(row[0], from_hex(row[1]));
    EXPECT_EQ(read.text, row[2]) << row[0];
  }
}

// Labels of one encoding mean one converter here too.
TEST(CharsetTableTest, KnowsEveryLabelOfTheWeb) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& row : charset_table("whatwg_labels.txt")) {
    if (row[1] == "x-user-defined") continue;  // means the reader's own guess
    std::string name = known_charset(row[0]);
    EXPECT_FALSE(name.empty()) << row[0];
    // "replacement" is what browsers put in place of charsets that are unsafe on pages, and UTF-16
    // without its order is found out by looking.
    if (row[1] != "replacement" && !row[1].starts_with("UTF-16")) found[row[1]].insert(name);
  }
  for (const auto& [encoding, names] : found) {
    EXPECT_EQ(names.size(), 1U) << encoding << " " << *names.begin() << " " << *names.rbegin();
  }
}

TEST(CharsetTableTest, AnyBytesUnderAnyRegisteredLabelGiveUtf8) {
  std::uint32_t seed = 99;
  std::string bytes;
  for (int i = 0; i < 400; ++i)
    bytes += static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  std::string escapes = "\x1B$B\x1B$)C\x0E\x7F\xFF\x1B(I\x0F\x1B$A~{\x80~}+AOk-" + bytes;
  std::size_t known = 0, all = 0;
  for (const auto* table : {"iana_labels.txt", "whatwg_labels.txt"}) {
    for (const auto& row : charset_table(table)) {
      for (std::string label : {row[0], "cs" + row[0], "\"" + row[0] + "\""}) {
        for (std::string_view piece :
             {std::string_view(bytes).substr(seed % 200), std::string_view(escapes),
              std::string_view("\xFE"), std::string_view()}) {
          ASSERT_TRUE(base::is_valid_utf8(to_utf8(label, piece).text)) << label;
        }
        seed = seed * 1664525 + 1013904223;
      }
      ++all;
      if (!known_charset(row[0]).empty()) ++known;
    }
  }
  // The rest are national variants of ASCII and mainframe pages that no mail uses.
  EXPECT_GT(known * 10, all * 7) << known << " of " << all;
}

}  // namespace
}  // namespace postroom::mime
