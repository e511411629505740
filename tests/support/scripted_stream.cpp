#include "tests/support/scripted_stream.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "net/task_group.hpp"

namespace postroom::test {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void reject(int line, std::string_view why) {
  throw std::invalid_argument(fmt::format("script line {}: {}", line, why));
}

std::string unescape(std::string_view text, int line) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) reject(line, "a backslash at the end");
    switch (text[i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case '0':
        out += '\0';
        break;
      case '\\':
        out += '\\';
        break;
      case 'x': {
        std::string hex(text.substr(i + 1, 2));
        char* end = nullptr;
        out += static_cast<char>(std::strtoul(hex.c_str(), &end, 16));
        if (hex.size() != 2 || end != hex.c_str() + 2) reject(line, "\\x needs two hex digits");
        i += 2;
        break;
      }
      default:
        reject(line, "an unknown escape");
    }
  }
  return out;
}

std::string repeat(std::string_view text, int line) {
  auto space = text.find(' ');
  auto count = base::to_number(text.substr(0, space));
  if (!count || space == std::string_view::npos)
    reject(line, "S* needs a count, a space and a text");
  std::string piece = unescape(text.substr(space + 1), line);
  std::string out;
  out.reserve(piece.size() * *count);
  for (std::uint64_t i = 0; i < *count; ++i) out += piece;
  return out;
}

// `*` matches any run of characters. Linear backtracking: the last star takes one more.
bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string shown(std::string_view bytes) {
  std::string out;
  for (char c : bytes.substr(0, 200)) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return base::printable(out);
}

std::string_view name_of(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::server:
      return "S: ";
    case Step::Kind::client:
      return "C: ";
    case Step::Kind::client_glob:
      return "C~ ";
    case Step::Kind::tls:
      return "TLS";
    case Step::Kind::wait:
      return "WAIT";
    case Step::Kind::close:
      return "CLOSE";
    case Step::Kind::cut:
      return "CUT";
  }
  return "?";
}

Error closed_error() {
  Error error(ErrorKind::network, "net.closed", "the peer closed the connection");
  error.set_transient(true);
  return error;
}

}  // namespace

Script Script::parse(std::string_view text) {
  Script script;
  int number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    std::string_view word = base::trim(line);
    if (word == "TLS") {
      script.steps_.push_back({Step::Kind::tls, {}, number});
    } else if (word == "WAIT") {
      script.steps_.push_back({Step::Kind::wait, {}, number});
    } else if (word == "CLOSE") {
      script.steps_.push_back({Step::Kind::close, {}, number});
    } else if (word == "CUT") {
      script.steps_.push_back({Step::Kind::cut, {}, number});
    } else {
      if (line.size() < 2 || (line[0] != 'C' && line[0] != 'S')) reject(number, "not a step");
      auto kind = line[0] == 'C' ? Step::Kind::client : Step::Kind::server;
      char form = line[1];
      if (line.size() > 2 && line[2] != ' ') reject(number, "a space must follow C: or S:");
      std::string_view rest = line.size() > 3 ? line.substr(3) : std::string_view{};
      if (form == ':') {
        script.steps_.push_back({kind, std::string(rest) + "\r\n", number});
      } else if (form == '-') {
        script.steps_.push_back({kind, unescape(rest, number), number});
      } else if (form == '*') {
        script.steps_.push_back({kind, repeat(rest, number), number});
      } else if (form == '~' && kind == Step::Kind::client) {
        script.steps_.push_back({Step::Kind::client_glob, std::string(rest), number});
      } else {
        reject(number, "not a step");
      }
      bool empty = script.steps_.back().bytes.empty() && form != '~';
      if (empty) reject(number, "a step without bytes");
    }
  }
  return script;
}

Script Script::load(const std::filesystem::path& path) {
  std::filesystem::path whole =
      path.is_absolute() ? path : std::filesystem::path(POSTROOM_SOURCE_DIR) / path;
  std::ifstream in(whole, std::ios::binary);
  if (!in) throw std::invalid_argument("no transcript " + whole.string());
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str());
}

