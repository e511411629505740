#include "flow/load/yaml_tree.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "flow/load/yaml_complaint.hpp"

namespace postroom::flow {
namespace {

Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Thrown out of the parser when reading on is of no use; the finding is there already.
struct Abandoned {};

class TreeMaker final : public YAML::EventHandler {
 public:
  TreeMaker(std::string_view text, const LoadLimits& limits, std::vector<Finding>& findings)
      : text_(text), limits_(limits), findings_(findings) {}

  YamlNode root;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    report("flow.many_documents", "a flow file holds one document; a second one begins here",
           "put the second flow into a file of its own", place_of(mark));
    throw Abandoned{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_anchor(mark, anchor);
    add({.kind = YamlNode::Kind::null, .place = place_of(mark)});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report("flow.alias", "a flow cannot use YAML aliases (*name)",
           "write the value out, or use a variable", place_of(mark));
    add({.kind = YamlNode::Kind::null, .is_reported = true, .place = place_of(mark)});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_anchor(mark, anchor);
    check_tag(mark, tag);
    if (tag == "!") check_quote(mark);
    reached_ = static_cast<std::size_t>(mark.pos);
    add({.kind = YamlNode::Kind::scalar,
         .text = value,
         .is_quoted = tag == "!",
         .place = place_of(mark)});
  }

  // The quote that nobody closes, behind what was read so far; `stop` is where the parser gave up.
  std::optional<Place> open_quote(std::size_t stop) const {
    for (auto at = reached_; at < text_.size(); ++at) {
      char c = text_[at];
      bool begins = at == 0 || std::string_view(" \t\n[{,:-").contains(text_[at - 1]);
      if (!begins || (c != '"' && c != '\'')) continue;
      auto length = closed_length(text_.substr(at));
      // Closed lines below by the next text's quote: the parser stops right behind that one.
      bool is_suspect = length > 0 && at + length <= stop && stop <= at + length + 200 &&
                        text_.substr(at, length).contains('\n') &&
                        !text_.substr(at + length, stop - at - length).contains('\n');
      if (length == 0 || is_suspect) return place_at(at);
      at += length - 1;
    }
    return std::nullopt;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, YamlNode::Kind::sequence);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, YamlNode::Kind::mapping);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    YamlNode node;
    YamlNode key;
    bool has_key = false;
  };

  void report(std::string_view code, std::string message, std::string hint, Place place) {
    if (findings_.size() >= limits_.findings) throw Abandoned{};
    findings_.push_back(
        {Finding::Level::error, std::string(code), std::move(message), std::move(hint), place});
  }

