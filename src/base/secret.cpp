#include "base/secret.hpp"

#include <utility>

#include <string.h>

namespace postroom::base {

void wipe(std::string& bytes) noexcept {
  if (bytes.capacity() > 0) explicit_bzero(bytes.data(), bytes.size());
  bytes.clear();
}

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    value_ = other.value_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    value_ = std::move(other.value_);
    other.wipe();
  }
  return *this;
}

void Secret::wipe() noexcept { base::wipe(value_); }

}  // namespace postroom::base
