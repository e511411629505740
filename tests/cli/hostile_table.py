"""The table: each hostility in each place of a conversation, and the named error that it ends in.

Part of hostile_test.py, which runs it.
"""
import base64
import json
import re
import threading

from hostile_server import Imap, Smtp, endless, fetched, forever, mail, reply_with, under_tls
from hostile_world import Failed

PATIENT = {}  # cases in which no time-out is waited for
CASES = {}  # those that wait for one
REPLY = "reply: { text: Thanks }"
LISTING = "folder: Elsewhere"  # makes the client ask for the list of folders


def case(function):
    PATIENT[function.__name__] = function
    return function


def slow_case(function):
    CASES[function.__name__] = function
    return function


def before(name, data):
    """An Imap that says data before its good answer to the command."""
    def answer(peer, tag, words):
        peer.send(data.replace("TAG", tag) if isinstance(data, str) else data)
        getattr(Imap, name.lower().replace(" ", "_"))(story, peer, tag, words)
    story = Imap(on={name: answer})
    return story


# Literals that lie, where a literal may stand and where it may not.

HUGE = ("99999999999", "18446744073709551616", "9" * 100)


@case
def literal_huge_everywhere(world):
    for size in HUGE:
        for command, data, more in (("LIST", f'* LIST () "/" {{{size}}}\r\nx', LISTING),
                                    ("UID SEARCH", f"* SEARCH {{{size}}}\r\n1", ""),
                                    ("UID FETCH", f"* 1 FETCH (UID 1 ENVELOPE ({{{size}}}\r\nx", "")):
            world.run_coded(before(command, data), 76, "imap.too_large", more=more, options=["--again"])


@case
def literal_that_is_none(world):
    """Braces in text for people, and sizes that are no numbers, cost nothing or their reply only."""
    for data in ("* OK {5}\r\n", "* OK wait {99999999999}\r\n", "* 1 FETCH (UID 1 FLAGS {-5}\r\n", "* STATUS {+}\r\n",
                 "* LIST () {1a}\r\n", "* NO {18446744073709551616}\r\n"):
        for command in ("UID SEARCH", "UID FETCH"):
            world.run_coded(before(command, data), 0, options=["--again"])
    world.run_coded(Imap(greeting="* OK {10}\r\n"), 0, options=["--again"])
    select = reply_with("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\nTAG OK {9}\r\n")
    world.run_coded(Imap(on={"SELECT": select, "EXAMINE": select}), 0, options=["--again"])


@case
def literal_too_short_in_a_list(world):
    """The name is longer than it says: the rest is no IMAP."""
    world.run_coded(Imap(on={"LIST": reply_with('* LIST () "/" {3}\r\nInvoices and more\r\nTAG OK done\r\n')}), 66,
                    "folder.not_found", more=LISTING)
    world.run_coded(Imap(on={"LIST": reply_with('* LIST () "/" {3}\r\nInv\r\nnonsense\r\nTAG OK done\r\n')}), 76,
                    "imap.garbage", more=LISTING)


@slow_case
def literal_too_long_in_a_list(world):
    """It swallows the tagged line, so that nothing more can come: a time-out."""
    world.run_coded(Imap(on={"LIST": reply_with('* LIST () "/" {300}\r\nInv\r\nTAG OK done\r\n')}), 75, "net.stalled",
                    more=LISTING)


# Lines without end.

for place, story, exits in (
        ("capability", lambda: Imap(on={"CAPABILITY": endless(b"X", b"* CAPABILITY ")}), (75, 76)),
        ("sign_in", lambda: Imap(on={"AUTHENTICATE": endless(b"x", b"* OK ")}), (75, 76)),
        ("tagged", lambda: Imap(on={"UID SEARCH": lambda peer, tag, _: endless(b"x", f"{tag} OK ".encode())(peer)}), (76,)),
        ("list", lambda: Imap(on={"LIST": endless(b"x", b'* LIST () "/" "')}), (76,)),
        ("select", lambda: Imap(on={"SELECT": endless(b"x", b"* FLAGS ("), "EXAMINE": endless(b"x", b"* FLAGS (")}), (76,)),
        ("continuation", lambda: Imap(words="AUTH=PLAIN", on={"AUTHENTICATE": endless(b"QUFB", b"+ ")}), (75, 76))):
    def long_line(world, story=story, exits=exits, more=LISTING if place == "list" else ""):
        world.run(story(), more=more, options=["--json"])
        expected = {75: "net.timed_out", 76: "imap.too_large"}
        if world.exit not in exits or world.codes()[-1] != expected[world.exit]:
            raise Failed(f"{exits} was expected, found {world.exit} {world.codes()}")
    PATIENT[f"line_without_end_in_{place}"] = long_line