bool Script::has_tls() const noexcept {
  return std::ranges::any_of(steps_, [](const Step& step) { return step.kind == Step::Kind::tls; });
}

ScriptedPeer::ScriptedPeer(Script script, PeerOptions options)
    : script_(std::move(script)),
      options_(options),
      encrypted_(options.encrypted.value_or(!script_.has_tls())) {}

void ScriptedPeer::fail_at_step(std::size_t step, Failure failure) {
  fail_step_ = step;
  failure_ = failure;
}

std::string ScriptedPeer::remaining() const {
  const Step* step = current();
  if (!step) return {};
  return fmt::format("line {}: {}{}", step->line, name_of(step->kind),
                     shown(std::string_view(step->bytes).substr(offset_)));
}

bool ScriptedPeer::reaches_failure() { return failed_ || (fail_step_ && at_ >= *fail_step_); }

void ScriptedPeer::fail() {
  failed_ = true;
  if (failure_ != Failure::timed_out) throw closed_error();
  Error error(ErrorKind::timed_out, "net.stalled", "no answer (scripted)");
  error.set_transient(true);
  throw error;
}

void ScriptedPeer::mismatch(const std::string& what) {
  std::string text =
      fmt::format("{}; the script is at {}", what, finished() ? "its end" : remaining());
  if (!failed_) ADD_FAILURE() << text;
  failed_ = true;
  throw Error(ErrorKind::internal, "script.mismatch", text);
}

std::optional<std::size_t> ScriptedPeer::read(std::span<char> into) {
  if (closed_) mismatch("the client reads from a stream that it closed");
  if (into.empty()) mismatch("the client reads into nothing");
  if (wrote_last_) ++round_trips_;
  wrote_last_ = false;
  if (ended_ && !reaches_failure()) {
    if (ended_ == Step::Kind::close) return 0;
    throw closed_error();
  }
  std::size_t limit = std::min(into.size(), std::max<std::size_t>(options_.chunk, 1));
  std::size_t filled = 0;
  while (filled < limit) {
    bool failing = reaches_failure();
    const Step* step = current();
    if (filled > 0 && (failing || !step || step->kind != Step::Kind::server)) break;
    if (failing) {
      failed_ = true;
      if (failure_ == Failure::closed) return 0;
      fail();
    }
    if (!step) mismatch("the client reads");
    if (step->kind == Step::Kind::wait) return std::nullopt;
    if (step->kind == Step::Kind::close || step->kind == Step::Kind::cut) {
      ended_ = step->kind;
      ++at_;
      if (ended_ == Step::Kind::close) return 0;
      throw closed_error();
    }
    if (step->kind != Step::Kind::server) mismatch("the client reads");
    std::size_t n =
        std::string_view(step->bytes).substr(offset_).copy(into.data() + filled, limit - filled);
    filled += n;
    offset_ += n;
    if (offset_ == step->bytes.size()) {
      ++at_;
      offset_ = 0;
    }
  }
  return filled;
}

