#include "actions/action.hpp"

namespace postroom::actions {

mailbox::Want Action::want(const base::Map&) const { return {}; }

}  // namespace postroom::actions