# Floods of every kind of reply.

for name, data in (("exists", b"* 5 EXISTS\r\n"), ("expunge", b"* 1 EXPUNGE\r\n"), ("recent", b"* 1 RECENT\r\n"),
                   ("flag_lists", b"* FLAGS (\\Seen)\r\n"), ("capability", b"* CAPABILITY IMAP4rev1\r\n"),
                   ("lists", b'* LIST () "/" x\r\n'), ("status", b"* STATUS x (MESSAGES 1)\r\n"), ("id", b"* ID NIL\r\n"),
                   ("namespace", b"* NAMESPACE NIL NIL NIL\r\n"), ("vanished", b"* VANISHED 1:5\r\n"),
                   ("no", b"* NO really\r\n"), ("bad", b"* BAD really\r\n"), ("preauth", b"* PREAUTH again\r\n"),
                   ("unknown", b"* XYZZY 1 2 3\r\n"), ("empty_lines", b"\r\n"), ("esearch", b"* ESEARCH UID\r\n"),
                   ("alerts", b"* OK [ALERT] look\r\n"), ("stars", b"*\r\n")):
    def flood(world, data=data):
        world.run(Imap(on={"UID FETCH": forever(data)}), options=["--json"])
        if world.exit != 76 or world.codes()[-1] not in ("imap.flood", "imap.unreadable"):
            raise Failed("imap.flood was expected")
        if len(world.err) > 200_000:
            raise Failed("the flood reached the terminal")
    PATIENT[f"flood_of_{name}"] = flood


@slow_case
def flood_in_sign_in(world):
    for data in (b"* OK x\r\n", b"* 1 EXISTS\r\n", b"* CAPABILITY A\r\n"):
        world.run(Imap(on={"AUTHENTICATE": forever(data)}), options=["--json"])
        if world.codes()[-1] not in ("imap.flood", "net.timed_out"):
            raise Failed("imap.flood or net.timed_out was expected")


@case
def flood_of_continuations(world):
    world.run_coded(Imap(on={"UID FETCH": forever(b"+ more\r\n")}), 76, "imap.unexpected_continuation")


@case
def flood_of_tagged_replies(world):
    world.run_coded(Imap(on={"UID FETCH": forever(b"A999 OK done\r\n")}), 76, "imap.unknown_tag")


# Before TLS: nothing that is said in the clear may count, and no password may leave.

for name, settings, code in (
        ("injected", {"on": {"STARTTLS": lambda peer, tag, _: (
            peer.send(f"{tag} OK begin\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n"), peer.start_tls(), peer.stall())}},
         "tls.injected"),
        ("injected_half", {"on": {"STARTTLS": lambda peer, tag, _: (
            peer.send(f"{tag} OK begin\r\n*"), peer.start_tls(), peer.stall())}}, "tls.injected"),
        ("preauth", {"greeting": "* PREAUTH welcome\r\n"}, "tls.preauth"),
        ("not_offered", {"clear": "AUTH=PLAIN SASL-IR"}, "tls.not_offered"),
        ("refused", {"on": {"STARTTLS": reply_with("TAG NO no\r\n")}}, "tls.refused"),
        ("bad", {"on": {"STARTTLS": reply_with("TAG BAD no\r\n")}}, "tls.refused")):
    def before_tls(world, settings=settings, code=code):
        world.refute_sign_in(world.run_coded(Imap(tls="starttls", **settings), 76, code, tls="starttls"))
    PATIENT[f"before_tls_{name}"] = before_tls


