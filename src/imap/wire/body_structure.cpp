#include "imap/wire/body_structure.hpp"

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
      single(index, depth);
    }
    in_.expect(')');
  }

 private:
  bool more() {
    in_.skip_spaces();
    return in_.ok() && !in_.at_end() && in_.peek() != ')';
  }

  void multipart(std::size_t index, int depth) {
    parts_[index].is_multipart = true;
    std::uint32_t position = 0;
    while (in_.ok() && in_.peek() == '(') {
      body(static_cast<int>(index), ++position, depth + 1);
      in_.skip_spaces();
    }
    parts_[index].subtype = in_.nstring();
    if (more()) parts_[index].parameters = in_.list();
    disposition(index);
  }

  void single(std::size_t index, int depth) {
    Text type = in_.nstring();
    in_.space();
    if (in_.peek() == '(') {  // a multipart without parts: only its subtype and parameters
      parts_[index].is_multipart = true;
      parts_[index].subtype = type;
      parts_[index].parameters = in_.list();
      return disposition(index);
    }
    parts_[index].type = type;
    parts_[index].subtype = in_.nstring();
    in_.space();
    parts_[index].parameters = in_.list();
    in_.space();
    parts_[index].id = in_.nstring();
    in_.space();
    parts_[index].description = in_.nstring();
    in_.space();
    parts_[index].encoding = in_.nstring();
    in_.space();
    parts_[index].size = count();
    bool message = type.is("message") &&
                   (parts_[index].subtype.is("rfc822") || parts_[index].subtype.is("global"));
    // Exchange leaves envelope and body out where the inner message is broken.
    if (message && more() && in_.peek() == '(') {
      parts_[index].envelope = envelope();
      in_.space();
      parts_[index].holds_message = true;
      body(static_cast<int>(index), 1, depth + 1);
    }
    if (more() && in_.peek() >= '0' && in_.peek() <= '9') parts_[index].lines = in_.number();
    if (more()) in_.nstring();  // MD5
    disposition(index);
  }

  std::string_view envelope() {
    auto from = in_.position();
    in_.list();
    return in_.since(from);
  }

  // NIL for a size is seen in the wild.
  std::uint64_t count() {
    if (in_.accept_word("NIL")) return 0;
    return in_.number();
  }

  // Disposition, language, location, and whatever a later RFC adds.
  void disposition(std::size_t index) {
    if (more()) {
      if (in_.accept('(')) {
        parts_[index].disposition = in_.nstring();
        if (more()) parts_[index].disposition_parameters = in_.list();
        in_.skip_spaces();
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
