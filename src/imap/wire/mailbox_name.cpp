#include "imap/wire/mailbox_name.hpp"

#include <cstdint>
#include <optional>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace postroom::imap {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool is_direct(char32_t c) { return c >= 0x20 && c <= 0x7E; }

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) { out_ += '&'; }
  void put(char32_t c) {
    if (c > 0xFFFF) {
      c -= 0x10000;
      put_unit(0xD800 + (c >> 10));
      put_unit(0xDC00 + (c & 0x3FF));
    } else {
      put_unit(c);
    }
  }
  void close() {
    if (bits_ > 0) out_ += alphabet[(held_ << (6 - bits_)) & 63];
    out_ += '-';
  }

 private:
  void put_unit(std::uint32_t unit) {
    held_ = (held_ << 16) | unit;
    bits_ += 16;
    while (bits_ >= 6) {
      bits_ -= 6;
      out_ += alphabet[(held_ >> bits_) & 63];
    }
    held_ &= (1u << bits_) - 1;
  }
  std::string& out_;
  std::uint32_t held_ = 0;
  unsigned bits_ = 0;
};

// The run between "&" and "-". False when it is not one.
bool decode_run(std::string_view run, std::string& out) {
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::uint32_t high = 0;
  for (char c : run) {
    auto value = alphabet.find(c);
    if (value == std::string_view::npos) return false;
    held = (held << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 16) continue;
    bits -= 16;
    std::uint32_t unit = (held >> bits) & 0xFFFF;
    held &= (1u << bits) - 1;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      if (high) return false;
      high = unit;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
      if (!high) return false;
      base::append_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
      high = 0;
    } else {
      if (high) return false;
      base::append_utf8(out, unit);
    }
  }
  return high == 0 && bits < 6 && held == 0;
}

std::optional<std::string> decode(std::string_view wire) {
  std::string out;
  for (std::size_t at = 0; at < wire.size(); ++at) {
    if (static_cast<unsigned char>(wire[at]) >= 0x80) return std::nullopt;
    if (wire[at] != '&') {
      out += wire[at];
      continue;
    }
    auto end = wire.find('-', at);
    if (end == std::string_view::npos) return std::nullopt;
    if (end == at + 1) {
      out += '&';
    } else if (!decode_run(wire.substr(at + 1, end - at - 1), out)) {
      return std::nullopt;
    }
    at = end;
  }
  return out;
}

}  // namespace

std::string to_modified_utf7(std::string_view utf8) {
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    base::Utf8Step step = base::next_code_point(utf8, at);
    if (step.valid && is_direct(step.code_point)) {
      out += utf8[at];
      if (utf8[at] == '&') out += '-';
      at += step.length;
      continue;
    }
    Encoder run(out);
    while (at < utf8.size()) {
      step = base::next_code_point(utf8, at);
      if (step.valid && is_direct(step.code_point)) break;
      run.put(step.valid ? step.code_point : 0xFFFD);
      at += step.length;
    }
    run.close();
  }
  return out;
}

std::string from_modified_utf7(std::string_view wire) {
  if (auto decoded = decode(wire)) return *decoded;
  return base::to_valid_utf8(wire);
}

MailboxName MailboxName::from_utf8(std::string_view name) {
  return from_wire(to_modified_utf7(name));
}

MailboxName MailboxName::from_wire(std::string_view name) {
  MailboxName out;
  out.wire_ = base::ascii_iequals(name, "INBOX") ? "INBOX" : name;
  return out;
}

bool MailboxName::is_inbox() const noexcept { return wire_ == "INBOX"; }

bool MailboxName::operator==(const MailboxName& other) const noexcept {
  return wire_ == other.wire_;
}

}  // namespace postroom::imap
