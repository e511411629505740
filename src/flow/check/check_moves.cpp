#include "flow/check/check_moves.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace postroom::flow {
namespace {

struct Taken {
  std::string action;
  int line = 0;
};
using TakenAway = std::map<std::string, Taken>;  // by the name of the message

bool needs_message(const Step& step) {
  static constexpr std::string_view names[] = {
      "save_attachments", "save_email", "change_status", "move", "copy", "delete"};
  return std::ranges::find(names, step.spec->name) != std::end(names);
}

std::string name_of(const Step& loop) {
  const auto* node = loop.field("as");
  const auto* text = node ? std::get_if<Template>(&node->data) : nullptr;
  return text ? text->constant_text() : "mail";
}

class MoveChecker {
 public:
  explicit MoveChecker(Complaints& complaints) : complaints_(complaints) {}

  // `mail` is the innermost loop's message; empty outside of loops.
  void check(const std::vector<Step>& steps, const std::string& mail, TakenAway& taken) {
    for (const auto& step : steps) {
      if (step.enabled) check(step, mail, taken);
    }
  }

 private:
  void check(const Step& step, const std::string& mail, TakenAway& taken) {
    if (needs_message(step)) {
      const auto& target = step.mail.empty() ? mail : step.mail;
      if (auto there = taken.find(target); there != taken.end()) {
        complaints_.error("flow.step_after_move",
                          fmt::format("{} comes after the {} of this message on line {}",
                                      step.spec->name, there->second.action, there->second.line),
                          "put move and delete last", step.place);
      } else if (!target.empty() && (step.spec->name == "move" || step.spec->name == "delete")) {
        taken[target] = {std::string(step.spec->name), step.place.line};
      }
    }
    bool is_mail_loop = step.spec->name == "for_each_mail";
    bool is_if = step.spec->name == "if";
    std::vector<TakenAway> ends;
    for_each_body(step, [&](const auto& body) {
      auto inner = taken;
      auto inner_mail = is_mail_loop ? name_of(step) : mail;
      if (is_mail_loop) inner.erase(inner_mail);
      check(body, inner_mail, inner);
      ends.push_back(std::move(inner));
    });
    // Only what both branches of an if take away is gone for certain.
    if (!is_if || ends.size() != 2) return;
    for (const auto& [name, where] : ends[0]) {
      if (ends[1].contains(name)) taken.emplace(name, where);
    }
  }

  Complaints& complaints_;
};

}  // namespace

void check_moves(const std::vector<Step>& steps, Complaints& complaints) {
  TakenAway taken;
  MoveChecker(complaints).check(steps, {}, taken);
}

}  // namespace postroom::flow
