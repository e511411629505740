// Complaints: findings as they come up while reading or checking, with the wording that many of
// them share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"

namespace postroom::flow {

class Complaints {
 public:
  explicit Complaints(std::vector<Finding>& findings, std::size_t limit = 100)
      : findings_(findings), limit_(limit) {}

  void error(std::string_view code, std::string message, std::string hint, Place place);
  void warning(std::string_view code, std::string message, std::string hint, Place place);
  void info(std::string_view code, std::string message, std::string hint, Place place);

  // "there is no field "foler" in move", did you mean "folder"?
  void unknown(std::string_view code, std::string_view kind, std::string_view name,
               std::string_view where, const std::vector<std::string>& known, Place place);

  bool is_full() const noexcept { return findings_.size() >= limit_; }

 private:
  void add(Finding::Level level, std::string_view code, std::string message, std::string hint,
           Place place);

  std::vector<Finding>& findings_;
  std::size_t limit_;
};

// "did you mean "folder"?", else what there is, when that is a short list.
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

// A stranger's word in a message: quoted, printable, short.
std::string in_quotes(std::string_view text);

}  // namespace postroom::flow
