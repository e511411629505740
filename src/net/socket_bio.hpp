// How OpenSSL reads and writes our sockets. OpenSSL's own socket BIO writes without MSG_NOSIGNAL,
// so that a peer that hangs up would kill the process with SIGPIPE, and a library must not change
// signal dispositions.
#pragma once

#include <openssl/bio.h>

namespace postroom::net {

// Null when memory is short. The BIO does not own `fd`.
BIO* make_socket_bio(int fd);

}  // namespace postroom::net
