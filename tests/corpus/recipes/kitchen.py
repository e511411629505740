"""What recipes are made with: parts whose contents and headers are known, put together into messages.

Everything a case expects comes from what its recipe put in, never from Postroom's own output. Nothing here is random:
the same run gives the same bytes.
"""
import base64 as _base64
import hashlib
import quopri
import struct
import zlib

CRLF = b"\r\n"


def raw(text):
    """Bytes of a text; newlines become CRLF."""
    if isinstance(text, bytes):
        return text
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8")


def content(seed, size):
    """Bytes that look like a file: anything, and the same each time."""
    out = b""
    block = seed.encode()
    while len(out) < size:
        block = hashlib.sha256(block).digest()
        out += block
    return out[:size]


PDF = b"%PDF-1.4\n" + content("pdf", 700) + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + content("png", 300)
ZIP = b"PK\x03\x04" + content("zip", 500)
DOCX = b"PK\x03\x04" + content("docx", 900)
XML = b'<?xml version="1.0"?>\r\n<invoice>\r\n<total>12</total>\r\n</invoice>\r\n'
ICS = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n"
       b"DTSTART:20261123T100000Z\r\nSUMMARY:Stand-up\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")


def base64(data, width=76, end=CRLF):
    text = _base64.b64encode(data)
    return b"".join(text[i:i + width] + end for i in range(0, len(text), width))


def quoted(data):
    return quopri.encodestring(data, quotetabs=False).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def uuencode(data, name, end=True, newline=b"\r\n"):
    import binascii
    lines = [b"begin 644 " + name.encode()]
    for i in range(0, len(data), 45):
        lines.append(binascii.b2a_uu(data[i:i + 45], backtick=True).rstrip(b"\n"))
    if end:
        lines += [b"`", b"end"]
    return newline.join(lines) + newline


def yenc(data, name, crc=None, size=None, part=False):
    out = b""
    line = b""
    for b in data:
        c = (b + 42) & 0xFF
        line += bytes([0x3D, (c + 64) & 0xFF]) if c in (0, 10, 13, 0x3D) else bytes([c])
        if len(line) >= 128:
            out += line + CRLF
            line = b""
    if line:
        out += line + CRLF
    head = "=ybegin %sline=128 size=%d name=%s\r\n" % ("part=1 " if part else "", size or len(data), name)
    if part:
        head += "=ypart begin=1 end=%d\r\n" % len(data)
    tail = "=yend size=%d %scrc32=%08x\r\n" % (size or len(data), "p" if part else "",
                                              zlib.crc32(data) if crc is None else crc)
    return head.encode() + out + tail.encode()


def entity(headers, body=b"", end=CRLF):
    """A part or a message: header lines and a body."""
    lines = [h if isinstance(h, bytes) else h.encode("utf-8") for h in headers if h]
    return end.join(lines) + (end if lines else b"") + end + body


_boundaries = [0]


def multi(subtype, parts, params="", boundary=None, preamble=b"", epilogue=b"", close=True, headers=(), end=CRLF):
    if boundary is None:
        _boundaries[0] += 1
        boundary = "=_b%d" % _boundaries[0]
    mark = boundary.encode() if isinstance(boundary, str) else boundary
    body = preamble
    for part in parts:
        body += b"--" + mark + end + part + end
    if close:
        body += b"--" + mark + b"--" + end
    body += epilogue
    line = b"Content-Type: multipart/" + subtype.encode() + b'; boundary="' + mark + b'"' + params.encode()
    return entity(list(headers) + [line], body, end)


def leaf(kind, data, cte="base64", name=None, disposition=None, headers=(), where="both", params=""):
    """A leaf. `where` says which headers carry the name: type, disposition, both."""
    lines = []
    line = "Content-Type: " + kind + params if kind else None
    if name and where in ("type", "both") and line:
        line += '; name="%s"' % name
    if line:
        lines.append(line)
    if disposition or (name and where in ("disposition", "both") and disposition is not None):
        line = "Content-Disposition: " + disposition
        if name and where in ("disposition", "both"):
            line += '; filename="%s"' % name
        lines.append(line)
    if cte:
        lines.append("Content-Transfer-Encoding: " + cte)
    body = {"base64": lambda: base64(data).rstrip(b"\r\n"), "quoted-printable": lambda: quoted(data)}.get(
        (cte or "").lower(), lambda: data)()
    return entity(lines + list(headers), body)


def text(words="words", **more):
    return leaf("text/plain; charset=utf-8", raw(words), more.pop("cte", None), **more)


def html(words="<p>words</p>", **more):
    return leaf("text/html; charset=utf-8", raw(words), more.pop("cte", None), **more)


def attached(message, name=None, kind="message/rfc822", disposition="attachment", cte=None):
    return leaf(kind, message, cte, name, disposition)


TOP = ["From: Ann Example <ann@example.com>", "To: bob@example.org", "Subject: A case",
       "Date: Mon, 23 Nov 2026 10:00:00 +0000", "Message-ID: <case@example.com>", "MIME-Version: 1.0"]


def message(part, top=TOP, end=CRLF):
    """The envelope's header lines in front of a part's own."""
    lines = [h if isinstance(h, bytes) else h.encode("utf-8") for h in top]
    return end.join(lines) + end + part


class File:
    """An attachment that a case expects."""

    def __init__(self, name, data, kind, inline=False, path=None, absent=False):
        self.name, self.data, self.kind, self.inline = name, data, kind, inline
        self.path, self.absent = path or name, absent

    def inside(self, *outer):
        return File(self.name, self.data, self.kind, self.inline, "/".join(list(outer) + [self.path]), self.absent)

    def row(self):
        row = {"name": self.name, "type": self.kind, "inline": self.inline, "path": self.path, "absent": self.absent}
        if self.data is not None:
            row["sha256"] = hashlib.sha256(self.data).hexdigest()
            row["size"] = len(self.data)
        return row


class Case:
    """tree: whether a server's BODYSTRUCTURE is the same tree as the bytes'. saved: whether what is saved over IMAP is
    the same as from the file."""

    def __init__(self, name, bytes_, files=(), text=None, html=None, subject="A case", sender="ann@example.com",
                 warnings=(), tree=True, saved=True):
        self.name, self.bytes = name, bytes_
        self.files = None if files is None else list(files)  # None: anything
        self.text, self.html, self.subject, self.sender = text, html, subject, sender
        self.warnings, self.tree, self.saved = list(warnings), tree, saved

    def row(self, file):
        return {"file": file, "name": self.name, "files": None if self.files is None else [f.row() for f in self.files], "text": self.text,
                "html": self.html, "subject": self.subject, "from": self.sender, "warnings": self.warnings,
                "tree": self.tree, "saved": self.saved}


def pdf(name="a.pdf", disposition="attachment", **more):
    return leaf("application/pdf", PDF, name=name, disposition=disposition, **more)


def pdf_file(name="a.pdf", **more):
    return File(name, PDF, "application/pdf", **more)


def u16(n):
    return struct.pack("<H", n)


def u32(n):
    return struct.pack("<I", n & 0xFFFFFFFF)
