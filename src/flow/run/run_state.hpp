// What all parts of one run share.
#pragma once

#include <string>

#include "flow/expression/expression.hpp"
#include "flow/expression/fields.hpp"
#include "flow/flow.hpp"
#include "flow/run/run_flow.hpp"
#include "session/session.hpp"
#include "state/ledger.hpp"
#include "state/numberings.hpp"
#include "vault/secret_source.hpp"

namespace postroom::flow {

class Surroundings;

struct RunState {
  const RunRequest& request;
  const RunEnvironment& environment;
  std::string run;
  session::Registry& sessions;
  const vault::SecretResolver& secrets;
  state::Ledger& ledger;
  state::Numberings& numberings;
  Expressions& expressions;
  FieldContext fields;
  Surroundings& around;
  RunSummary& summary;

  const Flow& flow() const { return request.flow; }
  bool is_plan() const { return request.mode == Mode::plan; }

  // Tells the listeners, and counts it: a run with warnings does not exit with 0.
  void warn(std::string_view text) const;
};

}  // namespace postroom::flow
