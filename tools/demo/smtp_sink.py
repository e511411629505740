#!/usr/bin/env python3
"""An SMTP server that keeps what it is given and sends nothing on: the outside world of the demonstration.

smtp_sink.py FOLDER [PORT]  writes each message to FOLDER/NNNN.eml, one line per message to FOLDER/index.txt (sender,
recipients), and the port it listens on (loopback) to FOLDER/port. Ends on SIGTERM.
"""
import pathlib
import socketserver
import sys
import threading

folder = pathlib.Path(sys.argv[1])
lock = threading.Lock()


class Conversation(socketserver.StreamRequestHandler):
    def answer(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")

    def handle(self):
        sender, recipients = "", []
        self.answer("220 sink.test ESMTP")
        while line := self.rfile.readline(8192):
            command = line.decode("utf-8", "replace").strip()
            verb = command.upper()
            if verb.startswith("EHLO"):
                self.answer("250-sink.test\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 SIZE 52428800")
            elif verb.startswith("MAIL FROM:"):
                sender, recipients = command[10:].split()[0].strip("<>"), []
                self.answer("250 2.1.0 sender ok")
            elif verb.startswith("RCPT TO:"):
                recipients.append(command[8:].split()[0].strip("<>"))
                self.answer("250 2.1.5 recipient ok")
            elif verb == "DATA":
                self.answer("354 go ahead")
                self.keep(sender, recipients, self.read_message())
                self.answer("250 2.0.0 kept")
            elif verb == "QUIT":
                self.answer("221 2.0.0 bye")
                return
            else:
                self.answer("250 2.0.0 ok")

    def read_message(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def keep(self, sender, recipients, message):
        with lock:
            number = len(list(folder.glob("*.eml"))) + 1
            (folder / f"{number:04}.eml").write_bytes(message)
            with (folder / "index.txt").open("a") as index:
                index.write(f"{sender} -> {', '.join(recipients)}\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


folder.mkdir(parents=True, exist_ok=True)
with Server(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Conversation) as server:
    (folder / "port.part").write_text(f"{server.server_address[1]}\n")
    (folder / "port.part").rename(folder / "port")
    server.serve_forever()
