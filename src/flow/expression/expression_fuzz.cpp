// Fuzz entry: any bytes as a template, evaluated over a mail.
#include <cstdint>
#include <cstdlib>

#include "base/error.hpp"
#include "flow/expression/expression.hpp"
#include "flow/expression/names.hpp"
#include "flow/load/template.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  using namespace postroom::flow;
  static const base::ManualClock clock;
  // Small limits: a run of the fuzzer is to try many inputs, not one long one.
  static Expressions expressions("Europe/Paris", clock,
                                 {.instructions = 100'000,
                                  .memory = 2 << 20,
                                  .allocated = 8 << 20,
                                  .cpu_time = std::chrono::milliseconds(200),
                                  .repeated = 1 << 16,
                                  .pattern_work = 10'000'000});
  mailbox::Message message;
  message.envelope.subject = "Invoice 7/2026";
  message.envelope.from = {{"Jane", "jane@example.com"}};
  message.headers = {{"X-A", "b"}};
  message.text = std::string(1000, 'a');
  Scope scope;
  scope.declare_mail("mail", {.message = &message, .folder = "Inbox"});
  auto parsed = parse_template({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  want_of(*parsed, "mail");
  try {
    expressions.evaluate(*parsed, scope);
  } catch (const base::Error& error) {
    // A date format is read by base.
    if (!error.code().starts_with("expression.") && error.code() != "date.bad_format") std::abort();
  }
  // Whatever went before, the next one computes.
  if (expressions.evaluate_expression("1 + 1", scope).value != base::Value(2)) std::abort();
  return 0;
}
