"""Files inside other forms: winmail.dat, uuencode and yEnc in the text, the Mac's forms."""
from .kitchen import *
from .tnef import *

WORDS = raw("see below\n\n")
NOW = 1_795_428_000  # 2026-11-23T10:00:00Z


def cases():
    yield from written_into_text()
    yield from winmail()
    yield from mac()


def plain(body, kind="text/plain"):
    return message(entity(["Content-Type: " + kind], body))


def words_of(body):
    return body.decode("latin-1").replace("\r\n", "\n")


def written_into_text():
    block = uuencode(PDF, "a.pdf")
    case = lambda label, body, files, **more: Case(label, plain(body), files, words_of(body), **more)
    yield case("uuencode", WORDS + block, [pdf_file()])
    yield case("uuencode, words behind", WORDS + block + raw("bye\n"), [pdf_file()])
    yield case("uuencode, nothing else", block, [pdf_file()])
    yield Case("uuencode without MIME", b"From: ann@example.com\r\nSubject: A case\r\n\r\n" + block, [pdf_file()], words_of(block))
    yield case("uuencode twice", WORDS + block + raw("and\n") + uuencode(XML, "b.xml"), [pdf_file(), File("b.xml", XML, "application/xml")])
    yield case("uuencode same name", block + block, [pdf_file(), pdf_file()])
    yield case("uuencode, mode of four", block.replace(b"begin 644", b"begin 0644"), [pdf_file()])
    yield case("uuencode, spaces for zeros", uuencode(XML, "x.xml").replace(b"`", b" "), [File("x.xml", XML, "application/xml")])
    yield case("uuencode, a name with spaces", block.replace(b"a.pdf", b"my a.pdf"), [pdf_file("my a.pdf")])
    yield case("uuencode, end missing", WORDS + uuencode(PDF, "a.pdf", end=False), [pdf_file()], warnings=["cut off"])
    yield case("uuencode, end missing, words behind", WORDS + uuencode(PDF, "a.pdf", end=False) + raw("bye now, dear friend\n"), [pdf_file()],
               warnings=["cut off"])
    yield case("uuencode, zero line missing", block.replace(b"`\r\nend", b"end"), [pdf_file()])
    yield case("uuencode of nothing", raw("begin 644 empty.txt\n`\nend\n"), [File("empty.txt", b"", "text/plain")])
    yield case("uuencode, three bytes", raw("begin 644 cat.txt\n#0V%T\n`\nend\n"), [File("cat.txt", b"Cat", "text/plain")])
    import base64 as b64
    yield case("begin-base64", b"begin-base64 644 a.pdf\r\n" + base64(PDF) + b"====\r\n", [pdf_file()])
    # Words that look like it.
    for label, words in [
            ("a sentence", "begin 644 people to invite\nThey come at nine.\nAll of them.\n"), ("no mode", "begin the meeting\nend\n"),
            ("no name", "begin 644\nend\n"), ("a name and nothing", "begin 644 report.pdf\n\nThat was all there was to it.\n"),
            ("only begin and end", "begin 644 report.pdf\nend\n"), ("inside a line", "to begin 644 a.pdf\n#0V%T\n`\nend\n"),
            ("quoted", "> begin 644 a.pdf\n> #0V%T\n> `\n> end\n"), ("one line without end", "begin 644 a.pdf\n#0V%T\n"),
            ("mode of letters", "begin abc a.pdf\n#0V%T\n`\nend\n"), ("code", "begin\n  x := 1;\nend\n"),
            ("mode too long", "begin 64444 a.pdf\n#0V%T\n`\nend\n"), ("yenc without a name", "=ybegin line=128 size=3\nabc\n=yend size=3\n"),
            ("yenc word", "=ybegin is how a yEnc file starts\n")]:
        yield case("not uuencode: " + label, raw(words), [])
    page = message(multi("alternative", [entity(["Content-Type: text/plain"], block), html()]))
    yield Case("uuencode beside HTML is text", page, [], None, "<p>words</p>")
    for label, data, more, warnings in [("whole", ZIP, {}, []), ("wrong checksum", ZIP, {"crc": 1}, ["damaged"]),
                                        ("wrong size", ZIP, {"size": 9}, ["damaged"]), ("a piece", ZIP, {"part": True}, ["piece"])]:
        body = yenc(data, "files.zip", **more)
        yield Case("yenc, " + label, plain(body, "text/plain; charset=iso-8859-1"), [File("files.zip", data, "application/zip")], None,
                   warnings=warnings, tree=False, saved=b"\0" not in body)
    yield Case("uuencode with a list's footer", message(multi("mixed", [entity(["Content-Type: text/plain"], block), text("list footer")])),
               [pdf_file(), File("attachment-2.txt", b"list footer", "text/plain")], None)
    inner = message(entity(["Content-Type: text/plain"], block), ["Subject: Inner"])
    yield Case("uuencode in a forwarded message", message(multi("mixed", [text(), attached(inner)])),
               [File("Inner.eml", inner, "message/rfc822"), pdf_file().inside("Inner.eml")], "words")


