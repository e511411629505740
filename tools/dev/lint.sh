#!/usr/bin/env bash
# The checks that need no test: layers and file sizes, formatting, scripts, and clang-tidy.
#
#   lint.sh           clang-tidy on the C++ files changed since main (or since the last commit, on main)
#   lint.sh --all     clang-tidy on every file: minutes
#   lint.sh --quick   no clang-tidy: what CI does before it compiles
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=${1:-changed}
failed=no

check() {
  local name=$1
  shift
  "$@" || { echo "lint: $name failed" >&2; failed=yes; }
}

formatting() { tools/dev/sources.sh | xargs -r clang-format-19 --dry-run --Werror; }

syntax() {
  local file bad=0
  for file in dev .ci/run tools/*.sh tools/*/*.sh tests/servers/*.sh; do
    [ ! -f "$file" ] || bash -n "$file" || bad=1
  done
  return $bad
}

tidy() {
  local files
  mapfile -t files
  [ ${#files[@]} -gt 0 ] || return 0
  [ -f build/dev/compile_commands.json ] || cmake --preset dev >/dev/null
  printf '%s\n' "${files[@]}" | xargs -n 1 -P 2 clang-tidy-19 --quiet -p build/dev 2>/dev/null
}

changed() {
  local since=HEAD
  [ "$(git branch --show-current 2>/dev/null)" = main ] || since=$(git merge-base HEAD main 2>/dev/null || echo HEAD)
  git rev-parse --quiet --verify "$since" >/dev/null || { tools/dev/sources.sh; return; }
  tools/dev/sources.sh "$since"
}

check layers python3 tools/check_layers.py
check formatting formatting
check scripts syntax
# A header is checked through the sources that include it.
case $mode in
  --quick) ;;
  --all) check clang-tidy tidy < <(tools/dev/sources.sh | grep '\.cpp$' || true) ;;
  changed) check clang-tidy tidy < <(changed | grep '\.cpp$' || true) ;;
  *) echo "lint.sh: --all, --quick or nothing, not '$mode'" >&2; exit 64 ;;
esac
[ $failed = no ] && echo "lint: ok"
