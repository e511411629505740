#!/usr/bin/env python3
"""Runs one command-line script: what a user types, what must come out, with the files it needs embedded below.

run_script.py POSTROOM SCRIPT

A script is lines, then files. `#` begins a comment. Each check is about the last `exec`.

  exec WORDS...           run a program (postroom is the one under test); it must exit with 0 unless `exit` follows
  exit N                  the exit code that the last exec must have had
  stdout REGEX            a line (or several) of its standard output; `! stdout REGEX`: nowhere in it
  stderr REGEX            the same for standard error
  silent stdout|stderr    nothing was printed there
  exists PATH, missing PATH, same PATH PATH, files FOLDER N
  env NAME=VALUE          for later execs
  server [SETTING...]     start a private Dovecot with a mail sink behind it: $IMAP_PORT $IMAPS_PORT $SUBMISSION_PORT
                          $CA $PASSWORD
  deliver USER FOLDER FILE     put a message into a mailbox
  count USER FOLDER N          messages in a folder
  sent N                  messages that reached the mail sink
  proxy [USER:PASSWORD]   start an HTTP CONNECT proxy on $PROXY_PORT; the targets asked for are the lines of proxied.txt
  write PATH SIZE         a file of that many bytes

  -- NAME --              begins an embedded file

$NAME and ${NAME} are replaced from the environment in command lines. A script runs in an empty folder with HOME and
POSTROOM_STATE in it.
"""
import imaplib
import os
import pathlib
import re
import shlex
import shutil
import ssl
import string
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMIT = 60  # seconds for one exec: a hang is a failure, and says which line


class Failed(Exception):
    pass


def parse(text):
    """(number, line) pairs and the embedded files."""
    commands, files, name = [], {}, None
    for number, line in enumerate(text.split("\n"), 1):
        header = re.fullmatch(r"-- (\S+) --", line)
        if header:
            name = header[1]
            files[name] = ""
        elif name is not None:
            files[name] += line + "\n"
        elif line.strip() and not line.lstrip().startswith("#"):
            commands.append((number, line.strip()))
    # The newline before the next header or the end of the script is the script's, not the file's.
    return commands, {key: value[:-1] if value.endswith("\n\n") else value for key, value in files.items()}