@case
def login_disabled_lies(world):
    """LOGINDISABLED beside a mechanism is about LOGIN only; without one it is the end."""
    world.run_coded(Imap(words="LOGINDISABLED AUTH=PLAIN SASL-IR"), 0)
    world.refute_sign_in(world.run_coded(Imap(words="LOGINDISABLED"), 77, "auth.login_disabled"))


@case
def scram_taken_out_of_the_list(world):
    """Under TLS what is left is used; a mechanism that nobody knows is not."""
    world.run_coded(Imap(words="AUTH=PLAIN SASL-IR"), 0)
    server = world.run_coded(Imap(words="LOGINDISABLED AUTH=GSSAPI AUTH=X"), 77, "auth.login_disabled")
    world.refute_sign_in(server)


# "Go to another server": never followed, always shown.

@case
def redirects_are_not_followed(world):
    decoy = world.serve(Imap(tls="none"))
    there = f"imap://127.0.0.1:{decoy.port}/"
    for story, exit_code, code in (
            (under_tls(f"* BYE [REFERRAL {there}] moved to {there}\r\n"), 69, "imap.bye"),
            (Imap(on={"AUTHENTICATE": reply_with(f"TAG NO [REFERRAL {there}] use {there}\r\n")}), 77, "auth.referral"),
            (Imap(on={"SELECT": reply_with(f"TAG NO [REFERRAL {there}] use {there}\r\n"),
                      "EXAMINE": reply_with(f"TAG NO [REFERRAL {there}] use {there}\r\n")}), None, "imap.refused")):
        world.run(story, options=["--json", "--again"])
        if (exit_code and world.exit != exit_code) or world.exit == 0 or code not in world.codes():
            raise Failed(f"{code} was expected, found {world.exit} {world.codes()}")
        if there not in world.out:
            raise Failed("the server's words are not shown")
    world.run_coded(before("UID SEARCH", f"* OK [ALERT] move to {there}\r\n"), 0, options=["--again"])
    if there not in world.err:
        raise Failed("the alert is not shown")
    if decoy.count:
        raise Failed("a server's word led to another server")


@case
def smtp_redirects_are_not_followed(world):
    decoy = world.serve(Smtp(tls="none"))
    for settings in ({"on": {"RCPT": says(f"551 5.1.6 try <you@127.0.0.1:{decoy.port}>\r\n")}},
                     {"greeting": f"554 5.3.2 use 127.0.0.1:{decoy.port}\r\n"},
                     {"on": {"MAIL": says(f"553 5.7.1 use 127.0.0.1:{decoy.port}\r\n")}}):
        smtp = world.serve(Smtp(**settings))
        world.run(Imap(messages=["One"]), smtp=smtp, steps=REPLY, options=["--json", "--again"])
        if world.exit == 0 or not world.codes() or smtp.story.taken:
            raise Failed("the refusal went unnoticed")
        if f"127.0.0.1:{decoy.port}" not in world.out:
            raise Failed("the server's words are not shown")
    if decoy.count:
        raise Failed("a server's word led to another server")


def says(text):
    return lambda peer, _: peer.send(text)


# A byte now and then: no silence ends the run.

PAUSE = threading.Event()


def drip(first, rest=b"x"):
    """First at once, then a byte of rest five times a second until the client goes."""
    def answer(peer, *words):
        peer.send(first.replace("TAG", words[0]) if isinstance(first, str) else first)
        while True:
            for byte in rest:
                peer.send(bytes([byte]))
                PAUSE.wait(0.2)
    return answer


