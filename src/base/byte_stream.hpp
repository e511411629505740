// ByteSink and ByteSource: where decoded bytes go and where a body comes from. Synchronous on
// purpose: the other end is memory or a local file, and a virtual call per 16-64 KiB costs nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace postroom::base {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Takes all of `bytes` or throws Error{storage}.
  virtual void write(std::string_view bytes) = 0;
};

class StringSink final : public ByteSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  std::string text;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to into.size() bytes; 0 at the end. Throws Error{storage}.
  virtual std::size_t read(std::span<char> into) = 0;
  // Back to the first byte: a message may have to be sent again after a lost connection.
  virtual void rewind() = 0;
  // Whether bytes above 127 may be among them (SMTP 8BITMIME); true when nobody knows.
  virtual bool is_8bit() const { return true; }
  // Bytes in all, known before the first read (SMTP SIZE, IMAP literals).
  virtual std::uint64_t size() const = 0;
};

class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> into) override {
    std::size_t n = text_.copy(into.data(), into.size(), at_);
    at_ += n;
    return n;
  }
  void rewind() override { at_ = 0; }
  std::uint64_t size() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace postroom::base
