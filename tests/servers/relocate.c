/* Lets a Dovecot that was unpacked rather than installed find its own files. Some paths are
 * compiled into it (its TLS module, the doveconf that its tools start); this library, loaded before
 * the others, answers them from the tree that the environment names in DOVECOT_TREE. It touches no
 * other path. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char* const moved[] = {"/usr/lib/dovecot", "/usr/bin/doveconf"};

static const char* relocated(const char* path, char* space, size_t size) {
  const char* tree = getenv("DOVECOT_TREE");
  if (tree == NULL || path == NULL) return path;
  for (size_t i = 0; i < sizeof moved / sizeof *moved; ++i) {
    if (strncmp(path, moved[i], strlen(moved[i])) != 0) continue;
    int length = snprintf(space, size, "%s%s", tree, path);
    return length > 0 && (size_t)length < size ? space : path;
  }
  return path;
}

DIR* opendir(const char* path) {
  char space[4096];
  DIR* (*next)(const char*) = (DIR * (*)(const char*)) dlsym(RTLD_NEXT, "opendir");
  return next(relocated(path, space, sizeof space));
}

void* dlopen(const char* path, int flags) {
  char space[4096];
  void* (*next)(const char*, int) = (void* (*)(const char*, int))dlsym(RTLD_NEXT, "dlopen");
  return next(relocated(path, space, sizeof space), flags);
}

int execv(const char* path, char* const arguments[]) {
  char space[4096];
  int (*next)(const char*, char* const[]) =
      (int (*)(const char*, char* const[]))dlsym(RTLD_NEXT, "execv");
  return next(relocated(path, space, sizeof space), arguments);
}