class Script:
    def __init__(self, postroom, folder):
        self.folder = folder
        self.result = None
        self.expected_exit = 0
        self.servers = []
        self.environment = {
            "PATH": f"{pathlib.Path(postroom).resolve().parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "POSTROOM_STATE": str(folder / "state"),
            "TZ": "UTC",
            "LANG": "C.UTF-8",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def close_exec(self):
        if self.result is not None and self.result.returncode != self.expected_exit:
            raise Failed(f"exit code {self.result.returncode}, {self.expected_exit} was expected")
        self.result, self.expected_exit = None, 0

    def path(self, name):
        return self.folder / name

    def exec(self, *words):
        self.last = subprocess.run(words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                   capture_output=True, text=True, timeout=LIMIT, errors="replace")
        self.result = self.last

    def check_stream(self, stream, pattern, wanted):
        found = re.search(pattern, getattr(self.last, stream), re.MULTILINE)
        if bool(found) != wanted:
            raise Failed(f"{stream} {'lacks' if wanted else 'has'} {pattern!r}")

    def silent(self, stream):
        if getattr(self.last, stream):
            raise Failed(f"{stream} is not empty")

    def exists(self, name):
        if not self.path(name).exists():
            raise Failed(f"{name} is not there")

    def missing(self, name):
        if self.path(name).exists():
            raise Failed(f"{name} is there")

    def same(self, first, second):
        if self.path(first).read_bytes() != self.path(second).read_bytes():
            raise Failed(f"{first} and {second} differ")

    def files(self, name, count):
        found = sorted(str(p.relative_to(self.path(name))) for p in self.path(name).rglob("*") if p.is_file())
        if len(found) != int(count):
            raise Failed(f"{len(found)} files in {name}, {count} were expected: {found}")

    def env(self, assignment):
        name, _, value = assignment.partition("=")
        self.environment[name] = value

    def write(self, name, size):
        self.path(name).write_bytes(b"x" * int(size))

    def server(self, *settings):
        outside = self.folder / "outside"
        outside.mkdir()
        sink = subprocess.Popen([sys.executable, ROOT / "tools/demo/smtp_sink.py", outside],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.servers.append(("sink", sink))
        while not (outside / "port").exists() or not (outside / "port").read_text().strip():
            if sink.poll() is not None:
                raise Failed("the mail sink did not start")
        server = pathlib.Path(tempfile.mkdtemp(prefix="prs", dir="/tmp"))
        server.chmod(0o755)
        command = [ROOT / "tests/servers/dovecot.sh", "start", server / "s", "--relay", (outside / "port").read_text().strip()]
        for setting in settings:
            command += ["--set", setting]
        self.servers.append(("dovecot", server))
        started = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        if started.returncode != 0:
            raise Failed(f"Dovecot did not start: {started.stderr}")
        for line in started.stdout.splitlines():
            name, _, value = line.partition("=")
            self.environment[name] = value

    def proxy(self, sign_in=""):
        proxy = subprocess.Popen([sys.executable, HERE / "connect_proxy.py", self.path("proxied.txt"), sign_in],
                                 stdout=subprocess.PIPE, text=True)
        self.servers.append(("sink", proxy))
        self.environment["PROXY_PORT"] = proxy.stdout.readline().strip()

    def imap(self, user):
        context = ssl.create_default_context(cafile=self.environment["CA"])
        client = imaplib.IMAP4_SSL("localhost", int(self.environment["IMAPS_PORT"]), ssl_context=context)
        client.login(user, self.environment["PASSWORD"])
        return client

    def deliver(self, user, folder, name):
        client = self.imap(user)
        message = self.path(name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if folder != "INBOX":
            client.create(folder)
        status, answer = client.append(folder, None, None, message)
        client.logout()
        if status != "OK":
            raise Failed(f"the message was not taken: {answer}")

    def count(self, user, folder, number):
        client = self.imap(user)
        status, answer = client.select(folder, readonly=True)
        client.logout()
        found = answer[0].decode() if status == "OK" else "no folder"
        if found != number:
            raise Failed(f"{found} messages in {folder}, {number} were expected")

    def sent(self, number):
        found = len(list((self.folder / "outside").glob("*.eml")))
        if found != int(number):
            raise Failed(f"{found} messages were sent, {number} were expected")

    def take(self, line):
        verb, _, rest = line.partition(" ")
        rest = rest.strip()
        negated = verb == "!"
        if negated:
            verb, _, rest = rest.partition(" ")
        if verb in ("stdout", "stderr"):
            self.check_stream(verb, string.Template(rest).safe_substitute(self.environment), not negated)
        elif verb == "exit":
            self.expected_exit = int(rest)
        elif verb == "exec":
            self.close_exec()
            self.exec(*[string.Template(word).safe_substitute(self.environment) for word in shlex.split(rest)])
        elif verb in ("silent", "exists", "missing", "same", "files", "env", "write", "server", "deliver", "count", "sent", "proxy"):
            if verb not in ("silent", "exists", "missing", "same", "files", "count", "sent"):
                self.close_exec()
            getattr(self, verb)(*[string.Template(word).safe_substitute(self.environment) for word in shlex.split(rest)])
        else:
            raise Failed(f"there is no command {verb}")

    def stop(self):
        for kind, server in reversed(self.servers):
            if kind == "sink":
                server.terminate()
                server.wait(timeout=LIMIT)
            else:
                subprocess.run([ROOT / "tests/servers/dovecot.sh", "stop", server / "s"], capture_output=True, timeout=LIMIT)
                shutil.rmtree(server, ignore_errors=True)


def main():
    postroom, path = sys.argv[1], pathlib.Path(sys.argv[2])
    commands, files = parse(path.read_text())
    with tempfile.TemporaryDirectory(prefix="prcli") as folder:
        script = Script(postroom, pathlib.Path(folder).resolve())
        for name, text in files.items():
            script.path(name).parent.mkdir(parents=True, exist_ok=True)
            script.path(name).write_text(text)
        number, line = 0, ""
        try:
            for number, line in commands:
                script.take(line)
            script.close_exec()
        except (Failed, subprocess.TimeoutExpired) as failure:
            print(f"{path}:{number}: {line}\n  {failure}")
            if hasattr(script, "last"):
                print(f"--- exit {script.last.returncode}, stdout:\n{script.last.stdout}--- stderr:\n{script.last.stderr}---")
            return 1
        finally:
            script.stop()
    print(f"{path.name}: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
