/* Lets an Exim that was unpacked rather than installed run as whoever starts it: the name of the
 * account that Debian makes for it is compiled in, and this library, loaded before the others,
 * answers it with the account at hand. It touches no other name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static const char compiled_in[] = "Debian-exim";

struct passwd* getpwnam(const char* name) {
  struct passwd* (*next)(const char*) =
      (struct passwd * (*)(const char*)) dlsym(RTLD_NEXT, "getpwnam");
  return strcmp(name, compiled_in) == 0 ? getpwuid(getuid()) : next(name);
}

struct group* getgrnam(const char* name) {
  struct group* (*next)(const char*) =
      (struct group * (*)(const char*)) dlsym(RTLD_NEXT, "getgrnam");
  return strcmp(name, compiled_in) == 0 ? getgrgid(getgid()) : next(name);
}
