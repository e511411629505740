"""Writes the corpus of odd messages: make_corpus.py DIRECTORY. One .eml a case, and cases.json with what each holds.

The messages are made by shape, see recipes/; what is expected of them is what their recipe put in. With --tnef-seeds
DIRECTORY only the winmail.dat of the cases are written, as seeds for the fuzzer.
"""
import json
import pathlib
import re
import sys

from recipes import nested, odd, packed, shapes


def all_cases():
    for module in (shapes, nested, odd, packed):
        yield from module.cases()


def write_corpus(directory):
    directory.mkdir(parents=True, exist_ok=True)
    rows, names = [], set()
    for number, case in enumerate(all_cases(), 1):
        if case.name in names:
            sys.exit("two cases are called " + case.name)
        names.add(case.name)
        file = "%03d-%s.eml" % (number, re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-")[:60])
        (directory / file).write_bytes(case.bytes)
        rows.append(case.row(file))
    (directory / "cases.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


def write_seeds(directory):
    """The streams, not the messages around them: letter() is asked for its first argument."""
    directory.mkdir(parents=True, exist_ok=True)
    streams = []
    real = packed.letter
    packed.letter = lambda stream, *a, **m: streams.append(stream) or real(stream, *a, **m)
    seen = [c.name for c in packed.winmail()]
    packed.letter = real
    for number, stream in enumerate(streams, 1):
        if len(stream) < 8192:
            (directory / ("%02d.tnef" % number)).write_bytes(stream)
    for case in list(packed.written_into_text())[:30] + list(packed.mac()):
        body = case.bytes.split(b"\r\n\r\n", 1)[1]
        (directory / (re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-") + ".txt")).write_bytes(body[:4096])
    return seen


if __name__ == "__main__":
    if sys.argv[1] == "--tnef-seeds":
        write_seeds(pathlib.Path(sys.argv[2]))
    else:
        write_corpus(pathlib.Path(sys.argv[1]))