for place, commands, first, codes in (
        ("greeting", None, b"* OK ", ("net.no_greeting", "net.timed_out")),
        ("capability", ["CAPABILITY"], b"* CAPABILITY ", ("net.timed_out",)),
        ("sign_in", ["AUTHENTICATE"], b"* OK ", ("net.timed_out",)),
        ("select", ["SELECT", "EXAMINE"], b"* OK ", ("imap.too_slow",)),
        ("list", ["LIST"], b'* LIST () "/" "', ("imap.too_slow",)),
        ("search", ["UID SEARCH"], b"* SEARCH 1 ", ("imap.too_slow",)),
        ("listing", ["UID FETCH"], b'* 1 FETCH (UID 1 ENVELOPE ("', ("imap.too_slow",)),
        ("tagged_line", ["UID SEARCH"], "TAG OK ", ("imap.too_slow",)),
        ("small_literal", ["UID FETCH"], b"* 1 FETCH (UID 1 ENVELOPE ({5000}\r\n", ("imap.too_slow",)),
        ("large_literal", ["UID FETCH"], b"* 1 FETCH (UID 1 BODY[HEADER] {5000000}\r\n", ("imap.too_slow",))):
    def dripping(world, commands=commands, first=first, codes=codes):
        story = Imap(on=dict.fromkeys(commands, drip(first))) if commands else (
            lambda peer: (peer.start_tls(), drip(first)(peer)))
        more = LISTING if commands == ["LIST"] else ""
        world.run_coded(story, 75, *codes, more=more)
    CASES[f"drip_in_{place}"] = dripping


@slow_case
def drip_of_an_honest_link(world):
    """Slow, yet a thousand bytes a second: as long as it takes."""
    def answer(peer, tag, words):
        data = b"".join(fetched(uid, mail("Slow"), words) for uid in (1, 2, 3)) + f"{tag} OK done\r\n".encode()
        for at in range(0, len(data), 100):
            peer.send(data[at:at + 100])
            PAUSE.wait(0.08)
    world.run_coded(Imap(on={"UID FETCH": answer}), 0)


for place, command, first, codes in (
        ("greeting", None, b"220-", ("net.no_greeting", "net.timed_out")),
        ("ehlo", "EHLO", b"250-", ("net.no_greeting", "net.timed_out")),
        ("sign_in", "AUTH", b"235 ", ("net.timed_out",)), ("mail", "MAIL", b"250 ", ("smtp.too_slow",)),
        ("recipient", "RCPT", b"250-", ("smtp.too_slow",)), ("final_dot", ".", b"250 ", ("smtp.uncertain", "flow.uncertain"))):
    def smtp_dripping(world, command=command, first=first, codes=codes):
        story = Smtp(on={command: drip(first)}) if command else lambda peer: (peer.start_tls(), drip(first)(peer))
        smtp = world.serve(story)
        world.run(Imap(messages=["One"]), smtp=smtp, steps=REPLY, options=["--json"])
        if world.exit not in (1, 75) or not set(codes) & set(world.codes()):
            raise Failed(f"{codes} was expected, found {world.codes()}")
    CASES[f"smtp_drip_in_{place}"] = smtp_dripping


# Numbers.

@case
def search_numbers_that_are_none(world):
    for numbers, code in (("4294967296", "imap.bad_search"), ("-1", "imap.bad_search"), ("1 2 x", "imap.bad_search"),
                          ("99999999999999999999", "imap.bad_search")):
        world.run_coded(Imap(on={"UID SEARCH": reply_with(f"* SEARCH {numbers}\r\nTAG OK done\r\n")}), 76, code,
                        options=["--again"])


@case
def search_numbers_in_disorder(world):
    """Each message once, whatever the order, and nothing for 0."""
    for numbers in ("3 2 1", "1 1 2 3 3", "3 1 2 1 2 3", "0 1 2 3"):
        world.run(Imap(on={"UID SEARCH": reply_with(f"* SEARCH {numbers}\r\nTAG OK done\r\n")}), options=["--again"])
        world.expect(0, out=["3 messages done"])


@case
def search_finds_a_million_that_nobody_has(world):
    for words, found in (("ESEARCH AUTH=PLAIN SASL-IR", '* ESEARCH (TAG "TAG") UID ALL 1000:1001000\r\n'),
                         ("AUTH=PLAIN SASL-IR", "* SEARCH " + " ".join(map(str, range(1000, 101_000))) + "\r\n")):
        world.run_coded(Imap(words=words, on={"UID SEARCH": reply_with(found + "TAG OK done\r\n"),
                                              "UID FETCH": reply_with("TAG OK done\r\n")}), 0, options=["--again"])


