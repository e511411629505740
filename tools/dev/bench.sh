#!/usr/bin/env bash
# bench.sh [FILTER]: builds the release preset's benchmarks and runs those whose file name matches FILTER.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release >/dev/null
ninja -C build/release -j2 --quiet benchmarks
found=no
for binary in build/release/bench/*_bench; do
  [ -x "$binary" ] && [[ $binary =~ ${1:-.} ]] || continue
  found=yes
  echo "== $(basename "$binary")"
  "$binary" --benchmark_min_time=0.2
done
[ $found = yes ] || { echo "bench: no benchmark matches '${1:-}'" >&2; exit 66; }
