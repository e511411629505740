#!/usr/bin/env bash
# Makes a Debian 12 machine ready to build: installs the missing packages of packages.txt and unpacks the mail servers
# that the tests use. Safe to repeat; with nothing missing it takes a fraction of a second and needs no rights.
#
#   setup.sh           do it, say what was done
#   setup.sh --quiet   the same, silent when nothing is missing (every verb of ./dev calls this)
#
# It never installs, starts or replaces a service on this machine: mail servers are only unpacked (mail_servers.sh).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
quiet=${1:-}

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }

missing_packages() {
  local wanted installed
  wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$here/packages.txt" | sort -u)
  # dpkg-query answers what it knows and fails if a name is unknown: that is the question here, not an error.
  # shellcheck disable=SC2086  # one word a package
  installed=$( (dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true) |
    sed -n 's/^installed //p' | sort -u)
  comm -23 <(echo "$wanted") <(echo "$installed")
}

# As root directly, else through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

install_packages() {
  local install=(apt-get install --yes --quiet --no-install-recommends "$@")
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "$# packages are missing and there is no sudo. Run this as root:
  apt-get update && apt-get install --yes --no-install-recommends $*"
  fi
  say "installing $# Debian packages: $*"
  # The package lists of a fresh machine are empty or old. Fetch them only where the installation needs it.
  if ! apt-get --simulate --no-install-recommends install "$@" >/dev/null 2>&1; then
    as_root apt-get update --quiet >&2
  fi
  as_root "${install[@]}" >&2 || { as_root apt-get update --quiet >&2 && as_root "${install[@]}" >&2; } ||
    die "the packages could not be installed; the lines above say why"
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  die "this needs Debian 12: the packages are named in tools/dev/packages.txt"

mapfile -t missing < <(missing_packages)
[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"

"$here/mail_servers.sh"

# Nothing that the other verbs do needs Node yet: it is fetched when setup itself is asked for.
[ "$quiet" = --quiet ] || "$here/node.sh"

[ "$quiet" = --quiet ] || say "everything is in place"
