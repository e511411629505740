#include "flow/loop/in_hand.hpp"

#include "base/text.hpp"
#include "mime/sha256.hpp"

namespace postroom::flow {
namespace {

// Tabs and line ends separate, so that a folder's name may not hold them as they are.
void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return out;
}

constexpr std::string_view verb_letters = "fmcd";  // in the order of TailVerb

}  // namespace

std::string tail_text(const std::vector<QueuedStep>& tail) {
  std::string text;
  for (const auto& queued : tail) {
    if (!text.empty()) text += '\n';
    append_escaped(text, queued.path);
    text += '\t';
    text += verb_letters[static_cast<std::size_t>(queued.step.verb)];
    text += '\t';
    append_escaped(text, queued.step.target);
  }
  return text;
}

std::vector<QueuedStep> read_tail(std::string_view text) {
  std::vector<QueuedStep> tail;
  if (text.empty()) return tail;
  for (auto line : base::split(text, '\n')) {
    auto fields = base::split(line, '\t');
    if (fields.size() != 3 || fields[1].size() != 1) continue;
    auto verb = verb_letters.find(fields[1][0]);
    if (verb == std::string_view::npos) continue;
    QueuedStep queued;
    queued.path = unescaped(fields[0]);
    queued.step.verb = static_cast<TailVerb>(verb);
    queued.step.target = unescaped(fields[2]);
    tail.push_back(std::move(queued));
  }
  return tail;
}

StepPrefixes::StepPrefixes(const std::vector<std::string>& step_hashes) {
  std::string so_far;
  for (const auto& hash : step_hashes) {
    so_far = mime::sha256_hex(so_far + ":" + hash).substr(0, 32);
    prefixes_.push_back(so_far);
  }
}

std::string_view StepPrefixes::at(int step) const noexcept {
  if (step < 0 || static_cast<std::size_t>(step) >= prefixes_.size()) return {};
  return prefixes_[static_cast<std::size_t>(step)];
}

state::Progress StepPrefixes::of(std::string_view path) const noexcept {
  auto number = base::to_number(path.substr(0, path.find('.')));
  if (!number || *number > 10'000) return {};
  int step = static_cast<int>(*number);
  return {step, at(step)};
}

}  // namespace postroom::flow