@case
def counts_of_billions(world):
    for number in ("4294967295", "4294967296", "99999999999999999999", "-1", "0"):
        for kind in ("EXISTS", "RECENT", "EXPUNGE"):
            world.run_coded(before("UID SEARCH", f"* {number} {kind}\r\n"), 0, options=["--again"])
    select = reply_with("* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4294967295] ok\r\n"
                        "TAG OK [READ-WRITE] ok\r\n")
    world.run(Imap(on={"SELECT": select, "EXAMINE": select}), options=["--again"])
    world.expect(0, out=["3 messages done"])


@case
def fetch_of_what_was_not_asked(world):
    """UIDs 0, beyond 32 bits, of others, and none: left out."""
    for data in (fetched(0, mail("Zero"), "ENVELOPE BODYSTRUCTURE"), fetched(4294967296, mail("Big"), "ENVELOPE"),
                 fetched(99, mail("Other"), "ENVELOPE BODYSTRUCTURE"), b"* 1 FETCH (FLAGS (\\Seen))\r\n",
                 fetched(4294967295, mail("Last"), "ENVELOPE BODYSTRUCTURE")):
        world.run(before("UID FETCH", data), options=["--again"])
        world.expect(0, out=["3 messages done"])
        if re.search("Zero|Big|Other|Last", world.out):
            raise Failed("a message that nobody asked for was worked on")


@case
def uid_validity_of_zero_and_changing(world):
    for first in ("0", "4294967296", "x"):
        select = reply_with(f"* 3 EXISTS\r\n* OK [UIDVALIDITY {first}] ok\r\nTAG OK [READ-WRITE] ok\r\n")
        world.run(Imap(on={"SELECT": select, "EXAMINE": select}), options=["--json", "--again"])
        if world.exit not in (0, 76, 78):
            raise Failed("a folder without a UIDVALIDITY: either is right, a crash is not")
    count = iter(range(1, 1000))
    select = lambda peer, tag, _: peer.send(f"* 3 EXISTS\r\n* OK [UIDVALIDITY {next(count)}] ok\r\n{tag} OK [READ-WRITE] ok\r\n")
    story = Imap(on={"SELECT": select, "EXAMINE": select})
    for _ in range(2):
        world.run(story, options=["--json"])
        if world.exit not in (0, 1):
            raise Failed("another UIDVALIDITY is another folder")


# Moving: nothing is removed that the server did not confirm.

class MovingImap(Imap):
    """Has no MOVE. `copied(set)` is its answer to UID COPY, without the tag."""

    def __init__(self, copied):
        super().__init__(words="AUTH=PLAIN SASL-IR UIDPLUS")
        self.copied, self.expunged = copied, []
        self.on = {"UID COPY": lambda peer, tag, words: peer.send(self.copied(words.split()[2]).replace("TAG", tag)),
                   "UID EXPUNGE": self.expunge, "EXPUNGE": self.expunge, "CLOSE": self.expunge}

    def expunge(self, peer, tag, words):
        self.expunged.append(words)
        peer.send(f"{tag} OK done\r\n")

    def touched(self):
        """The sets that were flagged deleted or expunged."""
        return [words.split()[2] for words in self.flags + self.expunged if len(words.split()) > 2]


def moving_case(name, copied, allowed):
    def run(world):
        story = MovingImap(copied)
        world.run(story, steps="move: { to: Invoices }", options=["--json"])
        for words in story.expunged:
            if not re.fullmatch(allowed, words):
                raise Failed(f"{words!r}: removed although it was not confirmed")
        if any(words in ("EXPUNGE", "CLOSE") for words in story.expunged):
            raise Failed("a bare EXPUNGE")
    PATIENT[f"move_{name}"] = run