void ScriptedPeer::write(std::string_view bytes) {
  ++write_calls_;
  wrote_last_ = true;
  written_ += bytes;
  if (failed_) {
    written_after_failure_ += bytes;
    fail();
  }
  if (closed_) mismatch("the client writes to a stream that it closed");
  if (ended_) throw closed_error();
  while (!bytes.empty()) {
    if (const Step* step = current(); step && step->kind == Step::Kind::wait && !reaches_failure())
      ++at_;
    if (reaches_failure()) fail();
    const Step* step = current();
    if (!step) mismatch(fmt::format("the client writes \"{}\"", shown(bytes)));
    if (step->kind == Step::Kind::close || step->kind == Step::Kind::cut) {
      ended_ = step->kind;
      ++at_;
      throw closed_error();
    }
    if (step->kind == Step::Kind::client) {
      std::string_view expected = std::string_view(step->bytes).substr(offset_);
      std::size_t n = std::min(expected.size(), bytes.size());
      if (expected.substr(0, n) != bytes.substr(0, n)) {
        mismatch(fmt::format("the client writes \"{}\"", shown(bytes)));
      }
      bytes.remove_prefix(n);
      offset_ += n;
      if (offset_ < step->bytes.size()) continue;
    } else if (step->kind == Step::Kind::client_glob) {
      auto end = bytes.find('\n');
      std::size_t n = end == std::string_view::npos ? bytes.size() : end + 1;
      glob_line_ += bytes.substr(0, n);
      bytes.remove_prefix(n);
      if (end == std::string_view::npos) continue;
      if (!glob_line_.ends_with("\r\n") ||
          !matches_glob(step->bytes,
                        std::string_view(glob_line_).substr(0, glob_line_.size() - 2))) {
        mismatch(fmt::format("the client writes \"{}\"", shown(glob_line_)));
      }
      glob_line_.clear();
    } else {
      mismatch(fmt::format("the client writes \"{}\"", shown(bytes)));
    }
    ++at_;
    offset_ = 0;
  }
}

void ScriptedPeer::start_tls() {
  if (reaches_failure()) fail();
  const Step* step = current();
  if (!step || step->kind != Step::Kind::tls) mismatch("the client starts TLS");
  ++at_;
  encrypted_ = true;
}

class ScriptedStream final : public net::Stream {
 public:
  explicit ScriptedStream(std::shared_ptr<ScriptedPeer> peer) : peer_(std::move(peer)) {}
  ~ScriptedStream() override { close(); }

  Task<std::size_t> read_some(std::span<char> into) override {
    co_await net::yield_turn();
    while (true) {
      std::optional<std::size_t> n = peer_->read(into);
      if (n) co_return *n;
      co_await net::pause(std::chrono::milliseconds(1));  // at WAIT, until somebody writes
    }
  }

  Task<void> write(std::string_view bytes) override {
    co_await net::yield_turn();
    peer_->write(bytes);
  }

  Task<void> start_tls() override {
    co_await net::yield_turn();
    peer_->start_tls();
  }

  bool is_encrypted() const noexcept override { return peer_->encrypted_; }
  bool is_private() const noexcept override {
    return peer_->encrypted_ || peer_->options_.loopback;
  }
  void set_idle_limit(std::chrono::milliseconds) noexcept override {}
  void close() noexcept override { peer_->closed_ = true; }

 private:
  std::shared_ptr<ScriptedPeer> peer_;
};

std::unique_ptr<net::Stream> ScriptedPeer::open() {
  closed_ = false;
  return std::make_unique<ScriptedStream>(shared_from_this());
}

std::shared_ptr<ScriptedPeer> ScriptedConnector::add(Script script, PeerOptions options) {
  auto peer = std::make_shared<ScriptedPeer>(std::move(script), options);
  next_.push_back(peer);
  return peer;
}

std::shared_ptr<ScriptedPeer> ScriptedConnector::add(std::string_view script, PeerOptions options) {
  return add(Script::parse(script), options);
}

void ScriptedConnector::add_error(Error error) { next_.push_back(std::move(error)); }

Task<std::unique_ptr<net::Stream>> ScriptedConnector::open(const net::Target& target) {
  opened_.push_back(target);
  co_await net::yield_turn();
  if (next_.empty()) {
    ADD_FAILURE() << "no script for one more connection to " << target.host;
    throw Error(ErrorKind::internal, "script.mismatch", "no script for this connection");
  }
  auto next = std::move(next_.front());
  next_.pop_front();
  if (auto* error = std::get_if<Error>(&next)) throw *error;
  auto peer = std::get<std::shared_ptr<ScriptedPeer>>(next);
  if (!peer->options_.encrypted) peer->encrypted_ = target.tls == net::TlsMode::implicit;
  if (net::is_loopback(target.host)) peer->options_.loopback = true;
  co_return peer->open();
}

}  // namespace postroom::test
