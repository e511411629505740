#!/usr/bin/env python3
"""What hostile and broken servers can do to the program: each case is one server, one run and what must come of it.

hostile_test.py POSTROOM [WORD]     WORD: only the cases whose names hold it

Every run must end in time and in bounded memory, with one error that has a cause and a hint, and without a byte of the
password in the clear.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import sys
import tempfile
import threading
import time

from hostile_server import (Certificates, Imap, Smtp, endless, fetched, forever, hang_up, is_asked, mail, reply_with,
                            saying, stall, under_tls)
from hostile_table import CASES as TABLE
from hostile_world import SECRETS, Failed, World

CASES = dict(TABLE)


def case(function):
    CASES[function.__name__] = function
    return function


# The good server, so that the others can be trusted to be bad for the reason that they name.

@case
def good(world):
    story = Imap()
    server = world.run(story)
    world.expect(0, "Two", out=["3 messages done"])
    if not any(secret in server.secret for secret in SECRETS):
        raise Failed("the password was never seen: this test would see no leak either")
    world.run(Imap(tls="starttls"), tls="starttls", options=["--again"])
    world.expect(0, out=["3 messages done"])


# Certificates.

def certificate_case(name, cause, hint=None, ca=True):
    def imap_implicit(world):
        world.refute_sign_in(world.run(Imap(certificate=name), ca=ca))
        world.expect(76, cause, hint)

    def imap_starttls(world):
        world.refute_sign_in(world.run(Imap(tls="starttls", certificate=name), tls="starttls", ca=ca))
        world.expect(76, cause, hint)
    CASES[f"certificate_{name}_implicit"] = imap_implicit
    CASES[f"certificate_{name}_starttls"] = imap_starttls


certificate_case("expired", "expired")
certificate_case("foreign", "nobody trusted", ".*tls_ca")
certificate_case("self-signed", "signed by itself", ".*tls_ca")
certificate_case("elsewhere", "mail.example.net|localhost")


@case
def certificate_expired_smtp(world):
    smtp = world.serve(Smtp(certificate="expired"))
    world.run(Imap(), smtp=smtp, steps="reply: { text: Thanks }")
    world.refute_sign_in(smtp)
    world.expect(76, "expired")


@case
def missing_ca_file(world):
    world.certificates = type("", (), {"ca": "/nonexistent/ca.pem", "context": world.certificates.context})
    world.run(Imap())
    world.expect(78, "No such file")


# The wrong protocol.

@case
def tls_to_starttls_port(world):
    world.run(Imap(tls="starttls"), tls="implicit")
    world.expect(76, "localhost:", ".*starttls")


@case
def starttls_to_tls_port(world):
    world.run(Imap(), tls="starttls")
    world.expect(75, "said nothing|took longer")


for name, data, word in (("http", "HTTP/1.1 400 Bad Request\r\n\r\n", "web"), ("smtp", "220 mail ESMTP\r\n", "SMTP"),
                         ("ssh", "SSH-2.0-OpenSSH_9.2\r\n", "SSH"), ("pop3", "+OK ready\r\n", "POP3"),
                         ("binary", bytes(range(256)) * 40, "not IMAP"), ("zeros", b"\0" * 5000, "not IMAP"),
                         ("empty_lines", b"\r\n" * 5000, "")):
    CASES[f"garbage_{name}"] = lambda world, data=data, word=word: (
        world.run(under_tls(data)), world.expect(75 if word == "" else 76, word))
    CASES[f"garbage_{name}_to_starttls"] = lambda world, data=data, word=word: (
        world.run(saying(data), tls="starttls"), world.expect(75 if word == "" else 76, word))


@case
def garbage_to_smtp(world):
    for data, word in (("* OK IMAP4rev1\r\n", "IMAP"), (b"\xff\xfe" * 3000, ""), ("HTTP/1.1 400 no\r\n", "HTTP"),
                       ("220-" + "x" * 100_000, "")):
        world.run(Imap(messages=["One"]), smtp=under_tls(data), steps="reply: { text: Thanks }", options=["--again"])
        world.expect(76, None, ".*" + word)


# Silence and endings.

@case
def stall_after_accept(world):
    world.run(stall)
    world.expect(75, "localhost")
    world.run(stall, tls="starttls")
    world.expect(75, "localhost")


for commands in (["CAPABILITY"], ["AUTHENTICATE"], ["SELECT", "EXAMINE"], ["UID SEARCH"], ["UID FETCH"]):
    CASES[f"stall_in_{commands[0].lower()}"] = lambda world, commands=commands: (
        world.run(Imap(on=dict.fromkeys(commands, stall))), world.expect(75))


@case
def stall_after_starttls(world):
    world.run(Imap(tls="starttls", on={"STARTTLS": lambda peer, tag, _: (peer.send(f"{tag} OK go\r\n"), peer.stall())}),
              tls="starttls")
    world.expect(75, "localhost")


@case
def close_after_greeting(world):
    world.run(Imap(on={"CAPABILITY": hang_up}))
    world.expect(69, "closed|cut off")
    world.run(hang_up)
    world.expect(76, "handshake")


@case
def reset_in_listing(world):
    world.run(Imap(on={"UID FETCH": lambda peer, *_: peer.reset()}))
    world.expect(69)


@case
def drip_before_sign_in(world):
    def story(peer):
        peer.start_tls()
        while True:
            peer.send("*")
            peer.server.event.wait(0.1)
    server = world.serve(story)
    server.event = threading.Event()
    world.run(server)
    world.expect(75, "localhost")


# Bodies: the messages are saved, so that FETCH literals carry them.

def body_case(bad):
    """An Imap whose second message's body is sent by bad(peer, tag, section)."""
    def answer(peer, tag, words):
        sections = re.findall(r"BODY\.PEEK\[([^\]]*)\]", words)
        if sections and not sections[0].startswith("HEADER") and re.search(r"FETCH 2 ", words):
            return bad(peer, tag, sections[0])
        return Imap.uid_fetch(story, peer, tag, words)
    story = Imap(on={"UID FETCH": answer})
    return story