NOTHING = "(?!)"
moving_case("good", lambda uids: f"TAG OK [COPYUID 9 {uids} 11:13] done\r\n", "UID EXPUNGE 1:3")
moving_case("refused", lambda uids: "TAG NO [SERVERBUG] no\r\n", NOTHING)
moving_case("confirms_nothing", lambda uids: "TAG OK done\r\n", NOTHING)
moving_case("confirms_fewer", lambda uids: "TAG OK [COPYUID 9 1 11] done\r\n", "UID EXPUNGE 1")
moving_case("confirms_more", lambda uids: "TAG OK [COPYUID 9 1:50 11:60] done\r\n", NOTHING)
moving_case("confirms_others", lambda uids: "TAG OK [COPYUID 9 7:9 11:13] done\r\n", NOTHING)
moving_case("confirms_unevenly", lambda uids: "TAG OK [COPYUID 9 1:3 11:12] done\r\n", NOTHING)
moving_case("confirms_one_place_for_all", lambda uids: "TAG OK [COPYUID 9 1,2,3 11,11,11] done\r\n", NOTHING)
moving_case("confirms_billions", lambda uids: "TAG OK [COPYUID 9 1:4294967295 1:4294967295] done\r\n", NOTHING)
moving_case("confirms_backwards", lambda uids: "TAG OK [COPYUID 9 3:1 13:11] done\r\n", "UID EXPUNGE 1:3")
moving_case("confirms_nonsense", lambda uids: "TAG OK [COPYUID x y z] done\r\n", NOTHING)
moving_case("confirms_and_refuses", lambda uids: "* OK [COPYUID 9 1 11] so far\r\nTAG NO disk full\r\n", "UID EXPUNGE 1")
moving_case("goes_away", lambda uids: "* BYE bye\r\n", NOTHING)


# What a server writes must not command a terminal.

@case
def nothing_commands_the_terminal(world):
    bad = "\x1b]0;owned\x07 \x1b[2J \x00 \u202e txt \u2066 \x9b".encode()
    tagged = lambda words: lambda peer, tag, _: peer.send(f"{tag} {words} ".encode() + bad + b"\r\n")
    odd = mail("Subject").replace(b"Subject: Subject", b"Subject: " + bad.replace(b"\0", b""))
    for story, more in ((under_tls(b"* BYE " + bad + b"\r\n"), ""), (Imap(on={"AUTHENTICATE": tagged("NO")}), ""),
                        (Imap(on={"SELECT": tagged("NO"), "EXAMINE": tagged("NO")}), ""),
                        (Imap(on={"UID SEARCH": tagged("NO [ALERT]")}), ""), (Imap(on={"UID FETCH": tagged("NO")}), ""),
                        (Imap(greeting=b"* OK [ALERT] " + bad + b"\r\n"), ""),
                        (before("UID FETCH", b"* 1 FETCH (] " + bad + b"\r\n"), ""),
                        (Imap(on={"LIST": lambda peer, tag, _: peer.send(
                            b'* LIST () "/" "' + bad.replace(b"\0", b"") + f'"\r\n{tag} OK done\r\n'.encode())}), LISTING),
                        (under_tls(bad * 20), "")):
        world.run(story, more=more, options=["--again"])
        refute_terminal(world)
    envelope = '("x" "\x1b[2J\u202e" NIL NIL NIL NIL NIL NIL NIL NIL)'
    world.run(Imap(listing={2: lambda words: fetched(2, mail("Two"), words, envelope=envelope)}), options=["--again"])
    refute_terminal(world)
    for on in ({"EHLO": None}, {"MAIL": None}, {"RCPT": None}, {".": None}, {"AUTH": None}):
        smtp = world.serve(Smtp(on={name: lambda peer, _: peer.send(b"550 5.7.1 " + bad + b"\r\n") for name in on}))
        world.run(Imap(messages=["One"]), smtp=smtp, steps=REPLY, options=["--again"])
        refute_terminal(world)


def refute_terminal(world):
    if re.search("[\x00\x07\x1b\x9b\u202e\u2066]", world.out + world.err):
        raise Failed("the server's control characters reached the terminal")


# Sign-in exchanges that cost.

def scram(message):
    """A SCRAM server whose first message is message(client's nonce)."""
    def answer(peer, tag, words):
        first = base64.b64decode(words.split()[2]).decode()
        nonce = re.search("r=([^,]*)", first)[1]
        peer.send(b"+ " + base64.b64encode(message(nonce).encode()) + b"\r\n")
        peer.stall()
    return Imap(words="AUTH=SCRAM-SHA-256 SASL-IR", on={"AUTHENTICATE": answer})


