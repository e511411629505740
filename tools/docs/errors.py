#!/usr/bin/env python3
"""Collects every error code of the program with its cause and cure into docs/reference/errors.md.

errors.py [--check] ROOT

A code is a string literal "room.cause" in src/. Its cause and cure are read from the code: the literals that stand with
it in `Error(ErrorKind::KIND, "code", message, hint)` or in a table row. With --check: says whether the page is current.
"""
import pathlib
import re
import sys

ROOMS = ("account actions auth capability connect cli date expression file flow folder http imap maildir mailbox message mime net output quarantine "
         "query runs secret send session smtp state store tls usage vault where").split()
CODE = re.compile(r'"((?:' + "|".join(ROOMS) + r')\.[a-z][a-z0-9_]*)"')
CHARACTER = re.compile(r"'(?:[^'\\]|\\.)'")
WRAPPED = re.compile(r"(?:std::string|std::string_view|fmt::format)?\(")  # whose first argument is what it says
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Literals that look like codes and are none: field paths, file names.
NOT_CODES = {"auth.username", "message.html", "message.rtf", "message.txt", "smtp.auth", "state.db"}
# Cause and cure of what the code makes up as it runs: reading it cannot give them.
BY_HAND = {
    "auth.bad_challenge": ("the server's sign-in is broken or hostile", "check the host name, or ask the server's administrator"),
    "auth.bad_credentials": ("the server refused user name or password", "check the user name and the password that the connect step names"),
    "auth.channel_binding": ("the connection is not proved to end at the mail server: the proof over it failed, or somebody in between may read along",
                             "check the network and the proxy; the message says which of the two ends saw it"),
    "connect.no_host": ("no host is given, and the user name's domain is not in the provider table", "add host: to the connect step"),
    "expression.failed": ("an expression failed: the message says what Lua met", "the hint depends on it; most often a value is missing: name and name.field or \"none\""),
    "expression.too_big": ("an expression or its value takes more than 16 MiB", "cut texts with text:sub(1, 1000)"),
    "expression.too_long": ("an expression computes for too long", "an expression is for small computations; split a large one over several set steps"),
    "expression.unknown_property": ("there is no property of that name in a mail", "the hint names the nearest one"),
    "expression.wrong_type": ("an expression yields what is no value, such as a whole mail or a function", "yield a text, a number, true or false, a date, a list or a mapping"),
    "file.disk_full": ("the disk is full", "free some space and run again: nothing half-written was left, and done messages are not done twice"),
    "file.not_writable": ("the file cannot be written", "check the folder and its permissions"),
    "flow.failed": ("a fail step of the flow says so", "the text is the flow's own"),
    "flow.gone": ("the message is no longer in its folder", "nothing to do: somebody else moved or deleted it"),
    "flow.internal": ("something failed that should not", "report this: it is a bug"),
    "flow.missing_value": ("a key has no value", "write a value (\"\" is the empty text), or remove the line"),
    "flow.missing_space": ("there is no space behind the colon of a key", "write \"key: VALUE\""),
    "flow.missing_field": ("a required field is left out", "add it; the hint says what it means"),
    "flow.no_expression_here": ("this field is written out; expressions are not allowed in it", "write the value itself"),
    "flow.unclosed_quote": ("a quote is not closed", "end the text with the same quote; a quote inside it is written \\\" in double quotes, '' in single ones"),
    "flow.unknown_action": ("there is no action of that name", "the hint names the nearest one, or all"),
    "flow.unknown_field": ("the action has no field of that name", "the hint names the nearest one, or all"),
    "flow.unknown_key": ("there is no key of that name here", "the hint names the nearest one, or all"),
    "flow.unknown_mail": ("no loop around this step calls its message so", "write the name that the loop's `as` gives"),
    "flow.unknown_variable": ("there is no variable of that name here", "declare it under variables, or set it before"),
    "flow.unquoted_braces": ("a value with {{ must be in quotes: YAML takes the braces for a mapping", "quote a value that starts with {{"),
    "flow.wrong_type": ("the value is not of the kind that the field takes", "the hint shows how to write it"),
    "folder.not_found": ("there is no folder of that name in the mailbox", "the hint names the nearest one"),
    "maildir.io": ("a file or folder of a mailbox on disk cannot be read or written", "the message names it and says why: check its permissions and the free space"),
    "net.closed": ("the server closed the connection", "it is tried again on a new connection"),
    "secret.bare_text": ("a password cannot be written as bare text", "write { variable: NAME } and give it with --var-from, or { insecure_string: TEXT }"),
    "secret.insecure_string": ("a secret stands in the file in the clear (a warning; an error with --strict)", "use { variable: NAME } and give it with --var-from NAME=env:X or NAME=file:PATH"),
    "secret.one_source": ("a secret has no source, or several", "write one of { variable: NAME }, { insecure_string: TEXT }"),
    "smtp.bad_address": ("an address cannot be used", "write it as name@domain, without the display name"),
    "smtp.internal": ("something failed that should not", "report this: it is a bug"),
    "smtp.too_big": ("the message is larger than the server takes", "send fewer or smaller attachments, or share them as links"),
    "state.failed": ("the state could not be read or written", "report this with the message: it should not happen"),
    "store.no_flags": ("this mailbox cannot change a message's status", "leave this step out for this kind of connection"),
    "store.no_moving": ("this mailbox cannot move messages", "leave this step out for this kind of connection"),
    "where.unknown_key": ("there is no test of that name in where", "the hint names the nearest one, or all"),
}
KIND = re.compile(r"ErrorKind::(\w+)")


