#include "mime/encoded_blocks.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "mime/charset.hpp"
#include "mime/decoder.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t longest_name_line = 1'000;

// Lines without their ends; steps over them.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t position() const { return at_; }
  void go_to(std::size_t position) { at_ = position; }

  std::string_view next() {
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    return line;
  }

  std::string_view peek() {
    const std::size_t before = at_;
    std::string_view line = next();
    at_ = before;
    return line;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_octal(std::string_view text) {
  return (text.size() == 3 || text.size() == 4) &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
}

std::string name_from(std::string_view raw) {
  raw = base::trim(raw.substr(0, longest_name_line));
  if (raw.size() >= 2 && raw.front() == '"' && raw.back() == '"')
    raw = raw.substr(1, raw.size() - 2);
  return to_utf8("", raw).text;
}

struct Opening {
  bool is_base64 = false;
  std::string name;
};

// "begin 644 name", "begin-base64 644 name"; a name is required (POSIX uuencode).
std::optional<Opening> read_opening(std::string_view line) {
  Opening opening;
  if (line.starts_with("begin-base64 ")) {
    opening.is_base64 = true;
    line.remove_prefix(13);
  } else if (line.starts_with("begin ")) {
    line.remove_prefix(6);
  } else {
    return std::nullopt;
  }
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_octal(line.substr(0, space))) return std::nullopt;
  opening.name = name_from(line.substr(space + 1));
  if (opening.name.empty()) return std::nullopt;
  return opening;
}

bool is_uu_zero(std::string_view line) {
  line = base::trim(line);
  return line.empty() || line == "`";
}

// Behind the opening line. Nothing, with `lines` anywhere, when it is only words.
std::optional<EncodedBlock> read_uu(Lines& lines, std::size_t room) {
  EncodedBlock block;
  bool has_full_line = false;
  while (!lines.at_end()) {
    const std::size_t before = lines.position();
    std::string_view line = lines.next();
    if (is_uu_zero(line)) {
      // Blank lines slip in between data lines, too.
      while (!lines.at_end() && is_uu_zero(lines.peek())) lines.next();
      if (base::trim(lines.peek()) == "end") {
        lines.next();
        return block;
      }
      if (is_uu_line(lines.peek()) && base::trim(line).empty() && has_full_line) continue;
      lines.go_to(before);
      break;
    }
    if (base::trim(line) == "end")
      return has_full_line || !block.bytes.empty() ? std::optional(block) : std::nullopt;
    if (!is_uu_line(line)) {
      lines.go_to(before);
      break;
    }
    if (block.bytes.size() + 63 > room) {
      block.problem = "larger than the limit";
      return block;
    }
    has_full_line = has_full_line || line.front() == 'M';
    append_uu_line(line, block.bytes);
  }
  // No end. Only a stretch that must be data counts.
  if (!has_full_line) return std::nullopt;
  block.problem = "cut off: its end is missing";
  return block;
}

bool is_base64_line(std::string_view line) {
  return !line.empty() && line.size() <= 1'000 && std::ranges::all_of(line, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  });
}

std::optional<EncodedBlock> read_base64(Lines& lines, std::size_t room) {
  EncodedBlock block;
  base::StringSink sink;
  Decoder decoder(Encoding::base64, sink);
  bool is_whole = false;
  std::size_t count = 0;
  while (!lines.at_end()) {
    const std::size_t before = lines.position();
    std::string_view line = base::trim(lines.next());
    if (line == "====") {
      is_whole = true;
      break;
    }
    if (!is_base64_line(line)) {
      lines.go_to(before);
      break;
    }
    if (sink.text.size() + line.size() > room) {
      block.problem = "larger than the limit";
      break;
    }
    decoder.write(line);
    ++count;
  }
  decoder.finish();
  if (!is_whole && count < 2) return std::nullopt;
  block.bytes = std::move(sink.text);
  if (!is_whole && block.problem.empty()) block.problem = "cut off: its end is missing";
  return block;
}

