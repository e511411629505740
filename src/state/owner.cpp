#include "state/owner.hpp"

#include <atomic>
#include <fstream>
#include <iterator>
#include <vector>

#include <unistd.h>

#include "base/text.hpp"

namespace postroom::state {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

const std::string& machine() {
  static const std::string id = [] {
    std::string text = first_line("/etc/machine-id");
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    text += '-';
    text += name;  // containers share the machine's id
    for (char& c : text) {
      if (c == '/' || static_cast<unsigned char>(c) <= ' ') c = '_';
    }
    return text;
  }();
  return id;
}

// Process numbers mean something only within one PID namespace of one boot.
const std::string& boot() {
  static const std::string id = [] {
    std::string text = first_line("/proc/sys/kernel/random/boot_id");
    char link[128] = {};
    auto n = ::readlink("/proc/self/ns/pid", link, sizeof link - 1);
    if (n > 0) text += std::string("-") + link;
    for (char& c : text) {
      if (c == '/' || static_cast<unsigned char>(c) <= ' ') c = '_';
    }
    return text;
  }();
  return id;
}

// Clock ticks after boot at which the process began (proc(5), stat field 22); empty when there is
// no such process.
std::string start_time(std::string_view pid) {
  std::ifstream in("/proc/" + std::string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  auto paren = text.rfind(')');  // the name before it may hold anything
  if (paren == std::string::npos) return {};
  auto fields = base::split(std::string_view(text).substr(paren + 1), ' ');
  // fields[0] is empty, fields[1] is field 3 (state): field 22 is fields[20].
  if (fields.size() < 21) return {};
  if (fields[1] == "Z" || fields[1] == "X") return {};  // dead, only not yet buried
  return std::string(fields[20]);
}

}  // namespace

std::string new_owner() {
  static std::atomic<unsigned> counter{0};
  std::string pid = std::to_string(::getpid());
  return machine() + "/" + boot() + "/" + pid + "/" + start_time(pid) + "/" +
         std::to_string(++counter);
}

bool is_surely_dead(std::string_view owner) {
  auto parts = base::split(owner, '/');
  if (parts.size() != 5 || parts[0] != machine() || parts[3].empty()) return false;
  if (parts[1] != boot()) {
    // Another boot of this machine: dead. Another PID namespace of this boot: cannot be seen from
    // here.
    auto same_boot = parts[1].substr(0, 36) == std::string_view(boot()).substr(0, 36);
    return !same_boot && parts[1].size() >= 36;
  }
  for (char c : parts[2]) {
    if (c < '0' || c > '9') return false;
  }
  if (parts[2].empty()) return false;
  return start_time(parts[2]) != parts[3];
}

}  // namespace postroom::state
