"""Servers that a story bends: a correct little IMAP and SMTP server of which each command can be replaced.

A story is a function of a Peer, run in a thread for each connection. `heard` keeps what came in the clear, `secret`
what came under TLS, so that a test can say that no password ever came too early.
"""
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GONE = (OSError, EOFError)  # the other side hung up, or TLS failed: often just what the case is about


class Peer:
    def __init__(self, server, connection):
        self.server, self.socket, self.private = server, connection, False
        self.waiting = b""
        self.number = server.count

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        (self.server.secret if self.private else self.server.heard).extend(data)
        self.waiting += data

    def line(self):
        while b"\n" not in self.waiting:
            self.receive()
        line, _, self.waiting = self.waiting.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def start_tls(self, certificate="server"):
        self.socket = self.server.certificates.context(certificate).wrap_socket(self.socket, server_side=True)
        self.private = True

    def stall(self):
        """Says nothing more until the client hangs up."""
        while True:
            self.receive()
            self.waiting = b""

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise EOFError


class Server:
    def __init__(self, certificates, story):
        self.certificates, self.story = certificates, story
        self.heard, self.secret = bytearray(), bytearray()
        self.count, self.problem, self.threads = 0, None, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.count += 1
            connection.settimeout(20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self.serve, args=(Peer(self, connection),), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, peer):
        try:
            self.story(peer)
        except GONE:
            pass
        except Exception as problem:  # a fault of the test's own must not pass for a hostile server
            self.problem = problem
        finally:
            peer.socket.close()

    def stop(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for thread in self.threads:
            thread.join(20)


class Certificates:
    """server (right), expired, foreign (of an unknown authority), self-signed, elsewhere (for another name)."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run(["bash", ROOT / "tests/servers/certificates.sh", folder], check=True)
        self.ca = folder / "ca.pem"
        self.sign_itself("other", "/CN=Another authority", "basicConstraints=critical,CA:TRUE")
        self.sign_itself("self-signed", "/CN=localhost", "subjectAltName=DNS:localhost")
        self.issue("expired", "ca", "DNS:localhost", "-1")
        self.issue("elsewhere", "ca", "DNS:mail.example.net", "30")
        self.issue("foreign", "other", "DNS:localhost", "30")
        self.contexts = {name: self.read(name) for name in ("server", "self-signed", "expired", "elsewhere", "foreign")}

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]

    def sign_itself(self, name, subject, extension):
        self.openssl("req", "-x509", *self.new_key(name), "-days", "30", "-subj", subject, "-addext", extension,
                     "-out", f"{name}.pem")

    def issue(self, name, authority, names, days):
        self.openssl("req", *self.new_key(name), "-subj", "/CN=localhost", "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
                     "-set_serial", "7", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def read(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def context(self, name):
        return self.contexts[name]


def mail(subject):
    return (f"From: Bob <bob@example.com>\r\nTo: ann@example.test\r\nSubject: {subject}\r\n"
            f"Date: Mon, 2 Nov 2026 11:00:00 +0100\r\nMessage-ID: <{subject}@example.com>\r\n\r\nHi.\r\n").encode()


class Imap:
    """A story. `on` replaces commands: (peer, tag, words) -> None; `listing` the FETCH reply of single messages."""

    def __init__(self, tls="implicit", certificate="server", greeting="* OK ready\r\n", words="AUTH=PLAIN SASL-IR",
                 messages=("One", "Two", "Three"), on=None, listing=None, clear="STARTTLS LOGINDISABLED"):
        self.tls, self.certificate, self.greeting, self.words = tls, certificate, greeting, words
        self.messages = {uid: mail(subject) for uid, subject in enumerate(messages, 1)}
        self.on, self.listing, self.clear = on or {}, listing or {}, clear
        self.flags = []  # (uid set, what) of each STORE

    def __call__(self, peer):
        if self.tls == "implicit":
            peer.start_tls(self.certificate)
        peer.send(self.greeting)
        while True:
            tag, _, words = peer.line().partition(" ")
            name = re.match(r"(UID )?\S*", words.upper())[0]
            answer = self.on.get(name) or getattr(self, name.lower().replace(" ", "_"), None)
            if answer is None:
                peer.send(f"{tag} BAD unknown command\r\n")
            else:
                answer(peer, tag, words)

    def capability(self, peer, tag, _):
        peer.send(f"* CAPABILITY IMAP4rev1 {self.words if peer.private else self.clear}\r\n{tag} OK done\r\n")

    def starttls(self, peer, tag, _):
        peer.send(f"{tag} OK begin\r\n")
        peer.start_tls(self.certificate)

    def authenticate(self, peer, tag, words):
        if len(words.split()) < 3:
            peer.send("+ \r\n")
            peer.line()
        peer.send(f"{tag} OK [CAPABILITY IMAP4rev1 {self.words}] welcome\r\n")

    def login(self, peer, tag, _):
        peer.send(f"{tag} OK welcome\r\n")

    def select(self, peer, tag, _):
        peer.send(f"* FLAGS (\\Seen)\r\n* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n"
                  f"* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n{tag} OK [READ-WRITE] selected\r\n")

    examine = select

    def list(self, peer, tag, _):
        peer.send(f'* LIST () "/" INBOX\r\n* LIST () "/" Invoices\r\n{tag} OK done\r\n')

    def uid_search(self, peer, tag, words):
        found = f'* ESEARCH (TAG "{tag}") UID ALL 1:{len(self.messages)}' if "(ALL)" in words else (
            f"* SEARCH {' '.join(map(str, self.messages))}")
        peer.send(("" if "(SAVE)" in words else f"{found}\r\n") + f"{tag} OK done\r\n")

    def uid_fetch(self, peer, tag, words):
        for uid, message in self.messages.items():
            if not is_asked(uid, words):
                continue
            reply = self.listing[uid](words) if uid in self.listing else None
            peer.send(reply if reply is not None else fetched(uid, message, words))
        peer.send(f"{tag} OK done\r\n")

    def uid_store(self, peer, tag, words):
        self.flags.append(words)
        peer.send(f"{tag} OK done\r\n")

    def noop(self, peer, tag, _):
        peer.send(f"{tag} OK done\r\n")

    def logout(self, peer, tag, _):
        peer.send(f"* BYE bye\r\n{tag} OK done\r\n")
        raise EOFError


def is_asked(uid, words):
    """Whether a UID FETCH names the message; $ is what a search has left."""
    ranges = [part.partition(":") for part in words.split()[2].split(",")]
    return any(first == "$" or int(first) <= uid <= int(last or first) for first, _, last in ranges)


def fetched(uid, message, words, envelope=None, structure=None):
    head, body = (part + b"\r\n\r\n" for part in message.split(b"\r\n\r\n"))
    subject = re.search(rb"Subject: (.*)\r", message)[1].decode()
    address = '(("Bob" NIL "bob" "example.com"))'
    items = [f"UID {uid} FLAGS () RFC822.SIZE {len(message)} INTERNALDATE \"02-Nov-2026 11:00:00 +0100\"".encode()]
    if "ENVELOPE" in words:
        items.append(b"ENVELOPE " + (envelope or f'("Mon, 2 Nov 2026 11:00:00 +0100" "{subject}" {address} {address} '
                                                 f'{address} NIL NIL NIL NIL "<{subject}@example.com>")').encode())
    if "BODYSTRUCTURE" in words:
        items.append(b"BODYSTRUCTURE " + (structure or '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 7 1)').encode())
    for section, part in re.findall(r"BODY\.PEEK\[((?:[^\]]*))\](<[0-9.]+>)?", words):
        data = message if section == "" else head if section.startswith("HEADER") else body
        begin, length = map(int, part[1:-1].split(".")) if part else (0, len(data))
        origin = f"<{begin}>" if part else ""
        data = data[begin:begin + length]
        items.append(f"BODY[{section}]{origin} {{{len(data)}}}\r\n".encode() + data)
    return f"* {uid} FETCH (".encode() + b" ".join(items) + b")\r\n"


class Smtp:
    """A story. `on` replaces commands, and "." what comes behind the final dot: (peer, words) -> None."""

    def __init__(self, tls="implicit", certificate="server", greeting="220 ready\r\n", words=("AUTH PLAIN",), on=None,
                 clear=("STARTTLS",)):
        self.tls, self.certificate, self.greeting = tls, certificate, greeting
        self.words, self.clear, self.on = words, clear, on or {}
        self.taken = []  # each message that came whole

    def __call__(self, peer):
        if self.tls == "implicit":
            peer.start_tls(self.certificate)
        peer.send(self.greeting)
        while True:
            words = peer.line()
            name = words.upper().split(" ")[0]
            answer = self.on.get(name) or getattr(self, name.lower(), None)
            if answer is None:
                peer.send("250 ok\r\n")  # MAIL, RCPT, RSET, NOOP
            else:
                answer(peer, words)

    def ehlo(self, peer, _):
        words = ["here", *(self.words if peer.private else self.clear)]
        peer.send("".join(f"250{' ' if i + 1 == len(words) else '-'}{w}\r\n" for i, w in enumerate(words)))

    def starttls(self, peer, _):
        peer.send("220 begin\r\n")
        peer.start_tls(self.certificate)

    def auth(self, peer, words):
        peer.send("235 welcome\r\n")

    def data(self, peer, _):
        peer.send("354 go on\r\n")
        message = []
        while (line := peer.line()) != ".":
            message.append(line)
        self.taken.append(message)
        self.on.get(".", lambda peer, _: peer.send("250 taken\r\n"))(peer, ".")

    def quit(self, peer, _):
        peer.send("221 bye\r\n")
        raise EOFError


# Pieces of bad stories.

def saying(data):
    """Greets with data, then waits for the client to go."""
    def story(peer):
        peer.send(data)
        peer.stall()
    return story


def under_tls(data):
    def story(peer):
        peer.start_tls()
        peer.send(data)
        peer.stall()
    return story


def stall(peer, *_):
    peer.stall()


def hang_up(peer, *_):
    raise EOFError


def endless(data, first=b""):
    """Sends first, then data again and again, until the client goes or 100 MB are out."""
    def answer(peer, *_):
        peer.send(first)
        block = data * (100_000 // len(data) + 1)
        for _ in range(1_000):
            peer.send(block)
        peer.stall()
    return answer


def reply_with(text):
    """TAG stands for the command's tag."""
    return lambda peer, tag, *_: peer.send(text.replace("TAG", tag))


def forever(data):
    """Until the client goes: each of these replies is a sign of life, so that no silence ends the run."""
    def answer(peer, *_):
        while True:
            peer.send(data * (100_000 // len(data)))
    return answer
