#!/usr/bin/env python3
"""Checks that the modules of src/ use each other as the design's picture says (docs/design, "Rooms and arrows").

check_layers.py [ROOT]  prints every violation as `file:line: rule`, or one line when there is none. Exit 0 or 1.

The tables below are that picture. Whoever changes one changes the page too.
"""
import pathlib
import re
import sys

PROTOCOLS = {"imap", "pop3", "smtp", "ews", "graph", "outlook"}
# module -> modules that its files may include. Everything may use base.
ALLOWED = {
    "base": set(),
    "net": set(),
    "mime": set(),
    "state": set(),
    "vault": {"state"},
    "account": {"vault"},
    "auth": {"net", "vault", "account", "state"},
    "imap": {"net", "auth"},
    "pop3": {"net", "auth"},
    "smtp": {"net", "auth"},
    "ews": {"net", "auth", "mime"},
    "graph": {"net", "auth", "mime"},
    "outlook": {"net", "auth"},
    "mailbox": {"mime"},
    "stores": {"mailbox", "mime", "net", "auth", "account", "state", "vault"} | PROTOCOLS,
    "session": {"stores", "mailbox", "account", "state", "auth", "net"},
    "actions": {"session", "state", "mailbox", "mime", "net"},
    "flow": {"actions", "session", "state", "mailbox", "mime", "vault", "account", "net"},
    "sandbox": {"net", "mime"},
    "server": {"flow", "actions", "session", "vault", "auth", "state", "net"},
    "cli": {"flow", "actions", "session", "vault", "auth", "state", "sandbox", "server", "net"},
}
# The public headers of include/postroom/ stand where the command line stands.
PUBLIC = "postroom"
ALLOWED[PUBLIC] = ALLOWED["cli"] | {"cli"}

# Edges that are open for some headers only: (from, to) -> what the header's path must match.
NARROW = {
    ("session", "stores"): r"stores/open_(store|transport)\.hpp",
    # Waiting, cancelling and starting the loop, never sockets (docs/decisions/0001).
    ("session", "net"): r"net/(task_group|with_timeout)\.hpp",
    # And what a proxy's URL and a pin look like, so that a wrong one is told at load.
    ("flow", "net"): r"net/(task_group|with_timeout|proxy_policy|tls_policy)\.hpp",
    ("cli", "net"): r"net/(task_group|connector)\.hpp",
    # Secrets are resolved where they are used (docs/decisions/0002).
    ("stores", "vault"): r"vault/secret_source\.hpp",
}
for protocol in PROTOCOLS:
    NARROW[(protocol, "auth")] = r"auth/[a-z0-9_]*(sasl|token)[a-z0-9_]*\.hpp"

# Libraries with one home: header pattern, where (paths below src/) it may be included, what to say.
LIBRARIES = [
    (r"sqlite3(ext)?\.h", r"state/.*", "SQLite belongs to state/"),
    (r"gmime/.*|glib.*|gio/.*", r"mime/.*", "GMime belongs to mime/"),
    (r"idn2\.h", r"base/domain_name\.cpp", "libidn2 belongs to base/domain_name.cpp"),
    (r"yaml-cpp/.*", r"flow/.*", "yaml-cpp belongs to flow/"),
    (r"lua\.hpp|lua\.h|lauxlib\.h|lualib\.h|lua5\.4/.*", r"flow/.*", "Lua belongs to flow/"),
    (r"gsasl\.h", r"auth/.*", "GNU SASL belongs to auth/"),
    (r"openssl/.*", r"net/.*|auth/(jwt|hmac)\.cpp", "OpenSSL belongs to net/, auth/jwt.cpp and auth/hmac.cpp"),
    (r"ytnef\.h|tnef-.*\.h|mapi.*\.h", r"mime/.*_test\.cpp", "libytnef is for comparing only (docs/decisions/0004)"),
    (r"sodium(/.*|\.h)", r"vault/.*", "libsodium belongs to vault/"),
    (r"boost/beast(/.*|\.hpp)", r"net/http_server\.cpp", "Beast belongs to net/http_server.cpp"),
    (r"curl/.*", r"net/(http_client|curl_[a-z_]+)\.[ch]pp", "libcurl belongs to net/http_client.cpp and net/curl_*"),
    (r"regex", r"", "<regex> is nowhere allowed: RE2 through base for user patterns"),
]
ASIO = r"boost/asio(/.*|\.hpp)"
ASIO_HOMES = r"net/.*|.*main\.cpp"
ASIO_EXCEPTION = ("base/task.hpp", "boost/asio/awaitable.hpp")
SPAWN = re.compile(r"\bco_spawn\s*\(|\basio::(co_spawn|detached)\b")
SPAWN_HOMES = r"net/task_group\.cpp|.*main\.cpp"

