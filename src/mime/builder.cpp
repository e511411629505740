#include "mime/builder.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/body_writer.hpp"
#include "mime/header_text.hpp"
#include "mime/header_writer.hpp"
#include "mime/media_type.hpp"

namespace postroom::mime {
namespace {

using base::Error;
using base::ErrorKind;

std::string random_word() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", source(), source(), source(), source());
}

// A line break in a value would begin a header of a stranger's making.
void check_line(std::string_view what, std::string_view value) {
  bool broken =
      std::ranges::any_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  if (!broken) return;
  throw Error(ErrorKind::config, "mime.bad_header",
              fmt::format("{} holds a line break or a NUL character", what),
              "remove it: a header is one line");
}

void check_address(std::string_view what, const Address& address) {
  check_line(fmt::format("a name in {}", what), address.name);
  check_line(fmt::format("an address in {}", what), address.address);
  constexpr std::size_t longest = 320;  // RFC 5321: 64 + @ + 255
  const std::string& text = address.address;
  std::size_t sign = text.rfind('@');
  bool quoted = text.starts_with('"');
  bool odd = std::ranges::any_of(text, [&](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
           (!quoted && std::string_view(" <>,;()\"").contains(c));
  });
  std::string_view domain =
      sign == std::string::npos ? std::string_view{} : std::string_view(text).substr(sign + 1);
  bool odd_domain = domain.empty() || domain.find_first_of(" <>,;()\"") != std::string_view::npos;
  bool readable = base::is_valid_utf8(text);
  if (!odd && !odd_domain && sign != 0 && text.size() <= longest && readable) return;
  throw Error(ErrorKind::config, "mime.bad_address",
              fmt::format("\"{}\" in {} is not an email address", base::printable(text, 200), what),
              "write it as name@example.com");
}

bool is_ours(std::string_view name) {
  if (base::ascii_lower(name.substr(0, 8)) == "content-") return true;
  for (std::string_view ours :
       {"From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To",
        "References", "MIME-Version", "Resent-Bcc"}) {
    if (base::ascii_iequals(name, ours)) return true;
  }
  return false;
}

void check_header(std::string_view name, std::string_view value) {
  check_line(fmt::format("the header {}", base::printable(name, 100)), value);
  constexpr std::size_t longest_name = 76;
  bool good = !name.empty() && name.size() <= longest_name &&
              std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; });
  if (good && !is_ours(name)) return;
  throw Error(ErrorKind::config, "mime.bad_header",
              good ? fmt::format("the header {} is set by its own field", name)
                   : fmt::format("\"{}\" is not a header name", base::printable(name, 100)),
              good ? "use the field of that name" : "use letters, digits and hyphens");
}

std::string checked_id(std::string_view what, std::string_view id) {
  auto ids = parse_message_ids(id);
  check_line(what, id);
  // It cannot be folded, so the whole stays below a line's 998 octets with the field's name.
  constexpr std::size_t longest_id = 900;
  bool fits = ids.size() == 1 && ids.front().size() <= longest_id;
  if (fits && base::is_ascii(ids.front())) return ids.front();
  throw Error(ErrorKind::config, "mime.bad_header",
              fmt::format("\"{}\" is not a message id", base::printable(id, 200)),
              "write it as <unique@example.com>");
}

void check_type(std::string_view type) {
  bool good = std::ranges::count(type, '/') == 1 && !type.starts_with('/') &&
              !type.ends_with('/') && std::ranges::all_of(type, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/.+-_!#$&^").contains(c);
              });
  if (good && type.size() <= 200) return;
  throw Error(ErrorKind::config, "mime.bad_header",
              fmt::format("\"{}\" is not a content type", base::printable(type, 100)),
              "write it as application/pdf");
}

// Writes the tree of parts as segments, from the outside in.
class Writer {
 public:
  explicit Writer(const Draft& draft) : draft_(draft) {}

  std::vector<Segment> write() {
    write_headers();
    bool any_attached = std::ranges::any_of(
        draft_.attachments, [&](const DraftFile& file) { return !is_embedded(file); });
    if (any_attached) {
      std::string boundary = open_multipart("mixed");
      open_part(boundary);
      write_bodies();
      for (const auto& file : draft_.attachments) {
        if (is_embedded(file)) continue;
        open_part(boundary);
        write_file(file);
      }
      close_multipart(boundary);
    } else {
      write_bodies();
    }
    flush();
    return std::move(segments_);
  }

 private:
  bool is_embedded(const DraftFile& file) const {
    return !file.content_id.empty() && !draft_.html.empty();
  }

  void write_addresses(std::string_view name, const std::vector<Address>& addresses) {
    if (addresses.empty()) return;
    std::string list;
    for (const auto& address : addresses) {
      check_address(name, address);
      if (!list.empty()) list += ", ";
      list += format_address(address);
    }
    text_ += folded(name, list);
  }

  bool has_own(std::string_view name) const {
    return std::ranges::any_of(draft_.headers, [&](const auto& header) {
      return base::ascii_iequals(header.first, name);
    });
  }

  void write_unless_given(std::string_view name, std::string_view value) {
    check_line(name, value);
    if (!has_own(name)) text_ += format_header(name, value);
  }

