#include "mailbox/evaluate.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "mime/fold.hpp"

namespace postroom::mailbox {
namespace {

// RE2 is linear in the text; what is left to bound is the size of the program that a pattern
// becomes.
struct PatternLimits {
  std::size_t pattern_bytes = 4096;  // nobody writes a longer one by hand
  std::int64_t memory =
      2 * 1024 * 1024;  // program and caches; x{1000}{1000} would want more and is refused
};
constexpr PatternLimits pattern_limits;

std::unique_ptr<RE2> compile(const std::string& pattern, bool case_sensitive) {
  auto refused = [&](const std::string& why) {
    return base::Error(
        base::ErrorKind::config, "query.bad_pattern",
        "the pattern \"" + base::printable(pattern, 200) + "\" cannot be used: " + why,
        "patterns are RE2: no back-references and no look-around; "
        "\\. \\( \\[ stand for the characters themselves");
  };
  if (pattern.size() > pattern_limits.pattern_bytes) throw refused("it is longer than 4,096 bytes");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_case_sensitive(case_sensitive);
  options.set_max_mem(pattern_limits.memory);
  auto compiled = std::make_unique<RE2>(pattern, options);
  if (!compiled->ok()) throw refused(compiled->error());
  return compiled;
}

// One TextTest made ready: needles folded once, patterns compiled.
struct ReadyText {
  TextTest test;
  std::vector<std::string> needles;
  std::vector<std::unique_ptr<RE2>> patterns;

  explicit ReadyText(const TextTest& from) : test(from) {
    for (const std::string& wanted : test.wanted) {
      if (test.comparison == Comparison::matches) {
        patterns.push_back(compile(wanted, test.case_sensitive));
      } else {
        needles.push_back(test.case_sensitive ? wanted : mime::fold(wanted));
      }
    }
  }

  bool is_true_of(const std::string& text) const {
    if (test.comparison == Comparison::matches) return matches_pattern(text);
    if (test.case_sensitive) return compares(text);
    return compares(mime::fold(text));
  }

  bool is_true_of(const std::vector<mime::Address>& addresses) const {
    for (const mime::Address& one : addresses) {
      if (is_true_of(one.address)) return true;
      // `equals` is about who wrote, not about what they call themselves.
      if (test.comparison != Comparison::equals && is_true_of(one.name)) return true;
    }
    return false;
  }

 private:
  bool compares(std::string_view text) const {
    return std::ranges::any_of(needles, [&](const std::string& needle) {
      switch (test.comparison) {
        case Comparison::contains:
          return text.find(needle) != std::string_view::npos;
        case Comparison::starts_with:
          return text.starts_with(needle);
        default:
          return text == needle;
      }
    });
  }

  bool matches_pattern(const std::string& text) const {
    for (const auto& pattern : patterns) {
      if (RE2::PartialMatch(text, *pattern)) return true;
    }
    if (test.case_sensitive) return false;
    // RE2's own case rule is one character to one; "ß" against "SS" and wide forms need the folded
    // text too.
    const std::string folded = mime::fold(text);
    return folded != text && std::ranges::any_of(patterns, [&](const auto& pattern) {
             return RE2::PartialMatch(folded, *pattern);
           });
  }
};

bool has_flag(const Flags& flags, Flag flag) {
  switch (flag) {
    case Flag::seen:
      return flags.seen;
    case Flag::flagged:
      return flags.flagged;
    case Flag::answered:
      return flags.answered;
    case Flag::draft:
      return flags.draft;
    case Flag::deleted:
      return flags.deleted;
  }
  return false;
}

bool is_attached(const mime::Attachment& part) { return !part.inline_; }

bool is_true_of(const ReadyText& ready, const Message& message) {
  switch (ready.test.field) {
    case TextField::subject:
      return ready.is_true_of(message.envelope.subject);
    case TextField::from:
      return ready.is_true_of(message.envelope.from);
    case TextField::to:
      return ready.is_true_of(message.envelope.to);
    case TextField::cc:
      return ready.is_true_of(message.envelope.cc);
    case TextField::body:
      return ready.is_true_of(message.text);
    case TextField::attachment_name:
      return std::ranges::any_of(message.attachments, [&](const mime::Attachment& part) {
        return is_attached(part) && ready.is_true_of(part.name);
      });
    case TextField::attachment_type:
      return std::ranges::any_of(message.attachments, [&](const mime::Attachment& part) {
        return is_attached(part) && ready.is_true_of(part.type);
      });
    case TextField::header:
      return std::ranges::any_of(message.headers, [&](const auto& header) {
        return base::ascii_iequals(header.first, ready.test.header_name) &&
               ready.is_true_of(header.second);
      });
  }
  return false;
}

}  // namespace

struct Evaluator::Node {
  enum class Kind { all, any, negation, text, other };

  Kind kind = Kind::all;
  std::vector<Node> of;
  std::unique_ptr<ReadyText> text;
  Query query;  // for `other`

  static Node make(const Query& query) {
    Node node;
    auto add = [&](Kind kind, const std::vector<Query>& of) {
      node.kind = kind;
      node.of.reserve(of.size());
      for (const Query& child : of) node.of.push_back(make(child));
    };
    if (const auto* all = std::get_if<All>(&query.test)) {
      add(Kind::all, all->of);
    } else if (const auto* any = std::get_if<Any>(&query.test)) {
      add(Kind::any, any->of);
    } else if (const auto* negation = std::get_if<Not>(&query.test)) {
      add(Kind::negation, negation->of);
    } else if (const auto* text = std::get_if<TextTest>(&query.test)) {
      node.kind = Kind::text;
      node.text = std::make_unique<ReadyText>(*text);
    } else {
      node.kind = Kind::other;
      node.query = query;
    }
    return node;
  }

  bool matches(const Message& message) const {
    auto is_true = [&](const Node& child) { return child.matches(message); };
    switch (kind) {
      case Kind::all:
        return std::ranges::all_of(of, is_true);
      case Kind::any:
        return std::ranges::any_of(of, is_true);
      case Kind::negation:
        return !std::ranges::all_of(of, is_true);
      case Kind::text:
        return is_true_of(*text, message);
      case Kind::other:
        return std::visit(Plain{message}, query.test);
    }
    return false;
  }

  // The tests that need no preparation.
  struct Plain {
    const Message& message;

    bool operator()(const FlagTest& test) const {
      return has_flag(message.flags, test.flag) == test.is_set;
    }
    bool operator()(const TimeTest& test) const {
      const auto& time =
          test.field == TimeField::received ? message.received : message.envelope.sent;
      if (!time) return false;
      return (!test.since || *test.since <= *time) && (!test.before || *time < *test.before);
    }
    bool operator()(const SizeTest& test) const {
      return (!test.larger_than || message.size > *test.larger_than) &&
             (!test.smaller_than || message.size < *test.smaller_than);
    }
    bool operator()(const AttachmentTest& test) const {
      return std::ranges::any_of(message.attachments, is_attached) == test.has;
    }
    bool operator()(const ImportanceTest& test) const {
      return importance_of(message) == test.importance;
    }
    template <class Other>
    bool operator()(const Other&) const {
      return false;
    }
  };
};

Evaluator::Evaluator(const Query& query) : root_(std::make_unique<Node>(Node::make(query))) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;

bool Evaluator::matches(const Message& message) const { return root_->matches(message); }

}  // namespace postroom::mailbox
