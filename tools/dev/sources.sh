#!/usr/bin/env bash
# Prints the project's own C and C++ files, one a line; with a commit as argument those that changed since it.
set -euo pipefail
cd "$(dirname "$0")/../.."
patterns=('src/*.[ch]pp' 'include/*.[ch]pp' 'tests/*.[ch]pp' 'tests/*.c' 'bench/*.[ch]pp' 'bridge/*.[ch]pp')
if [ $# = 0 ]; then
  git ls-files --cached --others --exclude-standard -- "${patterns[@]}"
else
  { git diff --name-only --diff-filter=d "$1" -- "${patterns[@]}"
    git ls-files --others --exclude-standard -- "${patterns[@]}"; }
fi | sort -u | while IFS= read -r file; do [ ! -f "$file" ] || echo "$file"; done