def split_at(text, is_cut):
    """`text` cut at each character outside of literals and brackets for which is_cut(text, at) holds, up to the end of
    the call, row or statement it stands in."""
    depth, parts, begin, at = 0, [], 0, 0
    while at < len(text):
        found = LITERAL.match(text, at) or CHARACTER.match(text, at)
        if found:
            at = found.end()
            continue
        c = text[at]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if depth < 0 or c == ";":
            break
        if depth == 0 and is_cut(text, at):
            parts.append(text[begin:at])
            begin = at + 1
        at += 1
    return parts + [text[begin:at]]


def shown(expression):
    """What a C++ expression says: its literals, "{}" for what is put in between."""
    expression = expression.strip()
    # Of several wordings the first.
    condition, *wordings = split_at(expression, lambda text, at: text[at] == "?")
    if wordings:
        return shown(split_at("?".join(wordings), lambda text, at: text[at - 1:at + 2] in (" : ", "\n: "))[0])
    terms = split_at(expression, lambda text, at: text[at] == "+")
    if len(terms) > 1:
        return "".join(shown(term) for term in terms)
    if WRAPPED.match(expression) and expression.endswith(")"):
        return shown(split_at(expression[expression.index("(") + 1:-1], lambda text, at: text[at] == ",")[0])
    if expression.startswith('"') and not LITERAL.sub("", expression).strip():
        return "".join(LITERAL.findall(expression))
    return "{}" if expression else ""


def texts_after(text, start):
    """What the arguments say that follow the code in its call or row."""
    rest = text[start:start + 3000]
    return [shown(a) for a in split_at(rest, lambda text, at: text[at] == ",")[:4]]


def words(text):
    text = text.replace('\\"', '"').replace("\\\\", "\\").replace("\\n", " ")
    text = text.replace("{{", "\x01").replace("}}", "\x02")
    text = re.sub(r"\{[^{}\s]*\}", "…", text).replace("\x01", "{").replace("\x02", "}")
    text = re.sub(r"…(?:\s*…)+", "…", text)
    return re.sub(r"\s+", " ", text).strip(" :,").replace("|", "\\|")


def collect(root):
    found = {}
    for path in sorted((root / "src").rglob("*.cpp")):
        if path.name.endswith(("_test.cpp", "_fuzz.cpp", "_fixture.cpp")):
            continue
        text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
        text = re.sub(r"(?<=[,;(){}\[\]])\s+// .*$", "", text, flags=re.M)
        for match in CODE.finditer(text):
            code = match[1]
            if code in NOT_CODES:
                continue
            before = text[max(0, match.start() - 200):match.start()]
            kinds = KIND.findall(before)
            rest = texts_after(text, match.end())
            arguments = [words(a) for a in rest[1:] if a] if rest and not rest[0] else [words(a) for a in rest if a]
            arguments = [a for a in arguments if len(a) > 8]
            entry = found.setdefault(code, {"kind": "", "cause": "", "cure": "", "room": path.relative_to(root / "src").parts[0]})
            if kinds and not entry["kind"]:
                entry["kind"] = kinds[-1]
            if arguments and len(arguments[0]) > len(entry["cause"]) and not entry["cure"]:
                entry["cause"] = arguments[0]
                entry["cure"] = arguments[1] if len(arguments) > 1 else ""
    for code, (cause, cure) in BY_HAND.items():
        if code in found:
            found[code].update(cause=cause.replace("|", "\\|"), cure=cure.replace("|", "\\|"))
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
