#include "mime/charset_converter.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>

#include "base/utf8.hpp"

namespace postroom::mime {

Converter::Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}

Converter::~Converter() {
  if (open()) iconv_close(handle_);
}

bool Converter::open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

bool Converter::convert(std::string_view bytes, std::size_t unit, std::string& out) {
  bool clean = true;
  iconv(handle_, nullptr, nullptr, nullptr, nullptr);
  char* in = const_cast<char*>(bytes.data());
  std::size_t left = bytes.size();
  std::array<char, 4096> buffer;
  bool flushed = false;
  while (!flushed) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    std::size_t before = left;
    bool flushing = left == 0;
    std::size_t result =
        iconv(handle_, flushing ? nullptr : &in, flushing ? nullptr : &left, &to, &room);
    int cause = errno;
    out.append(buffer.data(), static_cast<std::size_t>(to - buffer.data()));
    bool stuck = left == before && room == buffer.size();
    if (result != static_cast<std::size_t>(-1)) {
      flushed = flushing;
    } else if (cause != E2BIG || stuck) {
      // Whatever a converter answers, each turn takes bytes or ends.
      clean = false;
      base::append_utf8(out, 0xFFFD);
      if (flushing) break;
      std::size_t step = std::min(unit, left);
      in += step;
      left -= step;
    }
  }
  return clean;
}

// Opening a converter may load a module, so each thread keeps the few it meets.
Converter* find_converter(const std::string& name) {
  constexpr std::size_t most_kept = 64;
  thread_local std::map<std::string, std::unique_ptr<Converter>, std::less<>> kept;
  auto found = kept.find(name);
  if (found == kept.end()) {
    if (kept.size() >= most_kept) kept.clear();
    found = kept.emplace(name, std::make_unique<Converter>(name)).first;
  }
  return found->second->open() ? found->second.get() : nullptr;
}

}  // namespace postroom::mime