def letter(stream, name="winmail.dat", kind="application/ms-tnef", words=True):
    part = leaf(kind, stream, name=name, disposition="attachment")
    return message(multi("mixed", [text(), part]) if words else part)


def winmail():
    inside_of = lambda file: file.inside("winmail.dat")
    simple = tnef(head() + [file_(b"A.PDF", PDF, long_name("a.pdf"))])
    good = [inside_of(pdf_file())]
    for kind in ("application/ms-tnef", "application/vnd.ms-tnef", "application/octet-stream"):
        yield Case("winmail " + kind, letter(simple, kind=kind), good, "words")
    yield Case("winmail named otherwise", letter(simple, name="noname.dat"), [pdf_file().inside("noname.dat")], "words")
    yield Case("WINMAIL.DAT", letter(simple, name="WINMAIL.DAT", kind="application/octet-stream"), [pdf_file().inside("WINMAIL.DAT")], "words")
    yield Case("win.dat", letter(simple, name="win.dat", kind="application/octet-stream"), [pdf_file().inside("win.dat")], "words")
    yield Case("winmail without a name", message(multi("mixed", [text(), leaf("application/ms-tnef", simple)])),
               [pdf_file().inside("attachment-2.dat")], "words")
    yield Case("winmail with a content-type", letter(tnef(head() + [file_(b"x", ZIP, long_name("b.zip"), prop(STRING8, 0x370E,
               b"Application/Zip"))])), [inside_of(File("b.zip", ZIP, "application/zip"))], "words")
    several = [("one.pdf", PDF), ("two.docx", DOCX), ("three.xml", XML), ("Unicode \u4f60\u597d.png", PNG)]
    kinds = ["application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/xml", "image/png"]
    yield Case("winmail with four files", letter(tnef(head() + [file_(b"X", d, long_name(n)) for n, d in several])),
               [inside_of(File(n, d, k)) for (n, d), k in zip(several, kinds)], "words")
    yield Case("winmail, title only", letter(tnef(head() + [file_(b"title.pdf", PDF)])), [inside_of(pdf_file("title.pdf"))], "words")
    yield Case("winmail, title in another code page", letter(tnef(head(page=1251) + [file_("\u0441\u0447\u0451\u0442.pdf".encode("cp1251"), PDF)])),
               [inside_of(pdf_file("\u0441\u0447\u0451\u0442.pdf"))], "words")
    yield Case("winmail, long name in 8 bits", letter(tnef(head(page=1252) + [file_(b"x", PDF, prop(STRING8, 0x3707, "\u00e9.pdf".encode("cp1252")))])),
               [inside_of(pdf_file("\u00e9.pdf"))], "words")
    yield Case("winmail, no name", letter(tnef(head() + [file_(b"", PDF)])), [inside_of(File("attachment-1.bin", PDF, "application/octet-stream"))],
               "words")
    yield Case("winmail, bytes in a property", letter(tnef(head() + [file_(b"a.pdf", None, long_name("a.pdf"), prop(BINARY, 0x3701, PDF))])), good,
               "words")
    yield Case("winmail, empty file", letter(tnef(head() + [file_(b"e.txt", b"")])), [inside_of(File("e.txt", b"", "text/plain"))], "words")
    yield Case("winmail, same names", letter(tnef(head() + [file_(b"a.pdf", PDF), file_(b"a.pdf", ZIP)])),
               [inside_of(pdf_file()), inside_of(File("a.pdf", ZIP, "application/pdf"))], "words")
    yield Case("winmail, dangerous name", letter(tnef(head() + [file_(b"x", PDF, long_name("..\\..\\a.pdf"))])),
               [inside_of(pdf_file("..\\..\\a.pdf"))], "words")
    yield Case("winmail, only layout", letter(tnef(head() + [attribute(1, 0x00069003, props(prop(BINARY, 0x1009, rtf(b"{\\rtf1 x}"))))])), [], "words")
    # Its own text, where the mail has no other.
    for label, properties, file in [
            ("html", [prop(BINARY, 0x1013, b"<p>hello</p>"), prop(UNICODE, 0x1000, "hello")], File("message.html", b"<p>hello</p>", "text/html")),
            ("text", [prop(UNICODE, 0x1000, "hello")], File("message.txt", b"hello", "text/plain")),
            ("rtf", [prop(BINARY, 0x1009, rtf(b"{\\rtf1 hello}"))], File("message.rtf", b"{\\rtf1 hello}", "application/rtf")),
            ("packed rtf", [prop(BINARY, 0x1009, lzfu(b"{\\rtf1 hello there, all of you}"))],
             File("message.rtf", b"{\\rtf1 hello there, all of you}", "application/rtf"))]:
        stream = tnef(head() + [attribute(1, 0x00069003, props(*properties)), file_(b"a.pdf", PDF)])
        yield Case("winmail alone, " + label, letter(stream, words=False), [inside_of(file), inside_of(pdf_file())], "")
        yield Case("winmail beside words, " + label, letter(stream), [inside_of(pdf_file())], "words")
    # A picture that its text shows.
    picture = file_(b"image001.png", PNG, long_name("image001.png"), prop(STRING8, 0x3712, b"image001.png@01D"))
    page = attribute(1, 0x00069003, props(prop(BINARY, 0x1013, b'<img src="cid:image001.png@01D">')))
    laid = attribute(1, 0x00069003, props(prop(BINARY, 0x1009, rtf(b'{\\rtf1\\fromhtml1 {\\*\\htmltag <img src="cid:image001.png@01D">}}'))))
    for label, own in (("html", page), ("rtf", laid)):
        yield Case("winmail, picture shown by its " + label, letter(tnef(head() + [own, picture, file_(b"a.pdf", PDF)])),
                   [inside_of(File("image001.png", PNG, "image/png", inline=True)), inside_of(pdf_file())], "words")
    # Messages inside.
    inner = tnef(head() + [attribute(1, 0x00069003, props(prop(UNICODE, 0x0037, "Offer"), prop(UNICODE, 0x1000, "inner words"),
                 prop(UNICODE, 0x0C1A, "Carl"), prop(UNICODE, 0x5D01, "carl@example.net"), prop(TIME, 0x0039, filetime(NOW)))),
                           file_(b"b.zip", ZIP, long_name("b.zip"))])
    eml = File("Offer.eml", None, "message/rfc822")
    stream = tnef(head() + [file_(b"Offer", None, prop(LONG, 0x3705, 5), inside(inner)), file_(b"a.pdf", PDF)])
    yield Case("winmail with a message", letter(stream), [inside_of(eml), inside_of(File("b.zip", ZIP, "application/zip").inside("Offer.eml")),
               inside_of(pdf_file())], "words")
    deeper = tnef(head() + [attribute(1, 0x00069003, props(prop(UNICODE, 0x0037, "Outer"))), file_(b"Offer", None, inside(inner))])
    yield Case("winmail with a message in a message", letter(tnef(head() + [file_(b"Outer", None, inside(deeper))])),
               [inside_of(File("Outer.eml", None, "message/rfc822")), inside_of(eml.inside("Outer.eml")),
                inside_of(File("b.zip", ZIP, "application/zip").inside("Outer.eml", "Offer.eml"))], "words")
    chain = inner
    for i in range(30):
        chain = tnef(head() + [file_(b"m%d" % i, None, inside(chain))])
    yield Case("winmail thirty deep", letter(chain), None, "words", warnings=["deeper"])
    forwarded = message(multi("mixed", [text("inner"), leaf("application/ms-tnef", simple, name="winmail.dat")]), ["Subject: Inner"])
    yield Case("winmail in a forwarded message", message(multi("mixed", [text(), attached(forwarded)])),
               [File("Inner.eml", forwarded, "message/rfc822"), pdf_file().inside("Inner.eml", "winmail.dat")], "words")
    thrice = forwarded
    files = [pdf_file().inside("winmail.dat")]
    previous = forwarded
    files = [File("Inner.eml", forwarded, "message/rfc822")] + [f.inside("Inner.eml") for f in files]
    for name in ("2.eml", "3.eml"):
        outer = message(multi("mixed", [text("level"), attached(thrice, name if name == "3.eml" else None)]), ["Subject: Two"])
        if name == "3.eml":
            files = [File("3.eml", thrice, "message/rfc822")] + [f.inside("3.eml") for f in files]
        thrice = outer
    yield Case("eml in eml in eml with winmail", thrice, files, "level", subject="Two", sender="")
    # An attached .eml as a plain file.
    note = message(multi("mixed", [text("x"), pdf()]), ["Subject: N"])
    yield Case("winmail with an eml file", letter(tnef(head() + [file_(b"n.eml", note, long_name("n.eml"))])),
               [inside_of(File("n.eml", note, "message/rfc822")), inside_of(pdf_file().inside("n.eml"))], "words")
    # Meetings.
    meeting = [prop(UNICODE, 0x0037, "Budget"), prop(TIME, 0x8001, filetime(NOW), (APPOINTMENT, 0x820D)),
               prop(TIME, 0x8002, filetime(NOW + 1800), (APPOINTMENT, 0x820E))]
    for label, kind in (("request", b"IPM.Schedule.Meeting.Request\0"), ("old request", b"IPM.Microsoft Schedule.MtgReq\0"),
                        ("cancel", b"IPM.Schedule.Meeting.Canceled\0"), ("answer", b"IPM.Schedule.Meeting.Resp.Pos\0"),
                        ("appointment", b"IPM.Appointment\0")):
        yield Case("winmail meeting " + label, letter(tnef(head(kind) + [attribute(1, 0x00069003, props(*meeting))])),
                   [inside_of(File("invite.ics", None, "text/calendar"))], "words")
    kept = lambda stream, name="winmail.dat": [File(name, stream, "application/ms-tnef")]
    stream = tnef(head(b"IPM.Schedule.Meeting.Request\0"))
    yield Case("winmail meeting without a time", letter(stream), kept(stream), "words", warnings=["meeting whose time"])
    stream = tnef(head(b"IPM.Contact\0"))
    yield Case("winmail with a contact", letter(stream), kept(stream), "words", warnings=["IPM.Contact"])
    # Broken ones.
    for label, stream in [("empty", b""), ("not one", b"hello"), ("html", b"<html>no</html>"), ("signature only", simple[:3])]:
        yield Case("winmail " + label, letter(stream), kept(stream), "words", warnings=["no winmail.dat"])
    cut = simple[:-300]
    yield Case("winmail cut", letter(cut), None, "words",
               warnings=["damaged"])
    two = tnef(head() + [file_(b"a.pdf", PDF), file_(b"b.zip", ZIP)])
    cut = two[:-100]
    yield Case("winmail cut in the second file", letter(cut), kept(cut) + [inside_of(pdf_file()), inside_of(File("b.zip", b"",
               "application/zip"))], "words", warnings=["damaged"])
    wrong = simple.replace(PDF, PDF[:-1] + b"?")
    yield Case("winmail with a wrong checksum", letter(wrong), kept(wrong) + [inside_of(File("a.pdf", PDF[:-1] + b"?", "application/pdf"))],
               "words", warnings=["checksum"])
    huge = u32(SIGNATURE) + u16(1) + bytes([1]) + u32(0x00069003) + u32(0xFFFFFFF0) + b"x" * 20
    yield Case("winmail that claims 4 GB", letter(huge), kept(huge), "words", warnings=["damaged"])


