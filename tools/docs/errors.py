#!/usr/bin/env python3
"""Collects every error code of the program with its cause and cure into docs/reference/errors.md.

errors.py [--check] ROOT

A code is a string literal "room.cause" in src/. Its cause and cure are read from the code: the literals that stand with
it in `Error(ErrorKind::KIND, "code", message, hint)` or in a table row. With --check: says whether the page is current.
"""
import pathlib
import re
import sys

ROOMS = ("actions auth capability connect cli date expression file flow folder imap mailbox message mime net output quarantine "
         "query runs secret send session smtp state store tls usage vault where").split()
CODE = re.compile(r'"((?:' + "|".join(ROOMS) + r')\.[a-z][a-z0-9_]*)"')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
KIND = re.compile(r"ErrorKind::(\w+)")


def literal_groups(text, start):
    """String literals after `start` up to the end of the call or row, adjacent ones joined, one per argument."""
    depth, arguments, current, at = 0, [], [], start
    ternary = ""  # "?" after a question mark at this level, ":" in its second half
    while at < len(text) and len(arguments) < 4:
        c = text[at]
        if c == '"':
            found = LITERAL.match(text, at)
            if not found:
                break
            # Of several wordings the first.
            if ternary != ":":
                current.append(found[1])
            at = found.end()
            continue
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth < 0:
                break
        elif c == "," and depth == 0:
            arguments.append("".join(current))
            current, ternary = [], ""
        elif c == "?" and depth == 0:
            ternary = "?"
        elif c == ":" and depth == 0 and ternary == "?" and text[at + 1] == " ":
            ternary = ":"
        elif c == ";":
            break
        at += 1
    arguments.append("".join(current))
    return arguments


def words(text):
    text = text.replace('\\"', '"').replace("\\\\", "\\").replace("\\n", " ")
    text = re.sub(r"\{[^{}]*\}", "…", text)
    return re.sub(r"\s+", " ", text).strip(" :,").replace("|", "\\|")


def collect(root):
    found = {}
    for path in sorted((root / "src").rglob("*.cpp")):
        if path.name.endswith(("_test.cpp", "_fuzz.cpp", "_fixture.cpp")):
            continue
        text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
        for match in CODE.finditer(text):
            code = match[1]
            before = text[max(0, match.start() - 200):match.start()]
            kinds = KIND.findall(before)
            rest = literal_groups(text, match.end())
            arguments = [words(a) for a in rest[1:] if a] if rest and not rest[0] else [words(a) for a in rest if a]
            arguments = [a for a in arguments if len(a) > 8]
            entry = found.setdefault(code, {"kind": "", "cause": "", "cure": "", "room": path.relative_to(root / "src").parts[0]})
            if kinds and not entry["kind"]:
                entry["kind"] = kinds[-1]
            if arguments and len(arguments[0]) > len(entry["cause"]) and not entry["cure"]:
                entry["cause"] = arguments[0]
                entry["cure"] = arguments[1] if len(arguments) > 1 else ""
    return found


def page(found):
    lines = ["# Errors", "",
             "Every error has a stable code. `--json` gives it as `error.code`; scripts may rely on it. \"…\" stands for what "
             "differs from case to case. Made from the source by `./dev docs`.", ""]
    rooms = {}
    for code, entry in found.items():
        rooms.setdefault(code.split(".")[0], []).append((code, entry))
    for room in sorted(rooms):
        lines += [f"## {room}", "", "| code | kind | cause | cure |", "|---|---|---|---|"]
        for code, entry in sorted(rooms[room]):
            lines.append(f"| `{code}` | {entry['kind']} | {entry['cause']} | {entry['cure']} |")
        lines.append("")
    return "\n".join(lines)


def main():
    check = sys.argv[1] == "--check"
    root = pathlib.Path(sys.argv[-1])
    target = root / "docs/reference/errors.md"
    text = page(collect(root))
    if target.exists() and target.read_text() == text:
        return 0
    if check:
        print(f"{target} is out of date: run ./dev docs", file=sys.stderr)
        return 1
    target.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