SAVE = "save_email: { to: saved }"


@case
def good_bodies(world):
    world.run(Imap(), steps=SAVE)
    world.expect(0, out=["3 messages done"])


@case
def close_mid_literal(world):
    def bad(peer, tag, section):
        peer.send(f"* 2 FETCH (UID 2 BODY[{section}] {{1000000}}\r\nSubject: half")
        raise EOFError
    world.run(body_case(bad), steps=SAVE)
    world.expect(69)
    if list((world.folder / "saved").glob("*half*")) or len(list((world.folder / "saved").iterdir())) != 1:
        raise Failed("half a message was saved")


@case
def stall_mid_literal(world):
    def bad(peer, tag, section):
        peer.send(f"* 2 FETCH (UID 2 BODY[{section}] {{1000000}}\r\nSubject: half")
        peer.stall()
    world.run(body_case(bad), steps=SAVE)
    world.expect(75)


@case
def literal_too_long_by_far(world):
    for size in ("99999999999", "18446744073709551616", "9" * 400):
        def bad(peer, tag, section):
            peer.send(f"* 2 FETCH (UID 2 BODY[{section}] {{{size}}}\r\nx")
            peer.stall()
        world.run(body_case(bad), steps=SAVE, options=["--again"])
        world.expect(76, "literal")


@case
def literal_too_short(world):
    """The literal says 10 and is longer: what follows is no IMAP."""
    def bad(peer, tag, section):
        peer.send(f"* 2 FETCH (UID 2 BODY[{section}] {{10}}\r\n".encode() + mail("Two") + f")\r\n{tag} OK done\r\n".encode())
    world.run(body_case(bad), steps=SAVE)
    if world.exit not in (1, 76):
        raise Failed("a lie about a literal's size went unnoticed")


