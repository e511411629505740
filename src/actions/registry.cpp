#include "actions/registry.hpp"

#include <array>

#include "actions/specs.hpp"

namespace postroom::actions {
namespace {

// Palette order.
const auto& entries() {
  struct Entry {
    const ActionSpec* spec;
    const Action* action;
  };
  static const auto list = [] {
    auto run = [](const Action& action) { return Entry{&action.spec(), &action}; };
    auto form = [](const ActionSpec& spec) { return Entry{&spec, nullptr}; };
    return std::array{
        form(connect_spec()),
        form(disconnect_spec()),
        form(for_each_mail_spec()),
        run(change_status()),
        run(check_folder()),
        run(remove()),
        run(move()),
        run(reply()),
        run(save_attachments()),
        run(save_email()),
        run(send()),
        form(if_spec()),
        form(set_spec()),
        form(log_spec()),
        form(skip_spec()),
        form(stop_spec()),
        form(fail_spec()),
    };
  }();
  return list;
}

}  // namespace

std::span<const ActionSpec* const> all_specs() {
  static const auto specs = [] {
    std::vector<const ActionSpec*> list;
    for (const auto& entry : entries()) list.push_back(entry.spec);
    return list;
  }();
  return specs;
}

const ActionSpec* find_spec(std::string_view name) noexcept {
  for (const auto& entry : entries()) {
    if (entry.spec->name == name) return entry.spec;
  }
  return nullptr;
}

const Action* find_action(std::string_view name) noexcept {
  for (const auto& entry : entries()) {
    if (entry.spec->name == name) return entry.action;
  }
  return nullptr;
}

}  // namespace postroom::actions
