// Story: one whole submission session against a scripted peer, and what came of it. For tests of
// smtp/client.
//
// A transcript in tests/transcripts/smtp says in its "#!" lines how it is played and how it ends:
//   #! tls: starttls             implicit (default), starttls, none
//   #! sign-in: bearer           plain (default: user/secret), bearer, none
//   #! mails: one utf8           which mails are sent, in one batch; default: one two three
//   #! session: auth.refused     the code of the error of open or sign_in; default: none
//   #! 1: accepted               the fate of the first mail: a phase, and a code if it failed
//   #! 1 recipients: - smtp.x    the codes of its recipients, "-" for none
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "smtp/client/client.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::smtp {

enum class StorySignIn { plain, bearer, none };

struct StoryOptions {
  net::TlsMode tls = net::TlsMode::implicit;
  StorySignIn sign_in = StorySignIn::plain;
  // Of: one, two, three, utf8 (SMTPUTF8), idn (a domain beyond ASCII), eight (8-bit body), report
  // (DSN).
  std::vector<std::string> mails{"one", "two", "three"};
  Transcript* transcript = nullptr;
};

struct Story {
  std::string name;  // the path below tests/transcripts/smtp
  test::Script script;
  StoryOptions options;
  std::string session_error;
  std::vector<Phase> phases;
  std::vector<std::string> codes;                    // "" where accepted
  std::vector<std::vector<std::string>> recipients;  // empty: not looked at
  bool all_pass() const;
};

// Every transcript, in the order of their names. Throws std::invalid_argument for a "#!" line that
// is none, and for a mail without an ending.
std::vector<Story> load_stories();

struct StoryResult {
  std::vector<SendOutcome> outcomes;       // one for each mail, also when it never came to sending
  std::vector<std::vector<Phase>> phases;  // what on_phase was told, for each mail
  std::optional<base::Error> session_error;  // of open or sign_in
  bool usable_before_quit = false;
};

// Opens, signs in, sends the mails in one batch, quits.
StoryResult run_story(test::ScriptedPeer& peer, StoryOptions options = {});

// `task` on a loop of its own; the Error that it ended with.
std::optional<base::Error> error_of(Task<void> task);

}  // namespace postroom::smtp
