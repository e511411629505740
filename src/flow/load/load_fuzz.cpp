// Fuzz entry: any bytes as a flow file, read and, when it was read without errors, checked.
#include <cstdint>
#include <cstdlib>

#include "flow/check/check.hpp"
#include "flow/load/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom::flow;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto result = load_text(text, "fuzz.yaml", "/");
  int line = 0;
  for (const auto& finding : result.findings) {
    if (finding.place.line < line || finding.code.empty() || finding.message.empty()) std::abort();
    line = finding.place.line;
  }
  if (!result.ok()) return 0;
  if (result.flow.id.empty() || result.flow.steps.empty()) std::abort();
  check(result.flow);
  return 0;
}
