#!/usr/bin/env python3
"""build_time.py BUILD_FOLDER: what the last build of each output cost, by module and for the slowest files.

Reads .ninja_log (start and end of every command, in milliseconds). The budget is the design's: a clean `dev` build of
src/ under 4 minutes on two cores, 7 with tests. A command that ccache answered counts with what it took then.
"""
import collections
import pathlib
import re
import sys

BUDGET_SOURCES, BUDGET_ALL = 4 * 60, 7 * 60
CORES = 2

folder = pathlib.Path(sys.argv[1])
last = {}
for line in (folder / ".ninja_log").read_text().splitlines():
    fields = line.split("\t")
    if len(fields) >= 4:
        last[fields[3]] = (int(fields[1]) - int(fields[0])) / 1000

groups = collections.Counter()
for output, seconds in last.items():
    match = re.search(r"CMakeFiles/([\w.]+)\.dir/", output)
    groups[match.group(1) if match else "(link and others)"] += seconds

print(f"{'seconds':>8}  target")
for target, seconds in groups.most_common():
    print(f"{seconds:8.1f}  {target}")
print(f"\n{'seconds':>8}  the slowest commands")
for output, seconds in sorted(last.items(), key=lambda item: -item[1])[:15]:
    print(f"{seconds:8.1f}  {re.sub(r'CMakeFiles/[^/]*[.]dir/', '', output)}")

sources = sum(seconds for target, seconds in groups.items() if not re.search(r"test|\(", target)) / CORES
everything = sum(last.values()) / CORES
for name, seconds, budget in (("src/", sources, BUDGET_SOURCES), ("all", everything, BUDGET_ALL)):
    verdict = "within" if seconds <= budget else "OVER"
    print(f"\n{name}: {seconds:.0f} s on {CORES} cores, {verdict} the budget of {budget} s", end="")
print()
