#!/usr/bin/env python3
"""Interrupts, shares, fills and foretells runs on a Maildir of 600 messages.

interrupt_test.py POSTROOM [SCENE...]

Ctrl-C and SIGTERM end a run cleanly and the next one does the rest; five runs at once share the work; a full disk ends
a run with its own error and leaves no half-written file; a plan leaves no trace.
"""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

COUNT = 600
FLOW = """\
name: Interrupted
steps:
  - connect: { session: s, to: maildir, path: box }
  - for_each_mail:
      session: s
      do:
        - save_attachments: { to: saved }
        - change_status: { to: read }
        - move: { to: Done, create: true }
"""
MESSAGE = """\
From: Sender {n} <sender{n}@example.com>
To: me@example.com
Subject: Message {n}
Date: Mon, 2 Nov 2026 10:00:00 +0100
Message-ID: <interrupt-{n}@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Text {n}.
--b
Content-Type: application/octet-stream; name="file-{n}.txt"
Content-Disposition: attachment; filename="file-{n}.txt"

{content}
--b--
"""


class Failed(Exception):
    pass


def check(holds, text):
    if not holds:
        raise Failed(text)


def content(n, size):
    return f"Content {n} ".ljust(size, "x")


class Place:
    """A folder with a mailbox, a flow and a state of its own."""

    def __init__(self, postroom, folder, count=COUNT, size=20):
        self.postroom, self.folder, self.count, self.size = postroom, folder, count, size
        self.environment = {**os.environ, "HOME": str(folder), "POSTROOM_STATE": str(folder / "state"), "TZ": "UTC"}
        for name in ("cur", "new", "tmp"):
            (folder / "box" / name).mkdir(parents=True)
        for n in range(count):
            text = MESSAGE.format(n=n, content=content(n, size))
            (folder / "box/new" / f"{1700000000 + n}.M{n}.host").write_text(text)
        (folder / "flow.yaml").write_text(FLOW)

    def begin(self, *options):
        return subprocess.Popen([self.postroom, "run", "flow.yaml", *options], cwd=self.folder, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *options):
        process = self.begin(*options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def saved(self):
        saved = self.folder / "saved"
        return sorted(p.name for p in saved.iterdir()) if saved.exists() else []

    def check_whole(self):
        """Whatever has its final name is whole, and nothing else lies beside it."""
        names = {f"file-{n}.txt": content(n, self.size) for n in range(self.count)}
        for name in self.saved():
            check(name in names, f"a file of nobody's: {name}")
            check((self.folder / "saved" / name).read_text().strip() == names[name].strip(), f"{name} is not whole")

    def check_done(self):
        self.check_whole()
        check(len(self.saved()) == self.count, f"{len(self.saved())} files saved, not {self.count}")
        left = [p for d in ("new", "cur") for p in (self.folder / "box" / d).iterdir()]
        check(not left, f"{len(left)} messages were left in the inbox")
        moved = [p for p in (self.folder / "box").rglob("*.host*") if p.is_file()]
        check(len(moved) == self.count, f"{len(moved)} messages in the mailbox, not {self.count}")
        held = subprocess.run([self.postroom, "quarantine", "list"], env=self.environment, capture_output=True,
                              text=True, check=True).stdout
        check(not held, f"something is held back:\n{held}")


def signal_after(process, number, messages):
    """Sends the signal when the run has told of that many messages (it runs with --json)."""
    lines, told = [], 0
    for line in process.stdout:
        lines.append(line)
        told += '"event":"step_done"' in line
        if told == messages:
            process.send_signal(number)
            break
    return lines


def interrupted(place, number):
    process = place.begin("--json")
    lines = signal_after(process, number, 120)
    # communicate() would lose what the iteration has read ahead.
    out, err = process.stdout.read(), process.stderr.read()
    process.wait(timeout=60)
    check(process.returncode == 130, f"exit code {process.returncode} after {number}, not 130\n{err}")
    check("stopping" in err and not err.startswith("\n"), f"it did not say that it stops: {err!r}")
    events = [json.loads(line) for line in "".join(lines + [out]).splitlines()]
    summary = events[-1]
    check(summary["event"] == "summary" and summary["exit_code"] == 130, f"no summary: {summary}")
    done = summary["counts"]["finished"]
    check(0 < done < place.count, f"{done} of {place.count} were done: it was not interrupted")
    place.check_whole()
    return done


def scene_signals(place):
    done = interrupted(place, signal.SIGINT)
    done += interrupted(place, signal.SIGTERM)
    code, out, err = place.run("--json")
    check(code == 0, f"the last run ended with {code}\n{err}")
    counts = json.loads(out.splitlines()[-1])["counts"]
    check(done + counts["finished"] == place.count, f"{done} and then {counts} of {place.count}")
    place.check_done()


def scene_words(place):
    """Without --json: what a person reads. The run is stopped by the first signal it takes."""
    process = place.begin("-v")
    seen = 0
    for line in process.stderr:
        seen += "Message" in line
        if seen == 100:
            process.send_signal(signal.SIGINT)
            break
    out, _ = process.communicate(timeout=60)
    check(process.returncode == 130, f"exit code {process.returncode}, not 130")
    check("stopped before its end: " in out and " done" in out, f"it does not say what was done: {out!r}")
    check("Run it again to do the rest" in out, f"it does not say how to go on: {out!r}")
    check(place.run()[0] == 0, "the next run failed")
    place.check_done()


def scene_five_at_once(place):
    processes = [place.begin("--json") for _ in range(5)]
    done = 0
    for process in processes:
        out, err = process.communicate(timeout=120)
        check(process.returncode == 0, f"one of five ended with {process.returncode}\n{err}")
        done += json.loads(out.splitlines()[-1])["counts"]["finished"]
    check(done == place.count, f"five runs did {done} messages, not {place.count}")
    place.check_done()


FULL_DISK = """
set -e
mount -t tmpfs -o size=1m tmpfs saved
set +e
"$1" run flow.yaml --json >full.out 2>full.err; echo $? >full.exit
ls -A saved >full.names
"$1" run flow.yaml --json >again.out 2>&1; echo $? >again.exit
mount -o remount,size=50m saved
"$1" run flow.yaml --json >last.out 2>last.err; echo $? >last.exit
cp -a saved copy
"""


def scene_full_disk(place):
    (place.folder / "saved").mkdir()
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0:
        subprocess.run(["unshare", "-Urm", "sh", "-c", FULL_DISK, "sh", place.postroom], cwd=place.folder,
                       env=place.environment, check=True, timeout=120)
        text = (place.folder / "full.out").read_text()
        codes = [int((place.folder / f"{name}.exit").read_text()) for name in ("full", "again", "last")]
        check(codes == [74, 74, 0], f"exit codes {codes}, not 74, 74, 0\n{text}")
        error = json.loads(text.splitlines()[-1])["error"]
        check(error["code"] == "file.disk_full", f"the error is {error}")
        names = (place.folder / "full.names").read_text().split()
        check(0 < len(names) < place.count, f"{len(names)} files: the disk was not full")
        check(not [name for name in names if name.startswith(".")], f"something half-written: {names}")
        (place.folder / "saved").rmdir()
        (place.folder / "copy").rename(place.folder / "saved")
        place.check_done()
        return "on a full file system"
    return "NOT TRIED: this user may not make a namespace of its own"


def listing(folder):
    lines = []
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        lines.append(f"{path.relative_to(folder)} {facts.st_mode:o} {facts.st_mtime_ns} {facts.st_ino} {digest}")
    return lines


def scene_plan(place):
    before = listing(place.folder)
    for command in (["plan"], ["run", "--dry-run"], ["plan", "--json"]):
        done = subprocess.run([place.postroom, *command, "flow.yaml"], cwd=place.folder, env=place.environment,
                              capture_output=True, text=True, timeout=60)
        check(done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stderr}")
        check(f"{place.count}" in done.stdout, f"{command} does not say how many: {done.stdout[-300:]}")
        after = listing(place.folder)
        check(after == before, f"{command} left a trace: {set(after) ^ set(before)}")


def scene_modes(place):
    check(place.run()[0] == 0, "the run failed")
    mode = (place.folder / "state").stat().st_mode & 0o777
    check(mode == 0o700, f"the state folder has mode {mode:o}")
    for path in (place.folder / "state").iterdir():
        mode = path.stat().st_mode & 0o777
        check(mode == 0o600, f"{path.name} has mode {mode:o}")


SCENES = {
    "signals": (scene_signals, {}),
    "words": (scene_words, {}),
    "five_at_once": (scene_five_at_once, {}),
    "full_disk": (scene_full_disk, {"count": 100, "size": 20000}),
    "plan": (scene_plan, {"count": 30}),
    "modes": (scene_modes, {"count": 5}),
}


def main():
    postroom = str(pathlib.Path(sys.argv[1]).resolve())
    for name in sys.argv[2:] or SCENES:
        scene, size = SCENES[name]
        folder = pathlib.Path(tempfile.mkdtemp(prefix="printr")).resolve()
        try:
            said = scene(Place(postroom, folder, **size))
            print(f"interrupt_test: {name}: ok{', ' + said if said else ''}")
        except Failed as failure:
            print(f"interrupt_test: {name}: {failure}")
            return 1
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
