// Converter: the C library's iconv as a total function. Inside mime; others use charset.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <iconv.h>

namespace postroom::mime {

class Converter {
 public:
  explicit Converter(const std::string& from);
  ~Converter();
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool open() const;
  // Appends UTF-8; what stands for nothing becomes U+FFFD, `unit` bytes at a time. False when
  // something had to be replaced.
  bool convert(std::string_view bytes, std::size_t unit, std::string& out);

 private:
  iconv_t handle_;
};

// This thread's converter from `name`; nullptr when this system has none.
Converter* find_converter(const std::string& name);

}  // namespace postroom::mime
