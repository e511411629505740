#include "cli/output.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/utf8.hpp"

namespace postroom::cli {
namespace {

void print(std::FILE* stream, std::string_view line) {
  std::string whole(line);
  whole += '\n';
  std::fwrite(whole.data(), 1, whole.size(), stream);
}

std::string_view red(bool on) { return on ? "\x1b[31m" : ""; }
std::string_view plain(bool on) { return on ? "\x1b[0m" : ""; }

}  // namespace

bool is_terminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

void print_out(std::string_view line) { print(stdout, line); }

void print_err(std::string_view line) { print(stderr, line); }

void flush_out() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw base::Error(base::ErrorKind::storage, "output.failed", "the output could not be written",
                    "is the disk full, or did the program that reads it end?");
}

void print_error(const base::Error& error) {
  bool colour = is_terminal(STDERR_FILENO);
  print_err(fmt::format("postroom: {}error:{} {} [{}]", red(colour), plain(colour), error.message(),
                        error.code()));
  if (!error.server_text().empty())
    print_err(fmt::format("postroom: the server said: {}", error.server_text()));
  if (!error.hint().empty()) print_err(fmt::format("postroom: hint: {}", error.hint()));
}

std::vector<std::string> error_lines(const base::Error& error) {
  std::vector<std::string> lines{error.message()};
  if (!error.server_text().empty())
    lines.push_back(fmt::format("the server said: {}", error.server_text()));
  if (!error.hint().empty()) lines.push_back(fmt::format("hint: {}", error.hint()));
  return lines;
}

nlohmann::json to_json(const base::Error& error) {
  nlohmann::json out{{"code", error.code()},
                     {"kind", base::to_string(error.kind())},
                     {"message", base::to_valid_utf8(error.message())},
                     {"transient", error.transient()}};
  if (!error.hint().empty()) out["hint"] = base::to_valid_utf8(error.hint());
  if (!error.server_text().empty()) out["server_text"] = base::to_valid_utf8(error.server_text());
  if (error.retry_after()) out["retry_after_ms"] = error.retry_after()->count();
  return out;
}

std::string title_of(std::string_view subject, std::string_view from) {
  std::string title = subject.empty() ? "(no subject)" : column(subject, 60);
  if (!from.empty()) title += ", from " + column(from, 40);
  return title;
}

std::string column(std::string_view text, std::size_t width) {
  std::string clean = base::printable(text, 4 * width);
  std::size_t characters = 0, at = 0, cut = 0;
  while (at < clean.size()) {
    if (characters + 1 == width) cut = at;
    if (characters == width) return clean.substr(0, cut) + "…";
    at += base::next_code_point(clean, at).length;
    ++characters;
  }
  return clean;
}

}  // namespace postroom::cli