  void check_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    report("flow.anchor", "a flow cannot use YAML anchors (&name)",
           "write the value out, or use a variable", place_of(mark));
  }

  // yaml-cpp takes a quote that nobody closes to the end of the file, without a word.
  void check_quote(const YAML::Mark& mark) {
    auto source = text_.substr(std::min(text_.size(), static_cast<std::size_t>(mark.pos)));
    if (source.empty() || (source[0] != '"' && source[0] != '\'')) return;  // a block scalar
    if (closed_length(source) > 0) return;
    findings_.push_back(unclosed_quote(place_of(mark)));
    throw Abandoned{};
  }

  Place place_at(std::size_t offset) const {
    Place place{1, 1};
    for (std::size_t at = 0; at < offset; at += base::next_code_point(text_, at).length)
      place = text_[at] == '\n' ? Place{place.line + 1, 1} : Place{place.line, place.column + 1};
    return place;
  }

  // From the quote that `source` begins with to the one that closes it, both counted; 0: none does
  // (YAML 1.2 sections 7.3.1 and 7.3.2).
  static std::size_t closed_length(std::string_view source) {
    const char quote = source[0];
    for (std::size_t at = 1; at < source.size(); ++at) {
      if (source[at] == '\\' && quote == '"') {
        ++at;
      } else if (source[at] == quote) {
        if (quote == '"' || at + 1 >= source.size() || source[at + 1] != quote) return at + 1;
        ++at;
      }
    }
    return 0;
  }

  // "?" is a plain node's tag, "!" a quoted scalar's, "" a collection's without one (yaml-cpp 0.7).
  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    report("flow.tag", fmt::format("a flow cannot use YAML tags ({})", base::printable(tag, 60)),
           "leave the tag out: each field knows its type", place_of(mark));
  }

  void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YamlNode::Kind kind) {
    check_anchor(mark, anchor);
    check_tag(mark, tag);
    if (static_cast<int>(open_.size()) >= limits_.levels) {
      report("flow.too_deep", fmt::format("a flow is at most {} levels deep", limits_.levels),
             "move the inner steps into a flow of their own", place_of(mark));
      throw Abandoned{};
    }
    open_.push_back({.node = {.kind = kind, .place = place_of(mark)}});
  }

  void end() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      parent.key = std::move(node);
      parent.has_key = true;
    } else {
      parent.has_key = false;
      add_entry(parent.node, std::move(parent.key), std::move(node));
    }
  }

  void add_entry(YamlNode& map, YamlNode key, YamlNode value) {
    if (key.kind != YamlNode::Kind::scalar) {
      if (auto open = text_at(text_, map.place); open.starts_with("{{")) {
        report_braces(map.place);
        map.is_reported = true;
      } else {
        report("flow.bad_key", "a key is a name, not a list, a mapping or nothing",
               "write NAME: VALUE", key.place);
      }
      return;
    }
    if (key.text == "<<" && !key.is_quoted) {
      report("flow.merge_key", "a flow cannot use YAML merge keys (<<)", "write the fields out",
             key.place);
      return;
    }
    for (const auto& [earlier, ignored] : map.entries) {
      if (earlier.text != key.text) continue;
      report("flow.duplicate_key",
             fmt::format("\"{}\" is there twice; the first is on line {}",
                         base::printable(key.text, 60), earlier.place.line),
             "remove one of them", key.place);
      return;
    }
    map.entries.emplace_back(std::move(key), std::move(value));
  }

  void report_braces(Place place) { findings_.push_back(unquoted_braces(place)); }

  std::string_view text_;
  const LoadLimits& limits_;
  std::vector<Finding>& findings_;
  std::vector<Open> open_;
  int documents_ = 0;
  std::size_t reached_ = 0;  // byte where the last scalar began
};

// yaml-cpp takes any bytes and stops at NUL without a word.
bool is_readable(std::string_view text, const LoadLimits& limits, std::vector<Finding>& findings) {
  if (text.size() > limits.bytes) {
    findings.push_back(
        {Finding::Level::error,
         "flow.too_large",
         fmt::format("the file is too large: a flow has at most {} bytes", limits.bytes),
         "split it into several flows",
         {}});
    return false;
  }
  Place place{1, 1};
  for (std::size_t at = 0; at < text.size();) {
    auto step = base::next_code_point(text, at);
    auto c = step.code_point;
    bool is_control = c == 0x7F || (c < 0x20 && c != '\t' && c != '\n' && c != '\r');
    if (!step.valid || is_control) {
      findings.push_back({Finding::Level::error, "flow.not_utf8",
                          step.valid ? fmt::format("there is a control character (0x{:02x}) here",
                                                   static_cast<int>(c))
                                     : "the file is not valid UTF-8 here",
                          "save the file as UTF-8 text", place});
      return false;
    }
    at += step.length;
    if (c == '\n') {
      place = {place.line + 1, 1};
    } else {
      ++place.column;
    }
  }
  return true;
}

}  // namespace

YamlNode read_yaml(std::string_view text, const LoadLimits& limits,
                   std::vector<Finding>& findings) {
  if (!is_readable(text, limits, findings)) return {};
  TreeMaker maker(text, limits, findings);
  std::istringstream in{std::string(text)};
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(maker)) {
    }
  } catch (const YAML::Exception& error) {
    auto quote = maker.open_quote(static_cast<std::size_t>(std::max(0, error.mark.pos)));
    findings.push_back(quote ? unclosed_quote(*quote)
                             : explain(text, error.msg, place_of(error.mark)));
    return {};
  } catch (const Abandoned&) {
    return {};
  }
  return std::move(maker.root);
}

}  // namespace postroom::flow