def apple(data, name=None, magic=0x00051600, fork=True):
    entries = []
    if name:
        entries.append((3, name))
    if fork:
        entries.append((1, data))
    entries.append((2, b"resources"))
    out = struct.pack(">II16sH", magic, 0x00020000, b"", len(entries))
    at = len(out) + 12 * len(entries)
    for ident, value in entries:
        out += struct.pack(">III", ident, at, len(value))
        at += len(value)
    return out + b"".join(v for _, v in entries)


def mac():
    fork = apple(b"", magic=0x00051607, fork=False)
    half = lambda **m: leaf("application/applefile", fork, **m)
    for label, parts in [("name on both", [half(name="%a.pdf"), pdf()]), ("name on the data", [half(), pdf()])]:
        yield Case("appledouble, " + label, message(multi("mixed", [text(), multi("appledouble", parts)])), [pdf_file()], "words")
    yield Case("appledouble, name on the fork", message(multi("mixed", [text(), multi("appledouble", [half(name="a.pdf"),
               leaf("application/pdf", PDF)])])), [pdf_file()], "words")
    yield Case("appledouble of a picture", message(multi("mixed", [text(), multi("appledouble", [half(name="l.png"),
               leaf("image/png", PNG, name="l.png", disposition="inline")])])), [File("l.png", PNG, "image/png")], "words")
    yield Case("applesingle", message(multi("mixed", [text(), leaf("application/applefile", apple(PDF, b"inner.pdf"), name="a.pdf")])),
               [pdf_file("inner.pdf")], "words")
    yield Case("applesingle without a name", message(multi("mixed", [text(), leaf("application/applefile", apple(PDF), name="a.pdf")])),
               [pdf_file()], "words")
    yield Case("fork alone", message(multi("mixed", [text(), half(name="a.pdf")])), [File("a.pdf", fork, "application/applefile")], "words",
               warnings=["resource fork"])
    yield Case("no applefile", message(multi("mixed", [text(), leaf("application/applefile", b"junk", name="a.pdf")])),
               [File("a.pdf", b"junk", "application/applefile")], "words", warnings=["no Mac file"])
    hqx = b"(This file must be converted with BinHex 4.0)\r\n:abc:\r\n"
    yield Case("binhex", message(multi("mixed", [text(), leaf("application/mac-binhex40", hqx, None, "a.hqx")])),
               [File("a.hqx", hqx, "application/mac-binhex40")], "words", warnings=["BinHex"])
    binary = b"\0\x05a.pdf" + b"\0" * 121 + PDF
    yield Case("macbinary", message(multi("mixed", [text(), leaf("application/x-macbinary", binary, name="a.bin")])),
               [File("a.bin", binary, "application/x-macbinary")], "words", warnings=["MacBinary"])
