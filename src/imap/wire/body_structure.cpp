#include "imap/wire/body_structure.hpp"

#include <charconv>

namespace postroom::imap::wire {
namespace {

class Reader {
 public:
  Reader(Scanner& in, std::vector<BodyPart>& parts, const Limits& limits)
      : in_(in), parts_(parts), limits_(limits) {}

  void body(int parent, std::uint32_t position, int depth) {
    if (depth > limits_.nesting) return in_.fail("fewer levels of parts");
    if (parts_.size() >= limits_.body_parts) return in_.fail("fewer parts");
    auto index = parts_.size();
    parts_.push_back({.parent = parent, .position = position});
    in_.expect('(');
    in_.skip_spaces();
    if (in_.peek() == '(') {
      multipart(index, depth);
    } else {
      // "()" says nothing of a part that may be an attachment: unreadable, so that somebody reads
      // the message itself.
      if (in_.peek() == ')') return in_.fail("a part");
      single(index, depth);
    }
    in_.expect(')');
  }

 private:
  // Every field of a part may be missing: Exchange, Gmail, Yandex and others cut descriptions of
  // broken mail short.
  bool more() {
    in_.skip_spaces();
    return in_.ok() && !in_.at_end() && in_.peek() != ')';
  }

  Text text() {
    if (!more()) return {};
    if (in_.peek() != '(') return in_.nstring();
    in_.list();
    return {};
  }

  // A list of parameters, or NIL, or "".
  std::string_view parameters() {
    if (!more()) return {};
    if (in_.peek() == '(') return in_.list();
    in_.nstring();
    return {};
  }

  void multipart(std::size_t index, int depth) {
    parts_[index].is_multipart = true;
    std::uint32_t position = 0;
    while (in_.ok() && in_.peek() == '(') {
      body(static_cast<int>(index), ++position, depth + 1);
      in_.skip_spaces();
    }
    parts_[index].subtype = text();
    parts_[index].parameters = parameters();
    disposition(index);
  }

  void single(std::size_t index, int depth) {
    Text type = text();
    if (!more() || in_.peek() == '(') {
      // A multipart without parts: only its subtype and, at times, parameters.
      parts_[index].is_multipart = !type.is_nil();
      parts_[index].subtype = type;
      parts_[index].parameters = parameters();
      return disposition(index);
    }
    parts_[index].type = type;
    parts_[index].subtype = text();
    parts_[index].parameters = parameters();
    parts_[index].id = text();
    parts_[index].description = text();
    parts_[index].encoding = text();
    if (type.is_nil() && !parts_[index].subtype.is_nil() && !more()) {
      // Exchange: (NIL "alternative" ("boundary" "x") NIL NIL NIL), a multipart without parts.
      parts_[index].is_multipart = true;
      return;
    }
    parts_[index].size = count();
    bool message = type.is("message") &&
                   (parts_[index].subtype.is("rfc822") || parts_[index].subtype.is("global"));
    // Exchange leaves envelope and body out where the inner message is broken.
    if (message && more() && in_.peek() == '(') {
      parts_[index].envelope = envelope();
      if (more() && in_.peek() == '(') {
        parts_[index].holds_message = true;
        body(static_cast<int>(index), 1, depth + 1);
      }
    }
    if (more() && in_.peek() >= '0' && in_.peek() <= '9') parts_[index].lines = count();
    text();  // MD5
    disposition(index);
  }

  std::string_view envelope() {
    auto from = in_.position();
    in_.list();
    return in_.since(from);
  }

  // Seen instead of a number: NIL, nothing, and from mail.ru "9.3736e+06".
  std::uint64_t count() {
    if (!more()) return 0;
    if (in_.peek() < '0' || in_.peek() > '9') return text(), 0;
    auto from = in_.position();
    std::uint64_t n = in_.number();
    if (in_.peek() != '.' && in_.peek() != 'e') return n;
    in_.word();
    std::string_view word = in_.since(from);
    double value = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && value >= 0 && value < 1e15 ? static_cast<std::uint64_t>(value)
                                                              : n;
  }

  // Disposition, language, location, and whatever a later RFC adds.
  void disposition(std::size_t index) {
    if (more()) {
      if (in_.accept('(')) {
        parts_[index].disposition = text();
        parts_[index].disposition_parameters = parameters();
        while (more()) in_.skip_value();
        in_.expect(')');
      } else {
        parts_[index].disposition = in_.nstring();
      }
    }
    if (more()) in_.skip_value();  // language
    if (more() && in_.peek() != '(') parts_[index].location = in_.nstring();
    while (more()) in_.skip_value();
  }

  Scanner& in_;
  std::vector<BodyPart>& parts_;
  const Limits& limits_;
};

}  // namespace

std::string BodyStructure::section(std::size_t index) const {
  std::string out;
  for (int at = static_cast<int>(index); at >= 0; at = parts[static_cast<std::size_t>(at)].parent) {
    const BodyPart& part = parts[static_cast<std::size_t>(at)];
    const BodyPart* parent =
        part.parent < 0 ? nullptr : &parts[static_cast<std::size_t>(part.parent)];
    bool in_multipart = parent && parent->is_multipart;
    if (!in_multipart && part.is_multipart) {
      if (at == static_cast<int>(index)) return {};
      continue;
    }
    std::string number = std::to_string(in_multipart ? part.position : 1);
    out = out.empty() ? number : number + "." + out;
  }
  return out;
}

void parse_body_structure(Scanner& in, BodyStructure& out, const Limits& limits) {
  out.parts.clear();
  Reader reader(in, out.parts, limits);
  reader.body(-1, 1, 0);
}

}  // namespace postroom::imap::wire
