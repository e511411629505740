#!/usr/bin/env bash
# fuzz.sh TARGET [SECONDS]: builds one libFuzzer target and lets it run from its committed seeds. What it finds anew is
# kept in build/fuzz/corpus/TARGET; an input that breaks the target stays in build/fuzz/crashes/TARGET, and its path is
# the last line printed.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:-} seconds=${2:-60}

[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
if [ -z "$target" ]; then
  echo "fuzz targets:"
  ninja -C build/fuzz -t targets all | sed -n 's/^\([a-z0-9_]*_fuzz\): phony$/  \1/p' | sort -u
  exit 64
fi
ninja -C build/fuzz -j2 --quiet "$target"
binary=$(find build/fuzz -name "$target" -type f -perm -u+x -print -quit)
[ -n "$binary" ] || { echo "fuzz: ninja built no $target" >&2; exit 70; }

seeds=tests/fuzz/seeds/$target
corpus=build/fuzz/corpus/$target
crashes=build/fuzz/crashes/$target
mkdir -p "$corpus" "$crashes"
options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$crashes/" -print_final_stats=1)
[ ! -f "tests/fuzz/$target.dict" ] || options+=(-dict="tests/fuzz/$target.dict")
folders=("$corpus")
[ ! -d "$seeds" ] || folders+=("$seeds")
"$binary" "${options[@]}" "${folders[@]}" || {
  code=$?
  echo "fuzz: $target failed on $(find "$crashes" -type f -newer "$binary" | tail -n 1)" >&2
  exit $code
}