// yEnc (yenc.org draft 1.3): "=ybegin line=128 size=5 name=a b.pdf".
std::string_view y_field(std::string_view line, std::string_view name) {
  const std::string wanted = " " + std::string(name) + "=";
  if (name != "name") line = line.substr(0, line.find(" name="));  // which may hold anything
  const std::size_t at = line.find(wanted);
  if (at == std::string_view::npos) return {};
  std::string_view value = line.substr(at + wanted.size());
  return name == "name" ? value : value.substr(0, value.find(' '));  // the name is the last
}

std::uint32_t crc32_of(std::string_view bytes) {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> all{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? 0xEDB88320U ^ c >> 1 : c >> 1;
      all[i] = c;
    }
    return all;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (char c : bytes) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ crc >> 8;
  return crc ^ 0xFFFFFFFFU;
}

std::optional<std::uint32_t> hex_number(std::string_view text) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  std::uint32_t value = 0;
  for (char c : text) {
    const std::size_t digit = std::string_view("0123456789abcdef")
                                  .find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

std::optional<EncodedBlock> read_y(std::string_view opening, Lines& lines, std::size_t room) {
  EncodedBlock block;
  block.name = name_from(y_field(opening, "name"));
  const auto size = base::to_number(y_field(opening, "size"));
  if (block.name.empty() || !size) return std::nullopt;
  const bool is_piece = !y_field(opening, "part").empty();
  std::string_view closing;
  bool is_escaped = false;
  while (!lines.at_end()) {
    std::string_view line = lines.next();
    if (line.starts_with("=yend")) {
      closing = line;
      break;
    }
    if (line.starts_with("=ypart ")) continue;
    if (line.starts_with("=ybegin ")) return std::nullopt;  // words that only look like it
    if (block.bytes.size() + line.size() > room) {
      block.problem = "larger than the limit";
      return block;
    }
    for (char c : line) {
      if (c == '=' && !is_escaped) {
        is_escaped = true;
        continue;
      }
      block.bytes += static_cast<char>(static_cast<unsigned char>(c) - 42 - (is_escaped ? 64 : 0));
      is_escaped = false;
    }
  }
  if (closing.empty()) return std::nullopt;  // words, which it would swallow to the end
  const auto crc = hex_number(y_field(closing, is_piece ? "pcrc32" : "crc32"));
  if (is_piece) {
    block.problem = "one piece of a larger file, whose others are in other messages";
  } else if (block.bytes.size() != *size || (crc && *crc != crc32_of(block.bytes))) {
    block.problem = "damaged: its size or checksum is wrong";
  }
  return block;
}

}  // namespace

std::vector<EncodedBlock> find_encoded_blocks(std::string_view text, const BlockLimits& limits) {
  std::vector<EncodedBlock> blocks;
  std::size_t room = limits.bytes;
  Lines lines(text);
  // Behind the last of these nothing ends, and need not be read to find that out.
  const std::size_t feed = text.rfind("\n=yend"), ret = text.rfind("\r=yend");
  const std::size_t last_end =
      std::max(feed == std::string_view::npos ? 0 : feed, ret == std::string_view::npos ? 0 : ret);
  while (!lines.at_end() && blocks.size() < limits.blocks) {
    std::string_view line = lines.next();
    const std::size_t behind = lines.position();
    std::optional<EncodedBlock> block;
    if (line.starts_with("=ybegin ")) {
      if (behind > last_end + 1) continue;
      block = read_y(line, lines, room);
    } else if (auto opening = read_opening(line)) {
      block = opening->is_base64 ? read_base64(lines, room) : read_uu(lines, room);
      if (block) block->name = std::move(opening->name);
    }
    if (!block) {
      lines.go_to(behind);
      continue;
    }
    room -= std::min(room, block->bytes.size());
    blocks.push_back(std::move(*block));
  }
  return blocks;
}

}  // namespace postroom::mime
