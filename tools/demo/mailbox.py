#!/usr/bin/env python3
"""What the demonstration does with the mailbox besides Postroom, over plain IMAP on loopback.

mailbox.py deliver FOLDER   puts FOLDER's .eml files into INBOX (.seen.eml as read), each received when its Date says
mailbox.py show             prints every folder with its number of messages and of unread ones
mailbox.py count NAME       prints how many messages the folder NAME holds, 0 if there is none

Environment: IMAP_PORT, MAIL_USER, MAIL_PASSWORD.
"""
import email
import imaplib
import os
import pathlib
import re
import sys
from email.utils import parsedate_to_datetime


def connect():
    server = imaplib.IMAP4("127.0.0.1", int(os.environ["IMAP_PORT"]))
    server.login(os.environ["MAIL_USER"], os.environ["MAIL_PASSWORD"])
    return server


def folders(server):
    for line in server.list()[1]:
        yield re.search(rb'"?([^" ]+)"?$', line).group(1).decode()


def deliver(server, folder):
    for path in sorted(pathlib.Path(folder).glob("*.eml")):
        content = path.read_bytes()
        received = parsedate_to_datetime(email.message_from_bytes(content)["Date"])
        flags = r"(\Seen)" if path.name.endswith(".seen.eml") else "()"
        answer, detail = server.append("INBOX", flags, imaplib.Time2Internaldate(received), content)
        if answer != "OK":
            sys.exit(f"mailbox.py: {path.name}: {detail}")


def show(server):
    print(f"  {'folder':<12}{'messages':>9}{'unread':>8}")
    for name in sorted(folders(server), key=lambda name: (name != "INBOX", name)):
        status = server.status(name, "(MESSAGES UNSEEN)")[1][0].decode()
        total, unread = (re.search(rf"{word} (\d+)", status).group(1) for word in ("MESSAGES", "UNSEEN"))
        print(f"  {name:<12}{total:>9}{unread:>8}")


def count(server, name):
    if name not in folders(server):
        return 0
    return int(re.search(rb"MESSAGES (\d+)", server.status(name, "(MESSAGES)")[1][0]).group(1))


def main():
    verb, *arguments = sys.argv[1:]
    server = connect()
    if verb == "deliver":
        deliver(server, *arguments)
    elif verb == "show":
        show(server)
    else:
        print(count(server, *arguments))
    server.logout()


if __name__ == "__main__":
    main()
