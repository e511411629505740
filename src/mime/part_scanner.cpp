#include "mime/part_scanner.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "mime/decoder.hpp"
#include "mime/header_text.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t longest_boundary = 250;  // RFC 2046 allows 70
constexpr std::size_t first_bytes = 4096;      // in which a line end must be
constexpr std::size_t longest_body_prefix = 2 + longest_boundary + 16;

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && std::string_view(" \t\r\n").contains(text.back())) text.remove_suffix(1);
  return text;
}

enum class Match { none, part, end };

Match match_boundary(std::string_view line, std::string_view boundary) {
  if (boundary.empty() || !line.starts_with("--") || !line.substr(2).starts_with(boundary))
    return Match::none;
  std::string_view rest = trim_end(line.substr(2 + boundary.size()));
  if (rest.empty()) return Match::part;
  return rest == "--" ? Match::end : Match::none;
}

Part part_of(const Headers& headers, bool in_digest) {
  PartFields fields;
  ParsedField type = parse_field(find_header(headers, "Content-Type").value_or(std::string_view{}));
  ParsedField disposition =
      parse_field(find_header(headers, "Content-Disposition").value_or(std::string_view{}));
  if (type.value.empty()) type.value = in_digest ? "message/rfc822" : "text/plain";
  std::string_view full = type.value;
  std::size_t slash = full.find('/');
  fields.type = full.substr(0, slash);
  fields.subtype = slash == std::string_view::npos ? std::string_view{} : full.substr(slash + 1);
  fields.params = std::move(type.params);
  fields.disposition = disposition.value;
  fields.disposition_params = std::move(disposition.params);
  fields.id = find_header(headers, "Content-ID").value_or(std::string_view{});
  fields.encoding = find_header(headers, "Content-Transfer-Encoding").value_or(std::string_view{});
  fields.location = find_header(headers, "Content-Location").value_or(std::string_view{});
  Part part = make_part(fields);
  if (part.type == "multipart") part.name = decode_param(fields.params, "name");
  return part;
}

std::string boundary_of(const Headers& headers) {
  ParsedField type = parse_field(find_header(headers, "Content-Type").value_or(std::string_view{}));
  for (const auto& [name, value] : type.params) {
    if (name == "boundary") return std::string(trim_end(value).substr(0, longest_boundary));
  }
  return decode_param(type.params, "boundary").substr(0, longest_boundary);
}

}  // namespace

struct PartScanner::Node {
  Part part;
  Region body;
  std::string header_block;
  Headers headers;
  bool in_digest = false;
  std::vector<std::unique_ptr<Node>> children;
};

PartScanner::PartScanner(const MessageLimits& limits)
    : limits_(limits), root_(std::make_unique<Node>()) {
  frames_.push_back({root_.get(), {}});
}

PartScanner::~PartScanner() = default;

void PartScanner::warn(std::string sentence) {
  if (warnings_.size() >= limits_.warnings ||
      std::ranges::find(warnings_, sentence) != warnings_.end())
    return;
  warnings_.push_back(std::move(sentence));
}

void PartScanner::feed(std::string_view bytes) {
  if (line_feed_ != 0) {
    scan(bytes);
    return;
  }
  head_ += bytes;
  if (head_.size() >= first_bytes || head_.contains('\n')) settle_line_end();
}

// Lines end in CR alone only where no other line end is in sight: a lone CR in other mail is noise.
void PartScanner::settle_line_end() {
  std::string_view first = std::string_view(head_).substr(0, first_bytes);
  std::size_t cr = first.find('\r');
  bool lone = cr != std::string_view::npos && cr + 1 < first.size() && !first.contains('\n');
  line_feed_ = lone ? '\r' : '\n';
  if (lone) warn("its lines end as on old Macs, in CR alone");
  std::string begun = std::move(head_);
  head_.clear();
  scan(begun);
}

void PartScanner::scan(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t end = bytes.find(line_feed_);
    bool complete = end != std::string_view::npos;
    std::string_view piece = complete ? bytes.substr(0, end + 1) : bytes;
    bytes.remove_prefix(piece.size());
    std::uint64_t start = line_start_;
    at_ += piece.size();
    if (complete && line_.empty() && start + piece.size() == at_) {
      bool after_cr = piece.size() >= 2 && piece[piece.size() - 2] == '\r';
      take_line(piece, start, at_, after_cr && line_feed_ == '\n' ? 2 : 1);
    } else {
      // Of a body's line only so much as a boundary may have; of a header's as much as its block
      // may have.
      // And one byte more, by which take_boundary tells a longer line, as it would in one piece.
      std::size_t room = in_headers_ ? limits_.headers.block : longest_body_prefix + 1;
      if (line_.size() < room) line_ += piece.substr(0, room - line_.size());
      if (!complete) {
        last_was_cr_ = piece.back() == '\r';
        continue;
      }
      bool after_cr = piece.size() >= 2 ? piece[piece.size() - 2] == '\r' : last_was_cr_;
      std::string line = std::move(line_);
      line_.clear();
      take_line(line, start, at_, after_cr && line_feed_ == '\n' ? 2 : 1);
    }
    line_start_ = at_;
    last_was_cr_ = false;
  }
}

void PartScanner::take_line(std::string_view line, std::uint64_t start, std::uint64_t end,
                            unsigned line_end) {
  if (!(line.starts_with("--") && take_boundary(line, start, end)) && in_headers_)
    take_header_line(line, start, end);
  previous_line_end_ = line_end;
}