for name, text in (("refused", "TAG NO [SERVERBUG] cannot read it\r\n"), ("missing", "TAG OK done\r\n"),
                   ("of_another", "* 3 FETCH (UID 3 BODY[] {4}\r\nHaha)\r\nTAG OK done\r\n"),
                   ("nil", "* 2 FETCH (UID 2 BODY[] NIL)\r\nTAG OK done\r\n"),
                   ("of_a_part", "* 2 FETCH (UID 2 BODY[1] {4}\r\nHaha)\r\nTAG OK done\r\n")):
    def bad_body(world, text=text):
        world.run(body_case(lambda peer, tag, _: peer.send(text.replace("TAG", tag))), steps=SAVE)
        world.expect(1, out=["2 messages done"])
        if any(b"Haha" in file.read_bytes() for file in (world.folder / "saved").iterdir()):
            raise Failed("the body of another message was saved")
    CASES[f"body_{name}"] = bad_body


@case
def body_sent_twice(world):
    def bad(peer, tag, section):
        peer.send(f"* 2 FETCH (UID 2 BODY[{section}] {{5}}\r\nA: b\n)\r\n" * 2 + f"{tag} OK done\r\n")
    world.run(body_case(bad), steps=SAVE)
    world.expect(0)
    if sorted(file.stat().st_size for file in (world.folder / "saved").iterdir())[0] != 5:
        raise Failed("what came twice was saved twice")


# Floods.

@case
def endless_greeting(world):
    world.run(lambda peer: (peer.start_tls(), endless(b"x", b"* OK ")(peer)))
    world.expect(76 if world.exit == 76 else 75)  # the line's limit or the sign-in's, whichever is first


@case
def endless_line(world):
    world.run(Imap(on={"UID SEARCH": endless(b"1 ", b"* SEARCH ")}))
    world.expect(76, "line")


@case
def endless_envelope(world):
    world.run(Imap(on={"UID FETCH": endless(b"(", b"* 1 FETCH (UID 1 ENVELOPE ")}))
    world.expect(76, "line")


@case
def endless_quoted_literals(world):
    world.run(Imap(on={"UID FETCH": endless(b"{10}\r\n0123456789 ", b"* 1 FETCH (UID 1 ENVELOPE (")}))
    world.expect(76, "response")


for name, data in (("statuses", b"* OK still here\r\n"), ("flags", b"* 1 FETCH (FLAGS ())\r\n"),
                   ("messages", fetched(1, mail("One"), "ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER]")),
                   ("results", b"* SEARCH " + b"1 2 3 " * 10_000 + b"\r\n"), ("nonsense", b"* 1 FETCH (]\r\n")):
    for command in ("UID SEARCH", "UID FETCH"):
        CASES[f"flood_of_{name}_to_{command[4:].lower()}"] = lambda world, data=data, command=command: (
            world.run(Imap(on={command: forever(data)})), world.expect(76))


@case
def flood_of_folders(world):
    def answer(peer, tag, _):
        for n in range(400):
            peer.send("".join(f'* LIST () "/" "Folder {n} {i} {"x" * 80}"\r\n' for i in range(1000)))
        peer.send(f"{tag} OK done\r\n")
    world.run(Imap(on={"LIST": answer}), more="folder: Elsewhere")
    world.expect(76, "200,000 folders")


@case
def flood_of_messages(world):
    """More FETCH replies than were asked for, each for a message that was."""
    def answer(peer, tag, words):
        one = b"".join(fetched(uid, mail("One"), words) for uid in (1, 2, 3)) * 500
        for _ in range(100):
            peer.send(one)
        peer.send(f"{tag} OK done\r\n")
    world.run(Imap(on={"UID FETCH": answer}))
    world.expect(76, "again and again")


