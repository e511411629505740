// Address lists (RFC 5322 section 3.4), as found rather than as specified.
#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/header_text.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t most_addresses = 10'000;

// Reads one field from left to right; never steps back, so its time is linear.
class AddressReader {
 public:
  AddressReader(std::string_view text, std::string_view hint) : text_(text), hint_(hint) {}

  std::vector<Address> read() {
    while (at_ < text_.size() && found_.size() < most_addresses) {
      char c = text_[at_];
      if (c == '"' && !quote_open_) {
        read_quoted();
      } else if (c == '(') {
        read_comment();
      } else if (c == '<') {
        read_angle();
      } else if (text_.substr(at_).starts_with("=?") && read_encoded_word()) {
        continue;
      } else if (c == ',' || c == ';') {
        ++at_;
        close_item(c == ';');
      } else if (c == ':' && !words_.empty() && !words_.contains('@')) {
        ++at_;
        open_group();
      } else {
        words_ += c;
        ++at_;
      }
    }
    close_item(true);
    return std::move(found_);
  }

 private:
  void read_quoted() {
    std::size_t opened = ++at_;
    std::size_t start = words_.size();
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      words_ += text_[at_++];
    }
    if (at_ == text_.size()) {  // never closed: as if it was not there, nor any after it
      quote_open_ = true;
      words_.resize(start);
      at_ = opened;
      return;
    }
    ++at_;
    if (at_ < text_.size() && text_[at_] == '@') {  // "odd local"@example.com
      words_.insert(start, "\"");
      words_ += '"';
    }
  }

  void read_comment() {
    int depth = 0;
    std::string comment;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        comment += text_[++at_];
        continue;
      }
      if (c == ')' && --depth == 0) {
        ++at_;
        break;
      }
      if (depth > 0) comment += c;
      if (c == '(') ++depth;
    }
    comment_ = std::move(comment);
  }

  void read_angle() {
    if (has_angle_) close_before_angle();
    while (at_ < text_.size() && text_[at_] == '<') ++at_;
    std::string inside;
    bool in_quotes = false;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') in_quotes = !in_quotes;
      if (!in_quotes && (c == '>' || c == '<')) break;
      inside += c;
    }
    while (at_ < text_.size() && text_[at_] == '>') ++at_;
    // An obsolete route: <@relay,@other:user@host>.
    if (inside.starts_with('@') && inside.contains(':')) inside.erase(0, inside.find(':') + 1);
    angle_ = std::move(inside);
    angle_words_ = words_.size();
    has_angle_ = true;
  }

  // "Ann <a@b.c> Bob <d@e.f>" without a comma; the same address twice is one.
  void close_before_angle() {
    std::string after = words_.substr(angle_words_);
    words_.resize(angle_words_);
    constexpr std::size_t longest_repeated = 1'000;
    std::string_view next = text_.substr(at_, longest_repeated);
    next.remove_prefix(std::min(next.find_first_not_of('<'), next.size()));
    next = base::trim(next.substr(0, next.find('>')));
    if (next == base::trim(angle_) && base::trim(after).empty()) return;
    close_item(false);
    words_ = std::move(after);
  }

  // Commas and colons inside an encoded word separate nothing.
  bool read_encoded_word() {
    std::string_view rest = text_.substr(at_, 1000);
    std::size_t charset = rest.find('?', 2);
    if (charset == std::string_view::npos || charset + 3 >= rest.size() || rest[charset + 2] != '?')
      return false;
    std::size_t end = rest.find("?=", charset + 3);
    if (end == std::string_view::npos || rest.substr(0, end).contains('<')) return false;
    words_ += rest.substr(0, end + 2);
    at_ += end + 2;
    return true;
  }

  void open_group() {
    group_ = decode_header(words_, hint_);
    members_ = found_.size();
    in_group_ = true;
    clear_item();
  }

  void close_item(bool ends_group) {
    std::string_view words = base::trim(words_);
    if (has_angle_) {
      add(std::string(words), angle_);
    } else if (words.contains('@')) {
      add_bare(words);
    } else if (!words.empty()) {
      held_ += held_.empty()
                   ? ""
                   : ", ";  // "Doe, John <j@example.com>" without quotes: wait for the rest
      held_ += words;
    }
    if (has_angle_ || words.contains('@')) held_.clear();
    if (ends_group) {
      flush_held();
      if (in_group_ && found_.size() == members_ && !group_.empty()) found_.push_back({group_, {}});
      in_group_ = false;
    }
    clear_item();
  }

  // "John Doe j@example.com" or "j@example.com (John Doe)".
  void add_bare(std::string_view words) {
    std::size_t sign = words.rfind('@');
    std::size_t start = words.substr(0, sign).find_last_not_of(" \t\r\n");
    bool quoted_local = start != std::string_view::npos && words[start] == '"';
    if (quoted_local) {
      start = words.substr(0, start).rfind('"');
    } else if (start != std::string_view::npos) {
      start = words.substr(0, start).find_last_of(" \t\r\n");
      start = start == std::string_view::npos ? 0 : start + 1;
    }
    if (start == std::string_view::npos) start = 0;
    flush_held();
    add(std::string(words.substr(0, start)), words.substr(start));
  }

  void add(std::string name, std::string_view address) {
    if (!held_.empty()) name = name.empty() ? held_ : held_ + ", " + name;
    if (base::trim(name).empty()) name = comment_;
    Address made;
    made.name = decode_header(name, hint_);
    bool in_quotes = false;
    std::string plain = base::is_ascii(address) && !address.contains("=?")
                            ? std::string(address)
                            : decode_header(address, hint_);
    for (char c : plain) {
      if (c == '"') in_quotes = !in_quotes;
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || (c == ' ' && !in_quotes)) continue;
      made.address += c;
    }
    if (made.address.starts_with("mailto:")) made.address.erase(0, 7);
    if (!made.address.empty() || !made.name.empty()) found_.push_back(std::move(made));
  }

  // Names that no address followed.
  void flush_held() {
    if (!held_.empty()) found_.push_back({decode_header(held_, hint_), {}});
    held_.clear();
  }

  void clear_item() {
    words_.clear();
    comment_.clear();
    angle_.clear();
    has_angle_ = false;
  }

  std::string_view text_, hint_;
  std::size_t at_ = 0;
  std::vector<Address> found_;
  std::string words_, comment_, angle_, held_, group_;
  std::size_t members_ = 0;
  std::size_t angle_words_ = 0;  // of words_, those before the angle bracket
  bool has_angle_ = false, in_group_ = false, quote_open_ = false;
};

}  // namespace

std::vector<Address> parse_addresses(std::string_view raw, std::string_view hint) {
  return AddressReader(raw, hint).read();
}

}  // namespace postroom::mime
