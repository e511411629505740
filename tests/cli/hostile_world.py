"""One hostile case: its servers, its folder, its runs of the program, and what every run must hold to."""
import base64
import json
import os
import re
import subprocess
import threading
import time

from hostile_server import Server

USER, PASSWORD = "ann@example.test", "Tr0ub4dor-and-3"
SECRETS = [PASSWORD.encode()] + [base64.b64encode(text.encode())[:-4] for text in
                                 (PASSWORD, f"\0{USER}\0{PASSWORD}", f"{USER}\0{USER}\0{PASSWORD}")]
# AddressSanitizer keeps freed memory back and is several times slower.
SLACK = 5 if os.environ.get("POSTROOM_SANITIZED") else 1
SECONDS = 15 * SLACK  # for one run: time-outs are one or two seconds, and the machine may be busy
MEGABYTES = 160 * SLACK  # more than any run needs, less than what the servers try to make it hold

FLOW = """name: Hostile
variables: { password: { required: true } }
steps:
  - connect:
      session: s
      to: server
      host: localhost
      port: PORT
      tls: TLS
      tls_ca: CA
      timeout: LIMIT
      auth: { username: ann@example.test, password: { variable: password } }
SMTP
  - for_each_mail:
      session: s
MORE
      do:
        - log: "{{ mail.subject }}"
STEPS
"""


class Failed(Exception):
    pass


class World:
    """One case: its servers, its folder, its last run."""

    timeout = "1s"  # the connect step's

    def __init__(self, postroom, certificates, folder):
        self.postroom, self.certificates, self.folder, self.servers = postroom, certificates, folder, []

    def serve(self, story):
        self.servers.append(Server(self.certificates, story))
        return self.servers[-1]

    def start(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "POSTROOM_STATE": str(self.folder / "state"),
                       "PW": PASSWORD, "TZ": "UTC", "LANG": "C.UTF-8"}
        began = time.monotonic()
        out, err = self.folder / "out", self.folder / "err"
        with open(out, "wb") as stdout, open(err, "wb") as stderr:
            child = subprocess.Popen([self.postroom, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                     stdout=stdout, stderr=stderr)
            killer = threading.Timer(SECONDS, child.kill)
            killer.start()
            _, status, usage = os.wait4(child.pid, 0)
            killer.cancel()
            child.returncode = self.exit = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - began
        self.megabytes = usage.ru_maxrss // 1024
        self.out, self.err = out.read_text(errors="replace"), err.read_text(errors="replace")
        self.said = f"exit {self.exit}, {self.seconds:.1f} s, {self.megabytes} MB\n{self.out}--- stderr:\n{self.err[:4000]}"
        for server in self.servers:
            if server.problem:
                raise Failed(f"the test's server failed: {server.problem!r}")
            if any(secret in server.heard for secret in SECRETS):
                raise Failed("the password went over the wire in the clear")
        if any(secret.decode() in self.out + self.err for secret in SECRETS):
            raise Failed("the password was printed")
        if self.exit < 0:
            raise Failed("killed: too slow, or crashed")
        if self.megabytes > MEGABYTES:
            raise Failed("too much memory")

    def run(self, imap, tls="implicit", smtp=None, smtp_tls="implicit", steps="", more="", ca=True, options=()):
        """imap: a story, or a server that is there already."""
        server = imap if isinstance(imap, Server) else self.serve(imap)
        sender = ""
        if smtp is not None:
            smtp = smtp if isinstance(smtp, Server) else self.serve(smtp)
            sender = f"      smtp: {{ host: localhost, port: {smtp.port}, tls: {smtp_tls} }}"
        flow = FLOW.replace("PORT", str(server.port)).replace("TLS", tls).replace("SMTP", sender).replace("LIMIT", self.timeout)
        flow = flow.replace("STEPS", f"        - {steps}" if steps else "").replace("MORE", f"      {more}" if more else "")
        flow = flow.replace("CA", str(self.certificates.ca)) if ca else re.sub(".*CA\n", "", flow)
        (self.folder / "flow.yaml").write_text(flow)
        self.start("run", *options, "flow.yaml", "--var-from", "password=env:PW")
        return server

    def expect(self, exit_code, cause=None, hint=None, out=None):
        if self.exit != exit_code:
            raise Failed(f"exit code {exit_code} was expected")
        errors = re.findall(r"^.*\berror: .*$", self.err, re.MULTILINE)
        if exit_code > 1 and len(errors) != 1:
            raise Failed("exactly one error was expected")
        if cause and not any(re.search(cause, line) for line in errors or self.err.splitlines()):
            raise Failed(f"the cause {cause!r} is not named")
        if exit_code > 1 and not re.search(r"\bhint: " + (hint or ""), self.err):
            raise Failed(f"the hint {hint or ''!r} is missing")
        for word in out or []:
            if not re.search(word, self.out, re.MULTILINE):
                raise Failed(f"stdout lacks {word!r}")

    def codes(self):
        """Of every error in the lines of --json; the run's own last."""
        lines = [json.loads(line) for line in self.out.splitlines()]
        return [line["error"]["code"] for line in lines if "error" in line]

    def run_coded(self, imap, exit_code, *codes, **settings):
        """A run with --json: how it ends, and in which of these codes (its own, or else a message's)."""
        server = self.run(imap, **{**settings, "options": ["--json", *settings.get("options", ())]})
        if self.exit != exit_code:
            raise Failed(f"exit code {exit_code} was expected")
        found = self.codes()
        if codes and not (found and found[-1] in codes):
            raise Failed(f"{' or '.join(codes)} was expected, found {found}")
        return server

    def refute_sign_in(self, server):
        if any(secret in server.secret for secret in SECRETS):
            raise Failed("the password was given to a server that is not to be trusted")

    def stop(self):
        for server in self.servers:
            server.stop()
