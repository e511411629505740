// PlayedSession: what a flow does with a mailbox, written down step by step, done on a real store
// over a scripted server.
//
//   folders                          "PATH [@role] [not selectable]" a line
//   open PATH [read_only]            opens for writing unless told otherwise
//   find [newest] TERM... [want=size,envelope,flags,received,structure,text]
//                                    TERM: seen unseen flagged unflagged answered deleted
//                                    since:DAY before:DAY sent_since:DAY sent_before:DAY larger:N
//                                    smaller:N subject:WORD body:WORD not:TERM any:TERM|TERM
//   raw UID, part UID ID             "N bytes: first line"
//   move|copy UID,... PATH           "UID -> UID in PATH", "UID done", "UID error CODE"; notes
//   trash|remove|flag|unflag|read UID,...      likewise
//   create PATH                      "made" or "was there"
//   append WORD                      "stored as UID" or "stored"
//
// An error ends the session ("error KIND CODE [retry after N ms]"); the store is closed in any
// case.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "mailbox/store.hpp"
#include "stores/open_store.hpp"
#include "tests/providers/provider_script.hpp"

namespace postroom::test {

struct Played {
  std::vector<std::string> seen;
  std::optional<base::Error> error;
};

// Connects to `peer` once; more connections are refused. Throws std::invalid_argument for a step
// that it does not know.
Played play(const ProviderScript& script, const std::shared_ptr<ScriptedPeer>& peer);

}  // namespace postroom::test
