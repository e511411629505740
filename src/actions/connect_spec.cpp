// The Connect action's form, in the order and with the labels of the reference page. The walker
// runs it (flow/run).
#include "actions/specs.hpp"

namespace postroom::actions {
namespace {

FieldSpec tls_field() {
  return {
      .name = "tls",
      .type = FieldType::choice,
      .label = {"Use secure connection (SSL/TLS)", "Utiliser une connexion sécurisée (SSL/TLS)"},
      .help =
          "implicit: TLS from the first byte (993, 465). starttls: plain, then upgraded before "
          "anything secret "
          "(143, 587). none: only to this machine, or with allow_plaintext. Left out: by the port.",
      .choices = {{"implicit", {"TLS", "TLS"}},
                  {"starttls", {"STARTTLS", "STARTTLS"}},
                  {"none", {"None", "Aucune"}}}};
}

FieldSpec auth_field(std::string_view help) {
  return {
      .name = "auth",
      .type = FieldType::group,
      .label = {"Sign-in", "Authentification"},
      .help = help,
      .fields = {
          {.name = "mode",
           .type = FieldType::choice,
           .label = {"Authentication mode", "Mode d'authentification"},
           .help = "How to prove who you are.",
           .default_text = "password",
           .choices = {{"password",
                        {"User name and password", "Nom d'utilisateur et mot de passe"},
                        "basic"},
                       {"none", {"None", "Aucune"}}}},
          {.name = "username",
           .type = FieldType::secret,
           .label = {"Username", "Nom d'utilisateur"},
           .help = "The user who signs in, for example john.smith@example.com."},
          {.name = "password",
           .type = FieldType::secret,
           .label = {"Password", "Mot de passe"},
           .help = "A { variable: ... }, given with --var-from, or an { insecure_string: ... }."},
      }};
}

FieldSpec host_field(std::string_view help) {
  return {.name = "host",
          .type = FieldType::text,
          .label = {"Email server host", "Hôte du serveur de messagerie"},
          .help = help};
}

FieldSpec port_field(std::string_view help) {
  return {.name = "port",
          .type = FieldType::number,
          .label = {"Email server port", "Port du serveur de messagerie"},
          .help = help};
}

}  // namespace

const ActionSpec& connect_spec() {
  static const ActionSpec spec{
      .name = "connect",
      .label = {"Connect", "Se connecter"},
      .help = "Opens a mailbox under a session name. Every other email action uses that name.",
      .place = Place::outside_mail_loop,
      .effect = Effect::structure,
      .fields =
          {
              {.name = "session",
               .type = FieldType::literal,
               .label = {"Session name", "Nom de session"},
               .help = "1 to 64 letters, digits, '_', '.' or '-'.",
               .required = true},
              {.name = "to",
               .type = FieldType::choice,
               .label = {"Connection", "Connexion"},
               .help = "What kind of mailbox.",
               .required = true,
               .choices = {{"server", {"Email server", "Serveur de messagerie"}},
                           {"maildir", {"Folder on this computer", "Dossier sur cet ordinateur"}}}},
              {.name = "protocol",
               .type = FieldType::choice,
               .label = {"Protocol", "Protocole"},
               .help = "How to read the mailbox.",
               .default_text = "imap",
               .choices = {{"imap", {"IMAP", "IMAP"}}}},
              host_field("Left out: known for the big providers by the user name's domain."),
              port_field("Left out: 993, or 143 with tls: starttls."),
              tls_field(),
              auth_field("Who signs in, and how."),
              {.name = "smtp",
               .type = FieldType::group,
               .label = {"Send email via", "Envoyer l'e-mail via"},
               .help = "The server that takes outgoing mail; needed by send and reply. Signs in as "
                       "the session does "
                       "unless auth says otherwise.",
               .fields = {host_field("The submission server."),
                          port_field("Left out: 587, or 465 with tls: implicit."), tls_field(),
                          auth_field("Left out: the session's own.")},
               .beyond_reference = true},
              {.name = "path",
               .type = FieldType::path,
               .label = {"Folder", "Dossier"},
               .help = "to: maildir: a Maildir, or a folder of .eml files (which is read-only).",
               .beyond_reference = true},
              {.name = "mailbox",
               .type = FieldType::text,
               .label = {"Shared mailbox", "Boîte aux lettres partagée"},
               .help = "The mailbox to work in, when it is not the user's own."},
              {.name = "from",
               .type = FieldType::text,
               .label = {"From address", "Adresse de l'expéditeur"},
               .help =
                   "The address that mail is sent from. Left out: the mailbox, else the user name.",
               .beyond_reference = true},
              {.name = "timeout",
               .type = FieldType::duration,
               .label = {"Timeout", "Délai d'attente"},
               .help = "For connecting in all; afterwards: no byte for that long.",
               .default_text = "120s"},
              {.name = "tls_ca",
               .type = FieldType::path,
               .label = {"Additional certificate authority",
                         "Autorité de certification supplémentaire"},
               .help = "A PEM file trusted besides the system's own.",
               .beyond_reference = true},
              {.name = "tls_pin_sha256",
               .type = FieldType::text_list,
               .label = {"Pinned server key", "Clé épinglée du serveur"},
               .help = "SHA-256 of the server's public key in base64, one or several. The server "
                       "must show one of these keys, and then needs no certificate authority. "
                       "Holds for smtp too.",
               .beyond_reference = true},
              {.name = "tls_client_certificate",
               .type = FieldType::path,
               .label = {"Client certificate", "Certificat client"},
               .help = "A PEM file with your own certificate, for servers that ask for one.",
               .beyond_reference = true},
              {.name = "tls_client_key",
               .type = FieldType::path,
               .label = {"Client certificate's key", "Clé du certificat client"},
               .help = "Its private key as a PEM file without a passphrase. Left out: in the "
                       "certificate's file.",
               .beyond_reference = true},
              {.name = "proxy",
               .type = FieldType::text,
               .label = {"Proxy", "Proxy"},
               .help = "env: as HTTPS_PROXY, ALL_PROXY and NO_PROXY say. none. Or a URL: "
                       "http://host:3128 (CONNECT), https://, socks5://, socks5h:// (names looked "
                       "up by the proxy), with user:password@ before the host where it wants a "
                       "sign-in.",
               .default_text = "env",
               .beyond_reference = true},
              {.name = "allow_plaintext",
               .type = FieldType::boolean,
               .label = {"Allow a connection without TLS", "Autoriser une connexion sans TLS"},
               .help = "Lets tls: none reach another machine. Passwords and mail can then be read "
                       "on the way.",
               .default_text = "false",
               .beyond_reference = true},
              {.name = "replace",
               .type = FieldType::boolean,
               .label = {"Replace a live session of that name",
                         "Remplacer une session active de ce nom"},
               .help = "Closes the session that has the name now.",
               .default_text = "false",
               .beyond_reference = true},
          },
  };
  return spec;
}

const ActionSpec& disconnect_spec() {
  static const ActionSpec spec{
      .name = "disconnect",
      .label = {"Disconnect", "Se déconnecter"},
      .help = "Closes a session. A run closes what is still open at its end by itself.",
      .place = Place::outside_mail_loop,
      .effect = Effect::structure,
      .uses_session = true,
      .scalar_field = "session",
  };
  return spec;
}

}  // namespace postroom::actions
