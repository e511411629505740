#!/usr/bin/env bash
# Unpacks Dovecot into .servers/dovecot, for tests and the demonstration. Nothing is installed: packages are downloaded
# and unpacked as plain files, so a mail server of this machine stays as it is. Needs no rights. Safe to repeat.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
target=$root/.servers/dovecot
packages=(dovecot-core dovecot-imapd dovecot-pop3d dovecot-submissiond dovecot-lmtpd)

say() { echo "setup: $*" >&2; }

[ "$(cat "$target/.complete" 2>/dev/null)" != "${packages[*]}" ] ||
  [ "$root/tests/servers/relocate.c" -nt "$target/.complete" ] || exit 0

mkdir -p "$root/.servers"
work=$(mktemp -d "$root/.servers/unpacking.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{packages,tree,lists/partial,cache/archives/partial}

apt=(apt-get -o Debug::NoLocking=true)
# As root apt hands the download to an account that cannot write here.
[ "$(id -u)" != 0 ] || apt+=(-o APT::Sandbox::User=root)

# The packages themselves, and the shared libraries they want that this machine has not.
list_downloads() {
  printf '%s\n' "${packages[@]}"
  "${apt[@]}" --simulate --no-install-recommends install "${packages[@]}" 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p'
}

download() {
  local names
  names=$(list_downloads | sort -u) || return 1
  # shellcheck disable=SC2086  # one word a package
  (cd "$work/packages" && "${apt[@]}" --quiet download $names) >"$work/log" 2>&1
}

say "unpacking Dovecot into .servers/"
if ! download; then
  # No package lists, or old ones: fetch our own, beside the system's.
  apt+=(-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache")
  "${apt[@]}" --quiet update >"$work/log" 2>&1 && download || {
    say "the mail server packages could not be downloaded:"
    tail -n 5 "$work/log" >&2
    exit 1
  }
fi

for package in "$work"/packages/*.deb; do
  dpkg-deb -x "$package" "$work/tree"
done
# Paths compiled into Dovecot point into /usr: relocate.c answers them from the tree.
clang-19 -shared -fPIC -O1 -o "$work/tree/relocate.so" "$root/tests/servers/relocate.c"
chmod -R a+rX "$work/tree"
echo "${packages[*]}" >"$work/tree/.complete"
rm -rf "$target"
mv "$work/tree" "$target"
