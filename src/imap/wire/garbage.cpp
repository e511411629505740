#include "imap/wire/garbage.hpp"

namespace postroom::imap::wire {
namespace {

struct Stranger {
  std::string_view start;
  const char* message;
  const char* hint;
};

constexpr Stranger strangers[] = {
    {"\x16\x03", "the server speaks TLS where plain IMAP was expected",
     "use tls: implicit (port 993), or the port that offers STARTTLS (143)"},
    {"\x15\x03", "the server answered with a TLS alert where plain IMAP was expected",
     "use tls: implicit (port 993), or the port that offers STARTTLS (143)"},
    {"HTTP/", "the server is a web server, not an IMAP server",
     "check host and port (IMAP: 993, or 143)"},
    {"<", "the server answered with a web page, not with IMAP",
     "check host and port (IMAP: 993, or 143)"},
    {"220", "the server speaks SMTP, not IMAP",
     "check the port (IMAP: 993, or 143; SMTP: 465, 587)"},
    {"421", "the server speaks SMTP, not IMAP",
     "check the port (IMAP: 993, or 143; SMTP: 465, 587)"},
    {"554", "the server speaks SMTP, not IMAP",
     "check the port (IMAP: 993, or 143; SMTP: 465, 587)"},
    {"+OK", "the server speaks POP3, not IMAP",
     "use protocol: pop3, or the IMAP port (993, or 143)"},
    {"-ERR", "the server speaks POP3, not IMAP",
     "use protocol: pop3, or the IMAP port (993, or 143)"},
    {"SSH-", "the server speaks SSH, not IMAP", "check the port (IMAP: 993, or 143)"},
};

}  // namespace

base::Error garbage_error(std::string_view seen) {
  const char* message = "the server sent something that is not IMAP";
  const char* hint =
      "check host and port (IMAP: 993, or 143), and that no proxy answers in the server's place";
  for (const Stranger& stranger : strangers) {
    if (!seen.starts_with(stranger.start)) continue;
    message = stranger.message;
    hint = stranger.hint;
    break;
  }
  base::Error error(base::ErrorKind::protocol, "imap.garbage", message, hint);
  error.set_server_text(seen.substr(0, 80));
  return error;
}

}  // namespace postroom::imap::wire