LONGEST = 600
SOURCES = (".cpp", ".hpp", ".c", ".h", ".py", ".sh", ".ts", ".tsx", ".js", ".mjs")
SIZED = ("src", "include", "tests", "tools", "bench", "bridge", "web/src")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
MODULE_CALL = re.compile(r"postroom_module\s*\(\s*(\w+)([^)]*)\)", re.S)
TEST_FILE = re.compile(r"_(test|fixture|fuzz)\.(cpp|hpp)$")
# Comments and literals, so that a word in them is no code. Raw strings first: their text may hold quotes.
NOT_CODE = re.compile(
    r'R"([^(\s]{0,16})\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def below(module):
    """Everything that the module is built on, however far down."""
    found, open_ends = set(), [module]
    while open_ends:
        for lower in ALLOWED.get(open_ends.pop(), ()):
            if lower not in found:
                found.add(lower)
                open_ends.append(lower)
    return found


def blanked(text):
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.violations = []
        self.counted = 0

    def report(self, path, line, rule):
        self.violations.append(f"{path.relative_to(self.root)}:{line}: {rule}")

    def check(self):
        for folder in ("src", "include"):
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in (".cpp", ".hpp", ".h", ".c", ".inc"):
                    self.check_source(path, folder)
        for path in sorted((self.root / "src").rglob("CMakeLists.txt")):
            self.check_cmake(path)
        for folder in SIZED:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in SOURCES and path.is_file() and "node_modules" not in path.parts:
                    self.check_size(path)
        return self.violations

    def check_source(self, path, folder):
        self.counted += 1
        inside = path.relative_to(self.root / folder).as_posix()
        module = inside.split("/")[0] if "/" in inside else "cli"
        if module not in ALLOWED:
            self.report(path, 1, f"'{module}' is not a module of the design")
            return
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if match := INCLUDE.match(line):
                own, other = match.groups()
                if own:
                    self.check_edge(path, number, module, own)
                self.check_library(path, number, inside, own or other)
        code = blanked(text)
        if not re.fullmatch(SPAWN_HOMES, inside):
            for match in SPAWN.finditer(code):
                self.report(path, code.count("\n", 0, match.start()) + 1,
                            "co_spawn and detached belong to net/task_group.cpp and main: every task has a parent")

    def check_edge(self, path, number, module, header):
        is_test = bool(TEST_FILE.search(path.name))
        if header.startswith(("./", "../")) or "/../" in header:
            self.report(path, number, f'"{header}": name a header by its path below src/')
            return
        target = header.split("/")[0]
        if "/" not in header or target in (module, "base"):
            return
        if target == "tests":
            if not is_test:
                self.report(path, number, f'"{header}": only tests use tests/')
        elif target not in ALLOWED:
            self.report(path, number, f'"{header}": \'{target}\' is not a module of the design')
        elif target not in (below(module) if is_test else ALLOWED[module]):
            may = ", ".join(sorted(ALLOWED[module] | {"base"}))
            self.report(path, number, f'"{header}": {module} does not use {target} (it may use {may})')
        elif not is_test and (module, target) in NARROW and not re.fullmatch(NARROW[module, target], header):
            self.report(path, number, f'"{header}": {module} may include only {NARROW[module, target]} of {target}')

    def check_library(self, path, number, inside, header):
        # A test may hold a result against another library's, but what compiles slowly or not at all stays away.
        libraries = LIBRARIES[-1:] if TEST_FILE.search(path.name) else LIBRARIES
        for pattern, homes, rule in libraries:
            if re.fullmatch(pattern, header) and not re.fullmatch(homes, inside):
                self.report(path, number, f"<{header}>: {rule}")
        if re.fullmatch(ASIO, header) and not re.fullmatch(ASIO_HOMES, inside) and (inside, header) != ASIO_EXCEPTION:
            self.report(path, number, f"<{header}>: Asio belongs to net/ (base/task.hpp alone names its awaitable)")

    def check_cmake(self, path):
        text = re.sub(r"#[^\n]*", "", path.read_text())
        for match in MODULE_CALL.finditer(text):
            module, words = match.group(1), match.group(2).split()
            line = text.count("\n", 0, match.start()) + 1
            if module not in ALLOWED:
                self.report(path, line, f"'{module}' is not a module of the design")
                continue
            dependencies = False
            for word in words:
                if word in ("DEPS", "LIBS"):
                    dependencies = word == "DEPS"
                elif dependencies and word not in ALLOWED[module] | {"base"}:
                    self.report(path, line, f"DEPS {word}: {module} does not use {word}")

    def check_size(self, path):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if len(lines) > LONGEST and "generated" not in lines[0].lower():
            self.report(path, len(lines), f"{len(lines)} lines, and {LONGEST} is the limit (line one says `generated` "
                        "where no hand wrote it)")


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    tree = Tree(root)
    violations = tree.check()
    for violation in violations:
        print(violation)
    if not violations:
        print(f"layers: ok, {tree.counted} files")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