@case
def flood_of_capabilities(world):
    world.run(Imap(on={"CAPABILITY": endless(b"* CAPABILITY IMAP4rev1 AUTH=X\r\n")}))
    world.expect(76 if world.exit == 76 else 75)


# Attacks on STARTTLS and sign-in.

@case
def injected_behind_starttls(world):
    def answer(peer, tag, _):
        peer.send(f"{tag} OK begin\r\nA3 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n")
        peer.start_tls()
        peer.stall()
    world.run(Imap(tls="starttls", on={"STARTTLS": answer}), tls="starttls")
    world.expect(76, "STARTTLS")


@case
def starttls_taken_away(world):
    world.run(Imap(tls="starttls", clear="AUTH=PLAIN"), tls="starttls")
    world.expect(76, "STARTTLS", ".*implicit")


@case
def starttls_refused(world):
    world.run(Imap(tls="starttls", on={"STARTTLS": reply_with("TAG NO not today\r\n")}), tls="starttls")
    world.expect(76, "STARTTLS")


@case
def preauth_before_tls(world):
    world.run(Imap(tls="starttls", greeting="* PREAUTH welcome\r\n"), tls="starttls")
    world.expect(76, "signed us in before encryption")


@case
def capabilities_before_tls_do_not_count(world):
    """What was promised in the clear must not choose how the password is sent."""
    story = Imap(tls="starttls", clear="STARTTLS AUTH=PLAIN SASL-IR", words="LOGINDISABLED")
    world.run(story, tls="starttls")
    world.expect(77)


@case
def wrong_password(world):
    world.run(Imap(on={"AUTHENTICATE": reply_with("TAG NO [AUTHENTICATIONFAILED] no\r\n")}))
    world.expect(77, "refused user name or password")


@case
def login_disabled(world):
    world.run(Imap(words="LOGINDISABLED"))
    world.expect(77, "does not accept passwords")


@case
def endless_sign_in(world):
    def answer(peer, tag, _):
        while True:
            peer.send("+ \r\n")
            peer.line()
    world.run(Imap(words="AUTH=PLAIN", on={"AUTHENTICATE": answer}))
    if world.exit not in (75, 76, 77):
        raise Failed("a sign-in without end must be an error")


@case
def bye_in_sign_in(world):
    world.run(Imap(on={"AUTHENTICATE": reply_with("* BYE too busy\r\n")}))
    world.expect(69, "ended the connection")


@case
def terminal_escapes_are_not_printed(world):
    world.run(Imap(on={"AUTHENTICATE": reply_with("TAG NO \x1b]0;owned\x07\x1b[2J no\r\n")}))
    world.expect(77)
    if "\x1b" in world.err + world.out or "\x07" in world.err + world.out:
        raise Failed("the server's control characters reached the terminal")


@case
def missing_folder(world):
    world.run(Imap(), more="folder: Invoice")
    world.expect(66, "Invoice", ".*Invoices")


# One bad message among good ones.

PLAIN, SAVING = "AUTH=PLAIN SASL-IR", "AUTH=PLAIN SASL-IR ESEARCH SEARCHRES"  # a listing names UIDs, or "$"


def bad_message_case(name, code=0, **garbage):
    def run(world):
        def listing(words):
            key = "ENVELOPE" if "envelope" in garbage else "BODYSTRUCTURE"
            return fetched(2, mail("Two"), words, **garbage) if key in words else None
        for offered in (PLAIN, SAVING):
            world.run(Imap(words=offered, listing={2: listing}), steps="log: \"{{ mail.attachment_count }}\"",
                      options=["--again"])
            world.expect(code, "^Two", out=["3 messages done"])
    CASES[f"bad_message_{name}"] = run


bad_message_case("envelope", envelope='((("x" 12')
bad_message_case("envelope_short", envelope='("date" "Two")')
bad_message_case("structure", 1, structure='("text" "plain" NIL NIL')
bad_message_case("structure_empty", 1, structure="()")
bad_message_case("structure_deep", 1, structure="(" * 5000 + ")" * 5000)
bad_message_case("structure_huge_size", structure='("text" "plain" NIL NIL NIL "7bit" 18446744073709551615 1)')


