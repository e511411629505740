// Account: who, where and how to sign in, read from a connect step. Plain data, no behaviour.
//
// Secrets are sources here, never values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "vault/secret_source.hpp"

namespace postroom::account {

enum class Kind { server, maildir };
enum class Protocol { imap };
enum class Tls { implicit, starttls, none };
enum class AuthMode { password, none };

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  Tls tls = Tls::implicit;
  bool operator==(const Endpoint&) const = default;
};

struct SignIn {
  AuthMode mode = AuthMode::password;
  std::optional<vault::SecretSource> username;
  std::optional<vault::SecretSource> password;
};

struct Smtp {
  Endpoint endpoint;
  std::optional<SignIn> auth;  // nothing: the account's own
};

struct Account {
  std::string session;
  Kind kind = Kind::server;
  Protocol protocol = Protocol::imap;
  Endpoint endpoint;           // reading; for server
  std::optional<Smtp> smtp;    // sending; nothing: this account cannot send
  std::filesystem::path path;  // for maildir
  SignIn auth;
  std::string mailbox;  // empty: the user name
  std::string from;     // empty: the mailbox
  std::chrono::milliseconds timeout{120'000};
  std::filesystem::path tls_ca;       // added to the system's store
  std::vector<std::string> tls_pins;  // base64 of SHA-256 of the server's key; empty: none
  std::filesystem::path tls_client_certificate;
  std::filesystem::path tls_client_key;  // empty: in the certificate's file
  base::Secret proxy{"env"};             // "env", "none" or a URL, which may hold a password
  bool allow_plaintext = false;
  std::string provider;  // row of the provider table that filled in the endpoints; empty: none
  std::string place;     // "file:line" of the connect step
};

}  // namespace postroom::account
