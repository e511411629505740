#!/usr/bin/env bash
# Puts the pinned Node of package.json into node_modules/: Debian 12 has an older one, which serves npm itself only.
# `./dev setup` calls this; other verbs do not, as nothing that they do needs Node. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { echo "setup: $*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

[ node_modules/.package-lock.json -nt package-lock.json ] && [ -x node_modules/node/bin/node ] && exit 0
# A machine with a newer Node has its npm; Debian's packages would collide with it.
if ! command -v npm >/dev/null; then
  say "installing npm"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends nodejs npm >&2
fi
say "fetching the pinned Node ($(sed -n 's/.*"node": "\(.*\)".*/\1/p' package.json))"
npm ci --no-audit --no-fund --loglevel=error >&2
node_modules/node/bin/node --version >/dev/null