@case
def bad_message_refused(world):
    """A NO to the whole FETCH because one message is broken on the server's disk: Dovecot, for one. It is tried three
    times, and then set aside."""
    codes = iter((1, 1, 1, 0))
    for offered in (PLAIN, SAVING):
        for item in ("BODY.PEEK[HEADER", "BODY.PEEK[1]"):
            def answer(peer, tag, words):
                if item not in words or not is_asked(2, words):
                    return Imap.uid_fetch(story, peer, tag, words)
                if is_asked(1, words):
                    peer.send(fetched(1, story.messages[1], words))
                peer.send(f"{tag} NO [SERVERBUG] internal error\r\n")
            story = Imap(words=offered, on={"UID FETCH": answer})
            world.run(story, steps="log: \"{{ mail.text }}\"", options=["--again"])
            code = next(codes)
            world.expect(code, "internal error" if code else "^Three", out=["2 messages done"])


@case
def all_messages_refused(world):
    """Then it is not the messages."""
    world.run(Imap(on={"UID FETCH": reply_with("TAG NO [SERVERBUG] internal error\r\n")}))
    world.expect(69, "cannot serve")


@case
def search_finds_everything_there_could_be(world):
    world.run(Imap(words="ESEARCH AUTH=PLAIN", on={"UID SEARCH": lambda peer, tag, _: peer.send(
        f'* ESEARCH (TAG "{tag}") UID ALL 1:4294967295\r\n{tag} OK done\r\n')}))
    world.expect(76, "more messages")


# Sending.

REPLY = "reply: { text: Thanks }"


def sending_case(name, exit_code, cause, tls="implicit", **settings):
    def run(world):
        smtp = world.serve(Smtp(tls=tls, **settings))
        world.run(Imap(messages=["One"]), smtp=smtp, smtp_tls=tls, steps=REPLY)
        world.expect(exit_code, cause)
        if smtp.story.taken:
            raise Failed("the message went out")
    CASES[f"smtp_{name}"] = run


def smtp_says(text):
    return lambda peer, _: peer.send(text)


sending_case("stall_after_greeting", 75, "localhost", on={"EHLO": stall})
sending_case("stall_before_greeting", 75, "localhost", greeting="")
sending_case("wrong_password", 77, "does not accept", on={"AUTH": smtp_says("535 5.7.8 no\r\n")})
sending_case("no_starttls", 76, "STARTTLS", tls="starttls", clear=("AUTH PLAIN",))
sending_case("injected", 76, "STARTTLS", tls="starttls",
             on={"STARTTLS": lambda peer, _: (peer.send("220 go\r\n250 AUTH PLAIN\r\n"), peer.start_tls(), peer.stall())})
sending_case("self_signed", 76, "signed by itself", tls="starttls", certificate="self-signed")
sending_case("endless_ehlo", 76, None, on={"EHLO": endless(b"250-X-WORD\r\n")})
sending_case("refused_recipient", 1, None, on={"RCPT": smtp_says("550 5.1.1 no such user\r\n")})
sending_case("refused_sender", 1, None, on={"MAIL": smtp_says("550 5.7.1 not yours\r\n")})


@case
def smtp_lost_after_the_dot(world):
    for ending in (hang_up, lambda peer, _: peer.reset()):
        shutil.rmtree(world.folder / "state", ignore_errors=True)
        story = Smtp(on={".": ending})
        imap, smtp = world.serve(Imap(messages=["One"])), world.serve(story)
        world.run(imap, smtp=smtp, steps=REPLY)
        world.expect(1)
        if len(story.taken) != 1:
            raise Failed("the message did not go out once")
        world.run(imap, smtp=smtp, steps=REPLY)
        if len(story.taken) != 1:
            raise Failed("the message was sent again, though it may have arrived")
        world.start("quarantine", "list")
        world.expect(0, out=["One|@example.com|uncertain"])


