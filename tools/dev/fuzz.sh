#!/usr/bin/env bash
# fuzz.sh TARGET [SECONDS]: builds one libFuzzer target and lets it run from its committed seeds. What it finds anew is
# kept in build/fuzz/corpus/TARGET; an input that breaks the target stays in build/fuzz/crashes/TARGET, and its path is
# the last line printed. TARGET `all` runs every target in turn, SECONDS each, and names those that failed at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:-} seconds=${2:-60}

cmake --preset fuzz >/dev/null
targets() { ninja -C build/fuzz -t targets all | sed -n 's/^\([a-z0-9_]*_fuzz\): phony$/\1/p' | sort -u; }

fuzz_one() {
  local target=$1
  ninja -C build/fuzz -j2 --quiet "$target" || return 70
  local binary
  binary=$(find build/fuzz -name "$target" -type f -perm -u+x -print -quit)
  [ -n "$binary" ] || { echo "fuzz: ninja built no $target" >&2; return 70; }

  # MODULE_WHAT_fuzz has its seeds in tests/fuzz/seeds/MODULE_WHAT, or a module's only one in tests/fuzz/seeds/MODULE.
  local name=${target%_fuzz}
  local seeds=tests/fuzz/seeds/$name
  [ -d "$seeds" ] || seeds=tests/fuzz/seeds/${name%%_*}
  [ -d "$seeds" ] || { echo "fuzz: $target has no seeds in tests/fuzz/seeds" >&2; return 70; }
  local corpus=build/fuzz/corpus/$target crashes=build/fuzz/crashes/$target
  mkdir -p "$corpus" "$crashes"
  local options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$crashes/" -print_final_stats=1)
  [ ! -f "tests/fuzz/$target.dict" ] || options+=(-dict="tests/fuzz/$target.dict")
  "$binary" "${options[@]}" "$corpus" "$seeds" || {
    local code=$?
    echo "fuzz: $target failed on $(find "$crashes" -type f -newer "$binary" | tail -n 1)" >&2
    return $code
  }
}

case $target in
  '')
    echo "fuzz targets:"
    targets | sed 's/^/  /'
    exit 64
    ;;
  all)
    failed=()
    for target in $(targets); do
      echo "== $target"
      fuzz_one "$target" || failed+=("$target")
    done
    [ ${#failed[@]} = 0 ] || { echo "fuzz: failed: ${failed[*]}" >&2; exit 1; }
    echo "fuzz: every target ran for $seconds s without a finding"
    ;;
  *) fuzz_one "$target" ;;
esac
