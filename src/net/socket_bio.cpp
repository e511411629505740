#include "net/socket_bio.hpp"

#include <cerrno>
#include <cstdint>

#include <sys/socket.h>

namespace postroom::net {
namespace {

int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool is_again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int write_bio(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  errno = 0;
  auto n = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && is_again()) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int read_bio(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  errno = 0;
  auto n = ::recv(fd_of(bio), into, static_cast<std::size_t>(size), 0);
  if (n < 0 && is_again()) BIO_set_retry_read(bio);
  if (n == 0)
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);  // makes OpenSSL tell a cut connection from a broken one
  return static_cast<int>(n);
}

long control_bio(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return 0;
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "postroom socket");
  if (!method) return nullptr;
  BIO_meth_set_write(method, write_bio);
  BIO_meth_set_read(method, read_bio);
  BIO_meth_set_ctrl(method, control_bio);
  return method;
}

}  // namespace

BIO* make_socket_bio(int fd) {
  static BIO_METHOD* const method = make_method();  // for the life of the process
  BIO* bio = method ? BIO_new(method) : nullptr;
  if (!bio) return nullptr;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace postroom::net