@case
def scram_that_costs(world):
    for message in (lambda nonce: f"r={nonce}x,s=YWJj,i=2147483648", lambda nonce: f"r={nonce}x,s=YWJj,i=4294967295",
                    lambda nonce: f"r={nonce}x,s=YWJj,i=0", lambda nonce: f"r={nonce}x,s=YWJj,i=-1",
                    lambda nonce: "r=other,s=YWJj,i=4096", lambda nonce: f"r={nonce}x,s={'YWJj' * 5000},i=4096",
                    lambda nonce: "e=other-error,i=1", lambda nonce: "x" * 1_000_000):
        server = world.run(scram(message), options=["--json", "--again"])
        if world.exit != 77 or world.codes()[-1] not in ("auth.bad_challenge", "auth.server_not_verified"):
            raise Failed(f"auth.bad_challenge was expected, found {world.codes()}")
        world.refute_sign_in(server)


@case
def challenges_that_are_none(world):
    for challenge in (b"!" * 100, b"A" * 1_000_000, b"\xff\xfe", b"===="):
        world.run_coded(Imap(words="AUTH=SCRAM-SHA-256", on={"AUTHENTICATE": lambda peer, tag, _: (
            peer.send(b"+ \r\n"), peer.line(), peer.send(b"+ " + challenge + b"\r\n"), peer.stall())}), 77,
            "auth.bad_challenge", options=["--again"])


@case
def success_without_proof(world):
    world.run_coded(Imap(words="AUTH=SCRAM-SHA-256 SASL-IR", on={"AUTHENTICATE": reply_with("TAG OK welcome\r\n")}), 77,
                    "auth.server_not_verified")


@case
def mechanism_that_nobody_knows(world):
    """BAD: the next one; and never PLAIN behind -PLUS."""
    story = Imap(words="AUTH=SCRAM-SHA-256 AUTH=PLAIN SASL-IR", on={"AUTHENTICATE": lambda peer, tag, words: (
        peer.send(f"{tag} BAD what?\r\n") if "SCRAM" in words else peer.send(f"{tag} OK welcome\r\n"))})
    world.run_coded(story, 0)
    plus = Imap(words="AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN SASL-IR", on={"AUTHENTICATE": lambda peer, tag, words: (
        peer.send(f"{tag} BAD what?\r\n") if "SCRAM" in words else peer.send(f"{tag} OK welcome\r\n"))})
    server = world.run_coded(plus, 77, "auth.wrong_password", options=["--again"])
    world.refute_sign_in(server)


# SMTP out of step.

def smtp_case(name, settings, exits, *codes, taken=0, messages=("One",)):
    def run(world):
        smtp = world.serve(Smtp(**settings))
        world.run(Imap(messages=list(messages)), smtp=smtp, steps=REPLY, options=["--json"])
        if world.exit not in exits or (codes and not set(codes) & set(world.codes())):
            raise Failed(f"{exits} {codes} was expected, found {world.codes()}")
        if len(smtp.story.taken) != taken:
            raise Failed(f"{len(smtp.story.taken)} messages went out, not {taken}")
    PATIENT[f"smtp_{name}"] = run


smtp_case("354_to_mail", {"on": {"MAIL": says("354 go\r\n")}}, (1, 76), "smtp.unexpected_reply")
smtp_case("354_to_recipient", {"on": {"RCPT": says("354 go\r\n")}}, (1, 76), "smtp.unexpected_reply")
smtp_case("250_to_data", {"on": {"DATA": says("250 ok\r\n")}}, (1, 76), "smtp.unexpected_reply")
smtp_case("334_to_mail", {"on": {"MAIL": says("334 \r\n")}}, (1, 76), "smtp.unexpected_reply")
smtp_case("code_too_small", {"on": {"MAIL": says("099 ok\r\n")}}, (1, 76), "smtp.bad_reply")
smtp_case("code_too_large", {"on": {"MAIL": says("600 ok\r\n")}}, (1, 76), "smtp.bad_reply")
smtp_case("code_with_letters", {"on": {"MAIL": says("25a ok\r\n")}}, (1, 76), "smtp.bad_reply")
smtp_case("codes_that_differ", {"on": {"MAIL": says("250-ok\r\n550 no\r\n")}}, (1, 76), "smtp.bad_reply")
smtp_case("line_without_end", {"on": {"MAIL": endless(b"x", b"250 ")}}, (1, 76), "smtp.bad_reply")
smtp_case("reply_without_end", {"on": {"MAIL": endless(b"250-x\r\n")}}, (1, 76), "smtp.bad_reply")
smtp_case("challenge_without_end", {"words": ("AUTH LOGIN",), "on": {"AUTH": endless(b"QUFB", b"334 ")}}, (76,),
          "smtp.bad_reply")
