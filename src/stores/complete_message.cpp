#include "stores/complete_message.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "mime/header.hpp"
#include "mime/header_text.hpp"

namespace postroom::stores {
namespace {

// With its line end.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = end == std::string_view::npos ? text : text.substr(0, end + 1);
  text.remove_prefix(line.size());
  return line;
}

bool is_blank(std::string_view line) { return line == "\n" || line == "\r\n"; }

// RFC 5322 section 2.2: printable ASCII without space and colon, then a colon; spaces before it are
// old style. Empty when the line begins no field.
std::string_view field_name(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  std::string_view name = line.substr(0, colon);
  while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
  const bool is_name = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F; });
  return is_name ? name : std::string_view{};
}

// Where the header of `text` ends, its empty line included; npos when the end is not in it.
std::size_t head_size(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (is_blank(line)) return text.size() - rest.size();
  }
  return std::string_view::npos;
}

class CompletedMessage final : public base::ByteSource {
 public:
  CompletedMessage(base::ByteSource& body, std::string head, std::size_t replaced)
      : body_(body), head_(std::move(head)), replaced_(replaced) {
    CompletedMessage::rewind();
  }

  std::size_t read(std::span<char> into) override {
    if (at_ < head_.size()) {
      const std::size_t n = head_.copy(into.data(), into.size(), at_);
      at_ += n;
      return n;
    }
    while (to_skip_ > 0) {
      const std::size_t n = body_.read(into.first(std::min(into.size(), to_skip_)));
      if (n == 0) return 0;
      to_skip_ -= n;
    }
    return body_.read(into);
  }
  void rewind() override {
    body_.rewind();
    at_ = 0;
    to_skip_ = replaced_;
  }
  bool is_8bit() const override { return body_.is_8bit(); }
  std::uint64_t size() const override { return body_.size() - replaced_ + head_.size(); }

 private:
  base::ByteSource& body_;
  std::string head_;
  std::size_t replaced_;
  std::size_t at_ = 0;
  std::size_t to_skip_ = 0;
};

base::Error header_too_big() {
  base::Error error(base::ErrorKind::refused, "send.header_too_big",
                    "the message's header is larger than 1 MiB: nobody can tell whether it names "
                    "hidden recipients",
                    "a file sent as it is must be a whole mail: its header, an empty line, its "
                    "text; check that it is one");
  error.set_session_usable(true);
  return error;
}

}  // namespace

CompletedHead complete_head(std::string_view head, const Completion& completion) {
  CompletedHead done;
  std::string kept;
  std::string_view rest = head;
  if (rest.starts_with("From ")) take_line(rest);
  bool has_date = false, has_id = false, has_header = false, drops = false;
  std::string_view after_header;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::string_view line = take_line(rest);
    const bool is_more = has_header && (line[0] == ' ' || line[0] == '\t');
    const std::string_view name = is_more ? std::string_view{} : field_name(line);
    if (!is_more && name.empty() && (is_blank(line) || !has_header)) {
      after_header = before;
      break;
    }
    has_header = true;
    if (!is_more) {
      const bool is_date = base::ascii_iequals(name, "Date");
      const bool is_id = base::ascii_iequals(name, "Message-ID");
      drops = (is_date && has_date) || (is_id && has_id) || base::ascii_iequals(name, "Bcc") ||
              base::ascii_iequals(name, "Resent-Bcc");
      has_date = has_date || is_date;
      has_id = has_id || is_id;
    }
    if (!drops) kept += line;
  }
  const auto first_end = head.find('\n');
  const bool is_unix =
      first_end != std::string_view::npos && (first_end == 0 || head[first_end - 1] != '\r');
  const std::string line_end = is_unix ? "\n" : "\r\n";
  if (!has_date) done.text += "Date: " + mime::format_date(completion.date) + line_end;
  if (!has_id) done.text += "Message-ID: " + completion.message_id + line_end;
  done.uses_date = !has_date;
  done.uses_message_id = !has_id;
  if (!kept.empty() && !kept.ends_with('\n')) kept += line_end;
  done.text += kept;
  if (!after_header.empty() && !is_blank(after_header.substr(0, after_header.find('\n') + 1)))
    done.text += line_end;
  done.text += after_header;
  done.is_changed = done.text != head;
  return done;
}

std::unique_ptr<base::ByteSource> complete_message(base::ByteSource& body,
                                                   const Completion& completion,
                                                   CompletedHead& used) {
  constexpr mime::HeaderLimits limits;
  constexpr std::size_t piece = 16'384;
  std::string head;
  std::size_t end = std::string::npos;
  body.rewind();
  while (end == std::string::npos) {
    if (head.size() > limits.block) throw header_too_big();
    const std::size_t before = head.size();
    head.resize(before + piece);
    const std::size_t n = body.read(std::span(head.data() + before, piece));
    head.resize(before + n);
    end = n == 0 ? head.size() : head_size(head);
  }
  head.resize(end);
  used = complete_head(head, completion);
  if (!used.is_changed) return nullptr;
  return std::make_unique<CompletedMessage>(body, used.text, head.size());
}

}  // namespace postroom::stores
