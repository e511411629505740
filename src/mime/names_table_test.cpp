// Names as people send them: tables of input and reading in tests/corpus/mime_names.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"
#include "mime/file_name.hpp"
#include "mime/header.hpp"
#include "mime/header_text.hpp"
#include "mime/hex.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mime {
namespace {

// \r \n \t \0 \\ \xNN \uNNNN, and \s for a space where an editor would lose it.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    char c = text[++i];
    std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 0;
    if (digits > 0) {
      char32_t value = 0;
      for (std::size_t d = 0; d < digits; ++d)
        value = value * 16 + static_cast<char32_t>(hex_digit(text[++i]));
      if (c == 'x') {
        out += static_cast<char>(value);
      } else {
        base::append_utf8(out, value);
      }
      continue;
    }
    out += c == 'r'   ? '\r'
           : c == 'n' ? '\n'
           : c == 't' ? '\t'
           : c == '0' ? '\0'
           : c == 's' ? ' '
                      : c;
  }
  return out;
}

struct NameCase {
  std::string input, expected, line;
};

std::vector<NameCase> name_table(const std::string& name) {
  std::ifstream file(std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/corpus/mime_names" /
                     (name + ".txt"));
  std::vector<NameCase> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::size_t tab = line.find('\t');
    EXPECT_NE(tab, std::string::npos) << line;
    cases.push_back({unescaped(line.substr(0, tab)), unescaped(line.substr(tab + 1)), line});
  }
  EXPECT_GT(cases.size(), 50U) << name;
  return cases;
}

TEST(NamesTableTest, DecodesHeaderText) {
  for (const auto& one : name_table("headers"))
    EXPECT_EQ(decode_header(one.input), one.expected) << one.line;
}

TEST(NamesTableTest, DecodesFileNames) {
  for (const auto& one : name_table("parameters")) {
    std::string_view field = one.input;
    bool type = field.starts_with("Type: ");
    ParsedField parsed = parse_field(type ? field.substr(6) : field);
    EXPECT_EQ(decode_param(parsed.params, type ? "name" : "filename"), one.expected) << one.line;
  }
}

TEST(NamesTableTest, ReadsAddresses) {
  for (const auto& one : name_table("addresses")) {
    std::string found;
    for (const auto& address : parse_addresses(one.input)) {
      found += (found.empty() ? "" : " ; ") + address.name + "|" + address.address;
    }
    EXPECT_EQ(found, one.expected) << one.line;
  }
}

TEST(NamesTableTest, KnowsLabels) {
  for (const auto& one : name_table("labels"))
    EXPECT_EQ(known_charset(one.input), one.expected) << one.line;
}

TEST(NamesTableTest, MakesFileNamesSafe) {
  for (const auto& one : name_table("file_names")) {
    std::string safe = safe_file_name(one.input);
    EXPECT_EQ(safe, one.expected) << one.line;
    EXPECT_EQ(safe_file_name(safe), safe) << one.line;
  }
}

// Raw bytes are in the charset that the body is in.
TEST(NamesTableTest, TakesTheHintForRawBytes) {
  EXPECT_EQ(decode_header("\xC4\xE3\xBA\xC3", "gb2312"), "你好");
  EXPECT_EQ(decode_header("\xC4\xE3\xBA\xC3 =?utf-8?Q?=C3=A9?=", "gb2312"), "你好 é");
  EXPECT_EQ(decode_header("\xC3\xA9", "gb2312"), "é");
  EXPECT_EQ(decode_header("\xE9", "utf-8"), "é");
  auto found = parse_addresses("\xC4\xE3\xBA\xC3 <a@b.c>", "gb2312");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "你好");
  Headers headers = parse_headers(
      "Subject: \xCF\xF0\xE8\xEC\xE5\xF0\r\nContent-Type: text/plain; "
      "charset=windows-1251\r\n\r\n");
  EXPECT_EQ(envelope_of(headers).subject, "Пример");
}

// This thread's own time in milliseconds, the best of three.
double time_of(const std::function<void()>& work) {
  auto now = [] {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
  };
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double before = now();
    work();
    best = std::min(best, now() - before);
    if (best < 5) break;
  }
  return best;
}

// Eight times the input takes eight times as long, not sixty-four times.
void expect_linear(std::string_view start, std::string_view piece, std::size_t most,
                   const std::function<void(const std::string&)>& work) {
  std::string field(start);
  while (field.size() < most / 8) field += piece;
  const std::string small = field;
  while (field.size() < most) field += piece;
  const double once = time_of([&] { work(small); });
  const double eight = time_of([&] { work(field); });
  EXPECT_LT(eight, 24 * once + 40) << start << piece << " at " << most << ": " << once << " ms";
}

TEST(NamesTableTest, IsLinearOnOverlongFields) {
  const std::string long_field = "attachment; filename=\"";
  for (const auto& [start, piece] : std::initializer_list<std::pair<std::string, std::string>>{
           {long_field, "=?"},
           {long_field, "=?a?q? "},
           {long_field, "=?a?q?=?"},
           {long_field, "=?=a?q?"},
           {long_field, "=?utf-8?Q?=C3?= "},
           {long_field, "?="},
           {long_field, "=?a?b?"},
           {long_field, "=?q?=?="},
           {long_field,
            "=?a?q?"
            "?=20"},
           {"=?a?q?", "?=41"},
           {"attachment; filename=x", " "},
           {long_field, "; filename*0=\"a\" \""},
           {long_field, "\""},
           {long_field, "\" "},
           {long_field, "'"},
           {long_field, "; a*1*=''"},
           {long_field, "%"},
           {long_field, "a@b.c,"},
           {long_field, "("},
           {long_field, "<"},
           {"", "<a"},
           {"", "<a "},
           {long_field, "\\"}}) {
    expect_linear(start, piece, 400'000, [](const std::string& field) {
      ASSERT_TRUE(base::is_valid_utf8(decode_header(field)));
      parse_addresses(field);
    });
    // What parse_field looks at.
    expect_linear(start, piece, 64'000, [](const std::string& field) {
      ASSERT_TRUE(base::is_valid_utf8(decode_param(parse_field(field + "x").params, "filename")));
      ASSERT_LE(safe_file_name(field).size(), max_file_name_bytes);
    });
  }
}

}  // namespace
}  // namespace postroom::mime