bool PartScanner::take_boundary(std::string_view line, std::uint64_t start, std::uint64_t end) {
  if (line.size() > longest_body_prefix) return false;
  for (std::size_t i = frames_.size(); i-- > 0;) {
    Frame& frame = frames_[i];
    if (frame.ended) continue;
    Match match = match_boundary(line, frame.boundary);
    if (match == Match::none) continue;
    if (in_headers_) end_headers(start);
    close_above(i, start - std::min<std::uint64_t>(start, previous_line_end_));
    in_headers_ = false;
    if (match == Match::end) {
      frames_[i].ended = true;
    } else {
      open_child(end);
    }
    return true;
  }
  Frame& last = frames_.back();
  std::string_view guess = trim_end(line).substr(2);
  if (in_headers_ || !last.guess || guess.size() < 5 || guess.size() > longest_boundary ||
      guess.contains(' '))
    return false;
  last.guess = false;
  last.boundary = guess;
  open_child(end);
  return true;
}

void PartScanner::open_child(std::uint64_t header_start) {
  if (parts_ >= limits_.parts) {
    warn("the message has more than " + std::to_string(limits_.parts) +
         " parts; the rest is left out");
    return;
  }
  ++parts_;
  Node* parent = frames_.back().node;
  auto node = std::make_unique<Node>();
  node->in_digest = parent->part.is("multipart", "digest");
  node->body = {header_start, header_start};
  frames_.push_back({node.get(), {}});
  parent->children.push_back(std::move(node));
  in_headers_ = true;
}

void PartScanner::take_header_line(std::string_view line, std::uint64_t start, std::uint64_t end) {
  Node& node = *frames_.back().node;
  if (base::trim(line).empty() && (line.front() == '\r' || line.front() == '\n')) {
    end_headers(end);
    return;
  }
  bool first = node.header_block.empty();
  bool continued = line.front() == ' ' || line.front() == '\t';
  bool marker = line.starts_with("From ") || line.starts_with(">From ");
  if (first && !continued && !marker && !line.contains(':')) {
    // No header at all, only text.
    warn("a part has no header");
    end_headers(start);
    return;
  }
  std::size_t room =
      limits_.headers.block - std::min(limits_.headers.block, node.header_block.size());
  if (line.size() > room) warn("a header block is larger than the limit and was cut");
  node.header_block += line.substr(0, room);
}

void PartScanner::end_headers(std::uint64_t body_start) {
  in_headers_ = false;
  Node& node = *frames_.back().node;
  if (line_feed_ == '\r') std::ranges::replace(node.header_block, '\r', '\n');
  node.headers = parse_headers(node.header_block, limits_.headers);
  node.header_block = {};
  node.part = part_of(node.headers, node.in_digest);
  node.body = {body_start, body_start};
  if (!is_known_encoding(node.part.encoding)) {
    warn("a part is in the unknown encoding \"" + base::printable(node.part.encoding, 50) +
         "\"; its bytes are taken as they are");
  } else if (node.part.is_multipart() && parse_encoding(node.part.encoding) != Encoding::identity) {
    warn("a multipart says it is encoded, which none may be; it is read as it stands");
  }
  bool container = node.part.is_multipart() || (node.part.is_message() && is_plain(node.part));
  if (!container) return;
  if (frames_.size() > static_cast<std::size_t>(limits_.depth)) {
    warn("parts nested deeper than " + std::to_string(limits_.depth) +
         " levels are kept as one opaque part");
    return;
  }
  if (node.part.is_multipart()) {
    frames_.back().boundary = boundary_of(node.headers);
    frames_.back().guess = frames_.back().boundary.empty();
    if (frames_.back().guess) warn("a multipart names no boundary");
  } else {
    open_child(body_start);
  }
}

void PartScanner::close_above(std::size_t frame, std::uint64_t end) {
  while (frames_.size() > frame + 1) {
    Frame& closed = frames_.back();
    closed.node->body.end = std::max(closed.node->body.start, end);
    if (!closed.boundary.empty() && !closed.ended) warn("a multipart has no closing boundary");
    frames_.pop_back();
  }
}

void PartScanner::collect(Node& node, Part& part, ScannedMessage& out) {
  out.bodies[part.id] = node.body;
  for (std::size_t i = 0; i < node.children.size(); ++i)
    collect(*node.children[i], part.children[i], out);
}

ScannedMessage PartScanner::finish() {
  if (line_feed_ == 0) settle_line_end();
  if (!line_.empty()) {
    std::string line = std::move(line_);
    line_.clear();
    take_line(line, line_start_, at_, 0);
  }
  if (in_headers_) end_headers(at_);
  if (in_headers_) end_headers(at_);  // an attached message that begins at the very end
  close_above(0, at_);
  root_->body.end = std::max(root_->body.start, at_);
  if (!frames_.front().boundary.empty() && !frames_.front().ended)
    warn("a multipart has no closing boundary");

  ScannedMessage out;
  out.headers = root_->headers;
  out.size = at_;
  // Depth is bounded by limits_.depth, so recursion over the tree is.
  auto shape = [&](auto& self, Node& node) -> Part {
    Part part = std::move(node.part);
    bool too_deep = part.is_multipart() && node.children.empty();
    part.size = part.is_multipart() && !too_deep ? 0 : node.body.end - node.body.start;
    for (auto& child : node.children) part.children.push_back(self(self, *child));
    if (part.is_message() && !node.children.empty())
      part.envelope = envelope_of(node.children.front()->headers);
    return part;
  };
  out.root = shape(shape, *root_);
  // A root multipart in which no part was found is read as text, so that its words are not lost.
  if (out.root.is_multipart() && out.root.children.empty()) {
    warn("a multipart without parts is read as plain text");
    out.root.type = "text";
    out.root.subtype = "plain";
  }
  number_parts(out.root);
  collect(*root_, out.root, out);
  out.warnings = std::move(warnings_);
  return out;
}

}  // namespace postroom::mime