@case
def smtp_lost_after_the_dot_and_neighbours(world):
    endings = [hang_up]
    story = Smtp(on={".": lambda peer, _: (endings.pop() if endings else smtp_says("250 ok\r\n"))(peer, ".")})
    smtp = world.serve(story)
    world.run(Imap(), smtp=smtp, steps=REPLY)
    world.expect(1)
    if len(story.taken) != 3:
        raise Failed(f"{len(story.taken)} messages were sent, not each once")


@case
def smtp_refused_then_taken(world):
    """A 4xx is tried again, by this run or by the next one."""
    for times in (1, 50):
        shutil.rmtree(world.folder / "state", ignore_errors=True)
        answers = ["451 4.3.0 later\r\n"] * times
        story = Smtp(on={"RCPT": lambda peer, _: peer.send(answers.pop() if answers else "250 ok\r\n")})
        imap, smtp = world.serve(Imap(messages=["One"])), world.serve(story)
        world.run(imap, smtp=smtp, steps=REPLY)
        if times > 1:
            if world.exit not in (1, 75) or story.taken:
                raise Failed("a 451 that stays is a failure")
            answers.clear()
            world.run(imap, smtp=smtp, steps=REPLY)
        world.expect(0)
        if len(story.taken) != 1:
            raise Failed("the message did not go out once")


@case
def smtp_refused_one_by_one(world):
    """Each message has all the tries, whatever became of the one before it."""
    answers = ["451 4.3.0 later\r\n"] * 4
    story = Smtp(on={"RCPT": lambda peer, _: peer.send(answers.pop() if answers else "250 ok\r\n")})
    world.run(Imap(messages=["One", "Two"]), smtp=story, steps=REPLY)
    world.expect(1)
    if answers or len(story.taken) != 1:
        raise Failed("the second message was not tried again")


@case
def smtp_lost_before_data(world):
    """Nothing went out, so that the next run sends it."""
    first = []
    def answer(peer, _):
        if not first:
            first.append(1)
            peer.reset()
        peer.send("250 ok\r\n")
    story = Smtp(on={"MAIL": answer})
    imap, smtp = world.serve(Imap(messages=["One"])), world.serve(story)
    world.run(imap, smtp=smtp, steps=REPLY)
    if not story.taken:
        world.run(imap, smtp=smtp, steps=REPLY)
    world.expect(0)
    if len(story.taken) != 1:
        raise Failed("the message did not go out once")


# These wait for the connect step's time-out; no other may come near it, however busy the machine is.
WAITING = re.compile("stall|drip|garbage|endless|starttls_to|close_after|flood_of_capabilities")


def attempt(name, postroom, certificates):
    with tempfile.TemporaryDirectory(prefix="prhost") as folder:
        world = World(postroom, certificates, pathlib.Path(folder).resolve())
        world.timeout = "1s" if WAITING.search(name) or name in TABLE else "8s"
        began = time.monotonic()
        try:
            CASES[name](world)
            return name, None, time.monotonic() - began
        except Failed as failure:
            return name, f"{failure}\n--- {getattr(world, 'said', 'nothing ran')}", time.monotonic() - began
        finally:
            world.stop()


def main():
    postroom, word = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else ""
    names = [name for name in CASES if word in name]
    failures = 0
    with tempfile.TemporaryDirectory(prefix="prcert") as folder:
        certificates = Certificates(pathlib.Path(folder))
        # Most cases wait for a time-out of their own.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for name, failure, seconds in pool.map(lambda name: attempt(name, postroom, certificates), names):
                if os.environ.get("HOSTILE_TIMES"):
                    print(f"{seconds:5.1f} s {name}")
                if failure:
                    failures += 1
                    print(f"{name}: {failure}---\n")
    print(f"{len(names)} hostile servers, {failures} failures")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