  void write_headers() {
    text_ += folded("Date", format_date(*draft_.date, draft_.zone_offset));
    text_ += folded("Message-ID", checked_id("the message id", draft_.message_id));
    write_addresses("From", {draft_.from});
    write_addresses("Reply-To", draft_.reply_to);
    write_addresses("To", draft_.to);
    write_addresses("Cc", draft_.cc);
    for (const auto& address : draft_.bcc) check_address("Bcc", address);
    check_line("the subject", draft_.subject);
    text_ += format_header("Subject", draft_.subject);
    if (!draft_.in_reply_to.empty())
      text_ += folded("In-Reply-To", checked_id("In-Reply-To", draft_.in_reply_to));
    std::vector<std::string> references;
    for (const auto& id : draft_.references) references.push_back(checked_id("References", id));
    if (!references.empty()) text_ += folded("References", base::join(references, " "));
    if (draft_.importance != Importance::normal) {
      bool high = draft_.importance == Importance::high;
      write_unless_given("Importance", high ? "high" : "low");
      write_unless_given("X-Priority", high ? "1 (Highest)" : "5 (Lowest)");
    }
    if (!draft_.auto_submitted.empty()) {
      write_unless_given("Auto-Submitted", draft_.auto_submitted);
      if (draft_.auto_submitted != "no") write_unless_given("X-Auto-Response-Suppress", "All");
    }
    for (const auto& [name, value] : draft_.headers) {
      check_header(name, value);
      text_ += format_header(name, value);
    }
    text_ += "MIME-Version: 1.0\r\n";
  }

  void write_bodies() {
    bool embedded = std::ranges::any_of(draft_.attachments,
                                        [&](const DraftFile& file) { return is_embedded(file); });
    bool both = !draft_.text.empty() && !draft_.html.empty();
    std::string alternative = both ? open_multipart("alternative") : std::string();
    if (both) open_part(alternative);
    if (both || draft_.html.empty()) write_text("plain", draft_.text);
    if (draft_.html.empty()) return;
    if (both) open_part(alternative);
    if (embedded) {
      std::string related = open_multipart("related");
      open_part(related);
      write_text("html", draft_.html);
      for (const auto& file : draft_.attachments) {
        if (!is_embedded(file)) continue;
        open_part(related);
        write_file(file);
      }
      close_multipart(related);
    } else {
      write_text("html", draft_.html);
    }
    if (both) close_multipart(alternative);
  }

  void write_text(std::string_view subtype, std::string_view utf8) {
    EncodedText encoded = encode_text(base::to_valid_utf8(utf8));
    text_ +=
        fmt::format("Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n",
                    subtype, encoded.encoding);
    text_ += encoded.body;
  }

  void write_file(const DraftFile& file) {
    std::string name = file.name.empty() ? file.path.filename().string() : file.name;
    if (name.empty()) name = "attachment";
    check_line("an attachment's name", name);
    check_line("a content id", file.content_id);
    name = base::to_valid_utf8(name);
    std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    constexpr std::size_t longest_name = 255;  // every file system's own limit
    name = base::truncate_utf8(name, longest_name);
    std::string type(file.type.empty() ? media_type_of(name) : std::string_view(file.type));
    check_type(type);

    // RFC 2046 section 5.2.1: an attached message is never encoded; one that SMTP could not carry
    // goes as bytes.
    auto kind = Segment::Kind::base64;
    std::string encoding = "base64";
    if (base::ascii_iequals(type, "message/rfc822")) {
      Segment whole = make_file_segment(file.path, file.bytes, Segment::Kind::crlf);
      TextMeasure measure = measure_text(whole);
      constexpr std::size_t longest_line = 998;
      if (measure.longest <= longest_line + 1 && !measure.nul) {
        kind = Segment::Kind::crlf;
        encoding = measure.ascii ? "7bit" : "8bit";
      } else {
        type = "application/octet-stream";
      }
    }
    text_ += "Content-Type: " + type + format_file_param("name", name, false) + "\r\n";
    text_ += "Content-Transfer-Encoding: " + encoding + "\r\n";
    std::string disposition = is_embedded(file) ? "inline" : "attachment";
    text_ +=
        "Content-Disposition: " + disposition + format_file_param("filename", name, true) + "\r\n";
    if (!file.content_id.empty())
      text_ += folded("Content-ID", checked_id("a content id", file.content_id));
    text_ += "\r\n";
    flush();
    segments_.push_back(make_file_segment(file.path, file.bytes, kind));
  }

  std::string open_multipart(std::string_view subtype) {
    std::string boundary = "=_" + random_word();
    text_ +=
        fmt::format("Content-Type: multipart/{};\r\n boundary=\"{}\"\r\n\r\n", subtype, boundary);
    return boundary;
  }

  void open_part(std::string_view boundary) { text_ += fmt::format("\r\n--{}\r\n", boundary); }
  void close_multipart(std::string_view boundary) {
    text_ += fmt::format("\r\n--{}--\r\n", boundary);
  }

  void flush() {
    if (!text_.empty()) segments_.push_back(make_text_segment(std::move(text_)));
    text_.clear();
  }

  const Draft& draft_;
  std::string text_;
  std::vector<Segment> segments_;
};

}  // namespace

bool needs_smtputf8(const Address& address) {
  return !base::is_ascii(std::string_view(address.address).substr(0, address.address.rfind('@')));
}

std::string make_message_id(std::string_view from_address) {
  std::size_t sign = from_address.rfind('@');
  std::string domain(sign == std::string_view::npos ? std::string_view{}
                                                    : from_address.substr(sign + 1));
  bool good = !domain.empty() && std::ranges::all_of(domain, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
  });
  return "<" + random_word() + "@" + (good ? domain : "postroom.invalid") + ">";
}

std::unique_ptr<base::ByteSource> build(const Draft& draft, const base::Clock& clock) {
  Draft complete = draft;
  if (!complete.date) complete.date = clock.now();
  check_address("From", complete.from);
  if (complete.message_id.empty()) complete.message_id = make_message_id(complete.from.address);
  return make_source(Writer(complete).write());
}

}  // namespace postroom::mime
