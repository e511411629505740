"""winmail.dat as the format's description has it (MS-OXTNEF), for seeds and cases."""
import struct
from .kitchen import u16, u32

SIGNATURE = 0x223E9F78
STRING8, UNICODE, BINARY, OBJECT, LONG, TIME = 0x1E, 0x1F, 0x102, 0x0D, 0x03, 0x40
IMESSAGE = bytes.fromhex("0703020000000000C000000000000046")
APPOINTMENT = bytes.fromhex("0220060000000000C000000000000046")
MEETING = bytes.fromhex("90DAD86E0B451B1098DA00AA003F1305")


def attribute(level, tag, data):
    return bytes([level]) + u32(tag) + u32(len(data)) + data + u16(sum(data) & 0xFFFF)


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def prop(kind, ident, value, named=None):
    out = u16(kind) + u16(ident)
    if named:
        out += named[0] + u32(0) + u32(named[1])
    if kind == LONG:
        return out + u32(value)
    if kind == TIME:
        return out + struct.pack("<Q", value)
    if kind == STRING8:
        value = value + b"\0"
    if kind == UNICODE:
        value = value.encode("utf-16-le") + b"\0\0"
    return out + u32(1) + u32(len(value)) + padded(value)


def props(*all_):
    return u32(len(all_)) + b"".join(all_)


def filetime(seconds):
    return (seconds + 11644473600) * 10_000_000


def tnef(attributes):
    return u32(SIGNATURE) + u16(1) + b"".join(attributes)


def head(kind=b"IPM.Microsoft Mail.Note\0", page=1252):
    return [attribute(1, 0x00089006, u32(0x00010000)), attribute(1, 0x00069007, u32(page) + u32(0)),
            attribute(1, 0x00078008, kind)]


def file_(title, data, *properties):
    """One attachment: its rendering, short name, bytes and properties."""
    out = attribute(2, 0x00069002, u16(1) + u32(0xFFFFFFFF) + b"\0" * 8)
    out += attribute(2, 0x00018010, title + b"\0")
    if data is not None:
        out += attribute(2, 0x0006800F, data)
    if properties:
        out += attribute(2, 0x00069005, props(*properties))
    return out


def long_name(name):
    return prop(UNICODE, 0x3707, name)


def inside(stream):
    return prop(OBJECT, 0x3701, IMESSAGE + stream)


def rtf(text):
    """Compressed RTF without compression (MELA)."""
    return u32(len(text) + 12) + u32(len(text)) + b"MELA" + u32(0) + text


def lzfu(text):
    """Compressed RTF, every byte a literal and then the end mark (LZFu)."""
    out, at = b"", 207
    for i in range(0, len(text), 8):
        run = text[i:i + 8]
        out += bytes([0]) + run
        at += len(run)
    if len(text) % 8 == 0:
        out += bytes([1]) + struct.pack(">H", (at % 4096) << 4)
    return u32(len(out) + 12) + u32(len(text)) + b"LZFu" + u32(0) + out
