#include "flow/run/tail_steps.hpp"

#include <algorithm>

namespace postroom::flow {
namespace {

using actions::Effect;

bool is_if(const Step& step) { return step.spec->name == "if"; }
bool is_quiet(const Step& step) {
  return !step.enabled || step.spec->name == "skip" || step.spec->name == "stop";
}

// Only mailbox changes, whichever way the conditions go.
bool is_pure(const Step& step) {
  if (is_quiet(step) || step.spec->effect == Effect::mailbox) return true;
  return is_if(step) && std::ranges::all_of(step.body("do"), is_pure) &&
         std::ranges::all_of(step.body("else"), is_pure);
}

// `clean`: nothing but tail steps can follow `body`.
void collect(const std::vector<Step>& body, bool clean, std::set<const Step*>& tail) {
  for (auto step = body.rbegin(); step != body.rend(); ++step) {
    if (step->enabled && clean && step->spec->effect == Effect::mailbox) tail.insert(&*step);
    if (step->enabled && is_if(*step)) {
      for (std::string_view name : {"do", "else"}) collect(step->body(name), clean, tail);
    }
    clean = clean && is_pure(*step);
  }
}

}  // namespace

std::set<const Step*> tail_steps(const std::vector<Step>& body) {
  std::set<const Step*> tail;
  collect(body, true, tail);
  return tail;
}

}  // namespace postroom::flow
