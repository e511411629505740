// The specs and actions that registry.cpp lists, one function each.
#pragma once

#include "actions/action.hpp"
#include "actions/action_spec.hpp"

namespace postroom::actions {

// Run by the flow walker.
const ActionSpec& connect_spec();
const ActionSpec& disconnect_spec();
const ActionSpec& for_each_mail_spec();
const ActionSpec& if_spec();
const ActionSpec& set_spec();
const ActionSpec& log_spec();
const ActionSpec& skip_spec();
const ActionSpec& stop_spec();
const ActionSpec& fail_spec();

// Run by their own code.
const Action& change_status();
const Action& move();
const Action& remove();
const Action& save_attachments();
const Action& save_email();
const Action& send();
const Action& reply();
const Action& check_folder();

}  // namespace postroom::actions
