#!/usr/bin/env python3
"""Kills a run of 500 messages again and again (SIGKILL, at random moments) and lets the next one go on.

kill_test.py POSTROOM [MESSAGES] [SEED]

At the end every message was saved once, answered once or said to be uncertain, and moved; none is lost, none is doubled.
The mailbox is a real Dovecot, answers go through its submission service into a sink.
"""
import collections
import email
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from run_script import Script  # noqa: E402

USER = "kim@example.test"
FLOW = """\
name: Kill
variables: { imap: { required: true }, smtp: { required: true }, ca: { required: true }, password: { required: true } }
steps:
  - connect:
      session: s
      to: server
      host: localhost
      port: "{{ imap }}"
      tls: implicit
      tls_ca: "{{ ca }}"
      auth: { username: %s, password: { variable: password } }
      smtp: { host: localhost, port: "{{ smtp }}", tls: starttls }
  - for_each_mail:
      session: s
      attempts: 1000
      do:
        - save_attachments: { to: saved }
        - reply: { text: "Noted.", quote: false }
        - change_status: { to: read }
        - move: { to: Done, create: true }
""" % USER
MESSAGE = """\
From: Sender {n} <sender{n}@example.com>\r
To: {user}\r
Subject: Message {n}\r
Date: Mon, 2 Nov 2026 10:00:00 +0100\r
Message-ID: <kill-{n}@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Text {n}.\r
--b\r
Content-Type: application/octet-stream; name="file-{n}.txt"\r
Content-Disposition: attachment; filename="file-{n}.txt"\r
\r
Content {n}\r
--b--\r
"""


def fail(text):
    print(f"kill_test: {text}")
    return 1


def fill(script, count):
    client = script.imap(USER)
    for n in range(count):
        client.append("INBOX", None, None, MESSAGE.format(n=n, user=USER).encode())
    client.logout()


def run_once(script, command, kill_after):
    """The exit code, or None when it was killed first."""
    process = subprocess.Popen(command, cwd=script.folder, env=script.environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return None
    if process.returncode not in (0, 1):
        raise SystemExit(f"kill_test: a run ended with {process.returncode}\n{out}{err}")
    return process.returncode


def main():
    postroom = str(pathlib.Path(sys.argv[1]).resolve())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="prkill") as folder:
        script = Script(postroom, pathlib.Path(folder).resolve())
        try:
            script.server()
            script.environment["PW"] = script.environment["PASSWORD"]
            script.path("kill.yaml").write_text(FLOW)
            fill(script, count)
            command = [postroom, "run", "kill.yaml", "--var", f"imap={script.environment['IMAPS_PORT']}",
                       "--var", f"smtp={script.environment['SUBMISSION_PORT']}",
                       "--var", f"ca={script.environment['CA']}", "--var-from", "password=env:PW"]
            return check(script, command, count, chance)
        finally:
            script.stop()


def check(script, command, count, chance):
    kills, began = 0, time.monotonic()
    while time.monotonic() - began < 240:
        # Mostly in the middle of work; sometimes during sign-in. Later runs get longer, so that it ends.
        if run_once(script, command, chance.uniform(0.05, 0.6) * (1 + kills / 40)) is not None:
            break
        kills += 1
    else:
        return fail(f"not done after {kills} kills in 240 s")
    listed = subprocess.run([command[0], "quarantine", "list", "--json"], env=script.environment, capture_output=True,
                            text=True, check=True).stdout
    held = [json.loads(line) for line in listed.splitlines()]
    uncertain = {entry["message_id"] for entry in held if entry["state"] == "uncertain"}
    if len(uncertain) != len(held):
        return fail(f"in quarantine, but not as uncertain: {held}")

    saved = sorted(p.name for p in script.path("saved").iterdir())
    expected = {f"file-{n}.txt": f"Content {n}" for n in range(count)}
    for name in saved:
        if not name.startswith(".postroom-") and name not in expected:
            return fail(f"a second copy, or a file of nobody's: {name}")
    for name, text in expected.items():
        number = re.search(r"\d+", name)[0]
        if name not in saved and f"<kill-{number}@example.com>" not in uncertain:
            return fail(f"{name} was not saved")
        if name in saved and script.path(f"saved/{name}").read_bytes().strip() != text.encode():
            return fail(f"{name} is not whole")

    answered = collections.Counter()
    for path in (script.folder / "outside").glob("*.eml"):
        answered[email.message_from_bytes(path.read_bytes())["In-Reply-To"].strip()] += 1
    for n in range(count):
        message_id = f"<kill-{n}@example.com>"
        if answered[message_id] > 1:
            return fail(f"{message_id} was answered {answered[message_id]} times")
        if answered[message_id] == 0 and message_id not in uncertain:
            return fail(f"{message_id} was not answered, and nobody says so")

    places = collections.Counter()
    client = script.imap(USER)
    for box in ("INBOX", "Done"):
        status, _ = client.select(box, readonly=True)
        if status != "OK":
            continue
        for line in client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]:
            if isinstance(line, tuple):
                places[box, re.search(rb"<kill-\d+@example.com>", line[1])[0].decode()] += 1
    client.logout()
    for n in range(count):
        message_id = f"<kill-{n}@example.com>"
        here, done = places["INBOX", message_id], places["Done", message_id]
        if here + done != 1:
            return fail(f"{message_id} lies {here} times in the inbox and {done} times in Done")
        if here and message_id not in uncertain:
            return fail(f"{message_id} was left in the inbox")
    print(f"kill_test: {count} messages, {kills} kills, {len(uncertain)} uncertain, "
          f"{sum(answered.values())} answers: nothing lost, nothing twice")
    return 0 if kills else fail("no run was killed: nothing was tried")


if __name__ == "__main__":
    sys.exit(main())
