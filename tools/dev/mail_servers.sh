#!/usr/bin/env bash
# Unpacks Dovecot into .servers/dovecot and Exim into .servers/exim, for tests and the demonstration. Nothing is
# installed: packages are downloaded and unpacked as plain files, so a mail server of this machine stays as it is. Needs
# no rights. Safe to repeat.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

say() { echo "setup: $*" >&2; }

apt=(apt-get -o Debug::NoLocking=true)
# As root apt hands the download to an account that cannot write here.
[ "$(id -u)" != 0 ] || apt+=(-o APT::Sandbox::User=root)

# The packages themselves, and the shared libraries they want that this machine has not.
list_downloads() {
  printf '%s\n' "$@"
  "${apt[@]}" --simulate --no-install-recommends install "$@" 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p'
}

download() {
  local names
  names=$(list_downloads "$@" | sort -u) || return 1
  # shellcheck disable=SC2086  # one word a package
  (cd "$work/packages" && "${apt[@]}" --quiet download $names) >"$work/log" 2>&1
}

# unpack NAME SHIM.c SHIM.so PACKAGE...: the shim answers what is compiled into the server.
unpack() {
  local name=$1 shim=$2 library=$3 target=$root/.servers/$1 package
  shift 3
  [ "$(cat "$target/.complete" 2>/dev/null)" != "$*" ] || [ "$shim" -nt "$target/.complete" ] || return 0

  mkdir -p "$root/.servers"
  work=$(mktemp -d "$root/.servers/unpacking.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work"/{packages,tree,lists/partial,cache/archives/partial}

  say "unpacking $name into .servers/"
  if ! download "$@"; then
    # No package lists, or old ones: fetch our own, beside the system's.
    apt+=(-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache")
    "${apt[@]}" --quiet update >"$work/log" 2>&1 && download "$@" || {
      say "the packages of $name could not be downloaded:"
      tail -n 5 "$work/log" >&2
      exit 1
    }
  fi

  for package in "$work"/packages/*.deb; do
    dpkg-deb -x "$package" "$work/tree"
  done
  clang-19 -shared -fPIC -O1 -o "$work/tree/$library" "$shim"
  chmod -R a+rX,u-s,g-s "$work/tree"
  echo "$*" >"$work/tree/.complete"
  rm -rf "$target"
  mv "$work/tree" "$target"
  rm -rf "$work"
}

# Paths compiled into Dovecot point into /usr: relocate.c answers them from the tree. The name of Exim's account is
# compiled in: own_user.c answers it with the account at hand.
unpack dovecot "$root/tests/servers/relocate.c" relocate.so \
  dovecot-core dovecot-imapd dovecot-pop3d dovecot-submissiond dovecot-lmtpd
unpack exim "$root/tests/servers/own_user.c" own_user.so exim4-daemon-light
