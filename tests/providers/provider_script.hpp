// ProviderScript: a transcript with the session that plays it.
//
//   # Who the server is.
//   # Source: where the facts are from.
//   # Proves: what must not break again.
//   #> tls starttls                     settings: host, port, tls, user, password, mailbox
//   #> folders                          then what a flow does, in order (PlayedSession has the
//   list)
//   #= Inbox @inbox                     what it sees, a line each, of the whole session
//   #~ app password                     a text that the error's message, hint or server words hold
//   S: * OK ready                       the rest is a test::Script
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "account/account.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::test {

struct ProviderScript {
  std::string name;  // of the file, without .txt
  account::Account account;
  std::string user = "jo@example.com";
  std::string password = "s3cret-word";
  std::vector<std::string> steps;     // "#>" that are not settings
  std::vector<std::string> seen;      // "#="
  std::vector<std::string> mentions;  // "#~"
  std::string head;                   // the comment lines
  Script script;
};

// Throws std::invalid_argument.
ProviderScript load_provider_script(const std::filesystem::path& file);

}  // namespace postroom::test