smtp_case("ten_thousand_abilities", {"words": ["AUTH PLAIN"] + [f"X{n}" for n in range(10_000)]}, (76,), "smtp.bad_reply")
smtp_case("ten_thousand_mechanisms", {"words": ["AUTH " + " ".join(f"X{n}" for n in range(600))]}, (77,),
          "auth.no_mechanism")
smtp_case("size_of_one", {"words": ["AUTH PLAIN", "SIZE 1"]}, (1,), "smtp.too_big")
smtp_case("size_that_is_none", {"words": ["AUTH PLAIN", "SIZE -1"]}, (0,), taken=1)
smtp_case("size_beyond_numbers", {"words": ["AUTH PLAIN", "SIZE 99999999999999999999"]}, (0,), taken=1)


@case
def smtp_injected_bytes_before_tls(world):
    for text in ("220 go\r\n250 AUTH PLAIN\r\n", "220 go\r\n2"):
        smtp = world.serve(Smtp(tls="starttls", on={"STARTTLS": lambda peer, _: (
            peer.send(text), peer.start_tls(), peer.stall())}))
        world.run(Imap(tls="starttls", messages=["One"]), tls="starttls", smtp=smtp, smtp_tls="starttls", steps=REPLY,
                  options=["--json", "--again"])
        if "tls.injected" not in world.codes():
            raise Failed(f"tls.injected was expected, found {world.codes()}")
        world.refute_sign_in(smtp)


def stray_case(name, settings, check):
    """Two mails; the first message's verdict must not be taken for another's."""
    def run(world):
        story = Smtp(**settings())
        smtp = world.serve(story)
        world.run(Imap(messages=["One", "Two", "Three"]), smtp=smtp, steps=REPLY, options=["--json"])
        check(world, story)
    (CASES if name.startswith("half") else PATIENT)[f"smtp_stray_{name}"] = run


def outcomes(world):
    return {line["message"]["subject"]: (line["outcome"], line.get("error", {}).get("code"))
            for line in map(json.loads, world.out.splitlines()) if line["event"] == "message_finished"}


def refuses_the_second(stray):
    def settings():
        verdicts = iter(["250 ok\r\n" + stray, "550 5.7.1 no\r\n", "550 5.7.1 no\r\n"])
        return {"on": {".": lambda peer, _: peer.send(next(verdicts, "550 5.7.1 no\r\n"))}}
    return settings


def nothing_but_the_first(world, story):
    if outcomes(world).get("One") != ("finished", None):
        raise Failed("the first message was taken, whatever came behind")
    wrong = [subject for subject, (outcome, _) in outcomes(world).items() if outcome == "finished" and subject != "One"]
    if wrong:
        raise Failed(f"{wrong} passed for sent: a stray reply was taken for the verdict")


for name, stray in (("acceptance", "250 ok\r\n"), ("acceptances", "250 ok\r\n" * 3), ("go_ahead", "354 go\r\n"),
                    ("conversation", "250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"), ("half_a_reply", "250-ok\r\n")):
    stray_case(f"{name}_behind_the_dot", refuses_the_second(stray), nothing_but_the_first)


def accepts_too_early():
    return {"on": {"DATA": lambda peer, _: early(peer)}}


def early(peer):
    peer.send("354 go\r\n250 taken\r\n")
    while peer.line() != ".":
        pass
    peer.send("550 5.7.1 no\r\n")


def nothing_at_all(world, story):
    if any(outcome == "finished" for outcome, _ in outcomes(world).values()):
        raise Failed("an acceptance that came before the message was believed")


stray_case("acceptance_before_the_body", accepts_too_early, nothing_at_all)


def with_time(function):
    """A busy machine must not look like a slow server."""
    def run(world):
        world.timeout = "8s"
        function(world)
    return run


CASES.update({name: with_time(function) for name, function in PATIENT.items()})
