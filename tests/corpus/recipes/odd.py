"""Structure and encodings as they must not be, and as they come all the same."""
from .kitchen import *


def cases():
    yield from structure()
    yield from line_ends()
    yield from encodings()
    yield from headers()


def structure():
    two = [text(), pdf()]
    yield Case("preamble and epilogue", message(multi("mixed", two, preamble=raw("This is MIME.\n"), epilogue=raw("the end\n--x\n"))),
               [pdf_file()], "words")
    yield Case("no closing boundary", message(multi("mixed", two, close=False)), [pdf_file()], "words", warnings=["closing"])
    yield Case("no closing boundary inside", message(multi("mixed", [multi("alternative", [text(), html()], close=False), pdf()])),
               [pdf_file()], "words", "<p>words</p>\n", warnings=["closing"])
    body = multi("mixed", two, boundary="cut")
    yield Case("cut in the base64", message(body[:-160]), [File("a.pdf", None, "application/pdf")], "words", warnings=["closing"])
    yield Case("cut in a part's header", message(body[:body.index(b"application/pdf")]),
               [File("attachment-2.txt", b"", "text/plain")], "words", warnings=["closing"],
               tree=False, saved=False)
    yield Case("inner boundary begins with the outer", message(multi("mixed", [multi("alternative", [text(), html()], boundary="abcd"),
               pdf()], boundary="abc")), [pdf_file()], "words", "<p>words</p>")
    yield Case("outer boundary begins with the inner", message(multi("mixed", [multi("alternative", [text(), html()], boundary="abc"),
               pdf()], boundary="abcd")), [pdf_file()], "words", "<p>words</p>")
    for label, mark in [("spaces", "a b c"), ("colons", "a:b=c?d/e"), ("quote signs", "a'b(c)+_,-./"), ("dashes", "----=_Part_1"),
                        ("long", "b" * 70), ("short", "b"), ("digits", "0")]:
        yield Case("boundary: " + label, message(multi("mixed", two, boundary=mark)), [pdf_file()], "words")
    yield Case("boundary too long", message(multi("mixed", two, boundary="b" * 120)), [pdf_file()], "words", tree=False, saved=False)
    yield Case("boundary in 8 bits", message(multi("mixed", two, boundary="gr\u00fc\u00dfe".encode("latin-1"))), [pdf_file()], "words",
               tree=False, saved=False)
    yield Case("boundary without quotes", message(multi("mixed", two, boundary="xyz").replace(b'"xyz"', b"xyz")), [pdf_file()], "words")
    yield Case("boundary in single quotes", message(multi("mixed", two, boundary="'xyz'").replace(b"\"'xyz'\"", b"'xyz'")),
               [pdf_file()], "words")
    yield Case("boundary lines with spaces behind", message(multi("mixed", two, boundary="xyz").replace(b"--xyz\r\n", b"--xyz  \t\r\n")),
               [pdf_file()], "words")
    looks = raw("--\n--xyzz\n--xy\n -- xyz\n--xyz1\n-- \nsigned")
    yield Case("lines that look like boundaries", message(multi("mixed", [entity(["Content-Type: text/plain"], looks), pdf()],
               boundary="xyz")), [pdf_file()], looks.decode().replace("\r\n", "\n"),
               tree=False, saved=False)  # to Dovecot, what begins as a boundary is one
    part = lambda words: entity([], raw(words))
    yield Case("parts without headers", message(multi("mixed", [part("words"), pdf()])), [pdf_file()], "words")
    yield Case("a part without even an empty line", message(multi("mixed", [b"just words", pdf()])), [pdf_file()], "just words",
               warnings=["no header"], tree=False, saved=False)
    yield Case("no boundary named", message(multi("mixed", two, boundary="guessme").replace(b'; boundary="guessme"', b"")),
               [pdf_file()], "words", warnings=["no boundary"], tree=False, saved=False)
    yield Case("boundary never comes", message(entity(['Content-Type: multipart/mixed; boundary="x"'], raw("plain words\n"))), [],
               "plain words\n", warnings=["without parts"], tree=False)
    yield Case("multipart without parts inside", message(multi("mixed", [text(), entity(
               ['Content-Type: multipart/mixed; boundary="zz"'], b""), pdf()])), [pdf_file()], "words", warnings=["closing"], tree=False,
               saved=False)
    yield Case("same boundary in both", message(multi("mixed", [entity(['Content-Type: multipart/mixed; boundary="x"'],
               b"--x\r\n\r\nsame")], boundary="x")), [], "same", warnings=["closing"], tree=False, saved=False)
    yield Case("five hundred parts", message(multi("mixed", [text()] + [leaf("application/pdf", PDF[:20] + bytes([i % 250]),
               name="%d.pdf" % i) for i in range(500)])), [File("%d.pdf" % i, PDF[:20] + bytes([i % 250]), "application/pdf")
               for i in range(500)], "words")
    deep = text("deep")
    for i in range(40):
        deep = multi("mixed", [deep], boundary="d%d" % i)
    yield Case("forty multiparts deep", message(deep), [], "deep")
    for i in range(40, 150):
        deep = multi("mixed", [deep], boundary="d%d" % i)
    yield Case("hundred and fifty deep", message(deep), [File("attachment-%s.bin" % ".".join("1" * 100), None, "multipart/mixed")], "",
               warnings=["nested deeper"], tree=False, saved=False)
    chain = entity(["Subject: S"], b"x")
    for i in range(150):
        chain = entity(["Content-Type: message/rfc822"], chain)
    yield Case("hundred and fifty messages deep", message(chain), None, "", warnings=["nested deeper"], tree=False, saved=False)
    yield Case("nothing at all", b"", [], "", subject="", sender="", tree=False, saved=False)
    yield Case("an empty line", b"\r\n", [], "", subject="", sender="", tree=False, saved=False)
    yield Case("only a subject", b"Subject: A case\r\n", [], "", sender="", tree=False, saved=False)
    yield Case("header without an end", b"Subject: A case\r\nFrom: ann@example.com", [], "", tree=False, saved=False)
    yield Case("only words", b"only words\r\n", [], "only words\n", subject="", sender="", warnings=["no header"], tree=False, saved=False)
    yield Case("no MIME at all", b"From: ann@example.com\r\nSubject: A case\r\n\r\nwords\r\n", [], "words\n")
    yield Case("empty body", b"From: ann@example.com\r\nSubject: A case\r\n\r\n", [], "")
    yield Case("empty multipart/mixed", message(multi("mixed", [])), [], None, warnings=["without parts"], tree=False, saved=False)


def line_ends():
    whole = message(multi("mixed", [text("words\nmore"), pdf()], boundary="x"))
    expect = ([pdf_file()], "words\nmore")
    yield Case("LF only", whole.replace(b"\r\n", b"\n"), *expect)
    yield Case("CR only", whole.replace(b"\r\n", b"\r"), *expect, warnings=["old Macs"], tree=False, saved=False)
    lines = whole.split(b"\r\n")
    yield Case("mixed line ends", b"".join(l + (b"\n" if i % 2 else b"\r\n") for i, l in enumerate(lines)), *expect, saved=False)
    yield Case("LF header, CRLF body", whole[:200].replace(b"\r\n", b"\n") + whole[200:], *expect, saved=False)
    yield Case("a lone CR in a header", message(text(), ["Subject: A\rcase", "From: ann@example.com"]), [], "words",
               subject=None, tree=False, saved=False)
    yield Case("CR CR LF", whole.replace(b"more", b"mo\r\r\nre"), [pdf_file()], None, tree=False)
    yield Case("mbox line in front", b"From ann@example.com Mon Nov 23 10:00:00 2026\r\n" + whole, *expect, tree=False, saved=False)
    yield Case("quoted mbox line in front", b">From ann@example.com Mon Nov 23 10:00:00 2026\r\n" + whole, *expect, tree=False,
               saved=False)
    yield Case("NULs in the text", message(entity(["Content-Type: text/plain"], b"wo\0rds")), [], "words", tree=False, saved=False)
    yield Case("NULs in the header", message(text(), ["Subject: A\0 case", "From: ann@example.com"]), [], "words", tree=False, saved=False)
    yield Case("no line end at the end", message(multi("mixed", [text(), pdf()], boundary="x"))[:-2], [pdf_file()], "words")
    yield Case("a line of a megabyte", message(text("x" * 1_000_000)), [], "x" * 1_000_000)
    yield Case("white space for the empty line", message(multi("mixed", [text(), pdf()])).replace(b"MIME-Version: 1.0\r\n",
               b"MIME-Version: 1.0\r\nX-Odd: y\r\n"), [pdf_file()], "words")


def encodings():
    coded = base64(PDF)
    part = lambda body, cte="base64", name="a.pdf": entity(["Content-Type: application/pdf; name=" + name,
                                                           "Content-Transfer-Encoding: " + cte], body)
    letter = lambda p: message(multi("mixed", [text(), p]))
    for label, body in [
            ("plain", coded), ("no line breaks", base64(PDF, 10 ** 6)), ("long lines", base64(PDF, 900)), ("short lines", base64(PDF, 4)),
            ("odd lines", base64(PDF, 61)), ("LF", base64(PDF, end=b"\n")), ("no padding", coded.rstrip(b"=\r\n")),
            ("spaces", coded.replace(b"\r\n", b" \r\n ")),
            ("empty lines", coded.replace(b"\r\n", b"\r\n\r\n")), ("noise", coded[:100] + b"!*#" + coded[100:]),
            ("8-bit noise", coded[:100] + b"\xff\xa0" + coded[100:]), ("NUL noise", coded[:99] + b"\0" + coded[99:]),
            ("words behind", base64(PDF + b"xy") + b"-- \r\na list of people\r\n"),
            ("underscores behind", base64(PDF + b"xy") + b"\r\n_______________\r\nlist mailing list\r\n"),
            ("too much padding", base64(PDF + b"xy").rstrip() + b"====\r\n"), ("url alphabet", coded.replace(b"+", b"-").replace(b"/", b"_"))]:
        data = PDF + b"xy" if label in ("words behind", "underscores behind", "too much padding") else PDF
        yield Case("base64, " + label, letter(part(body.rstrip(b"\r\n"))), [File("a.pdf", data, "application/pdf")], "words",
                   tree=label != "NUL noise", saved=label not in ("LF", "NUL noise"))
    first, second = PDF[:100], PDF[100:]
    yield Case("base64 joined", letter(part(base64(first) + base64(second))), [pdf_file()], "words")
    yield Case("base64 joined, lines", letter(part(b"".join(base64(PDF[i:i + 10]) for i in range(0, len(PDF), 10)).rstrip())),
               [pdf_file()], "words")
    for cte in ("BASE64", " base64 ", '"base64"', "base64;", "base64 (comment)"):
        yield Case("encoding written " + cte, letter(part(coded.rstrip(), cte)), [pdf_file()], "words", tree=cte == "BASE64",
                   saved=cte in ("BASE64", " base64 "))
    for cte in ("x-unknown", "gzip", "base-64"):
        yield Case("unknown encoding " + cte, letter(part(b"%PDF raw", cte)), [File("a.pdf", b"%PDF raw", "application/pdf")], "words",
                   warnings=["unknown encoding"])
    yield Case("multipart in base64", message(multi("mixed", [text(), pdf()], headers=["Content-Transfer-Encoding: base64"])), [pdf_file()],
               "words", warnings=["multipart says"], tree=False)
    yield Case("multipart in quoted-printable", message(multi("mixed", [text(), pdf()],
               headers=["Content-Transfer-Encoding: quoted-printable"])), [pdf_file()], "words", warnings=["multipart says"],
               tree=False)
    yield Case("multipart in 8bit", message(multi("mixed", [text(), pdf()], headers=["Content-Transfer-Encoding: 8bit"])), [pdf_file()], "words",
               tree=False)
    quote = lambda body: message(entity(["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"], body))
    for label, body, words in [
            ("accents", b"caf=C3=A9", "caf\u00e9"), ("lower case", b"caf=c3=a9", "caf\u00e9"), ("soft break", b"wo=\r\nrds", "words"),
            ("soft break, spaces behind", b"wo=  \t\r\nrds", "words"), ("soft break, LF", b"wo=\nrds", "words"),
            ("broken escape", b"50=% off =ZZ", "50=% off =ZZ"), ("escape cut", b"words=", "words"), ("half escape", b"words=4", "words=4"),
            ("two equals", b"a==41", "a=A"), ("trailing spaces", b"words   \r\nmore", "words\nmore"), ("raw 8 bit", "caf\u00e9".encode(), "caf\u00e9"),
            ("long line", b"a" * 3000, "a" * 3000), ("encoded line end", b"a=0D=0Ab", "a\nb"), ("soft break, CR", b"wo=\rrds", "words")]:
        yield Case("quoted, " + label, quote(body), [], words, tree=label not in ("soft break, CR",), saved=True)
    yield Case("quoted pdf", letter(entity(["Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: quoted-printable"],
               quoted(XML))), [File("a.pdf", XML.replace(b"\r\n", b"\r\n"), "application/pdf")], "words")
    yield Case("binary", letter(part(PDF.replace(b"\n", b"\r\n").replace(b"\0", b"0"), "binary")),
               [File("a.pdf", PDF.replace(b"\n", b"\r\n").replace(b"\0", b"0"), "application/pdf")], "words", tree=False, saved=False)
    yield Case("encoding x-uuencode", letter(part(uuencode(PDF, "a.pdf"), "x-uuencode")), [pdf_file()], "words")
    yield Case("encoding uuencode", letter(part(uuencode(PDF, "a.pdf"), "uuencode")), [pdf_file()], "words")
    yield Case("empty base64", letter(part(b"")), [File("a.pdf", b"", "application/pdf")], "words")
    yield Case("text in base64", message(leaf("text/plain; charset=utf-8", "caf\u00e9".encode())), [], "caf\u00e9")


def headers():
    for label, line, warnings in [
            ("no colon", "this is no header", []), ("space before the colon", "X-Odd : y", []), ("no name", ": y", []),
            ("8 bit name", b"X-\xe9: y", []), ("long", "X-Long: " + "y" * 50_000, []),
            ("many", "\r\n".join("X-%d: y" % i for i in range(2000)), [])]:
        top = TOP[:3] + [line] + TOP[3:]
        yield Case("header: " + label, message(multi("mixed", [text(), pdf()]), top), [pdf_file()], "words", warnings=warnings,
                   tree=label != "no name", saved=label != "no name")
    for label, line in [("empty", "Content-Type:"), ("garbage", "Content-Type: garbage"), ("only a slash", "Content-Type: /"),
                        ("quotes", 'Content-Type: "text/plain"')]:
        yield Case("content-type " + label, message(entity([line], raw("words"))), {"empty": [], "garbage":
                   [File("attachment-1.bin", b"words", "garbage/octet-stream")]}.get(label), None,
                   tree=False, saved=False)
    yield Case("content-type upper case", message(entity(["CONTENT-TYPE: TEXT/PLAIN; CHARSET=UTF-8"], raw("words"))), [], "words")
    yield Case("content-type folded", message(entity(["Content-Type:\r\n text/plain;\r\n\tcharset=utf-8"], raw("words"))), [], "words")
    yield Case("content-type with a comment", message(entity(["Content-Type: text/plain (plain); charset=utf-8"], raw("words"))), [], "words",
               tree=False)
    yield Case("two content-types", message(entity(["Content-Type: text/plain", "Content-Type: text/html"], raw("words"))), [], None,
               tree=False, saved=False)
    yield Case("two froms", message(text(), TOP + ["From: other@example.com"]), [], "words")
    yield Case("subject in two words", message(text(), ["From: ann@example.com", "Subject: =?utf-8?Q?A_?= =?utf-8?Q?case?="]), [], "words")
    yield Case("no MIME version", message(multi("mixed", [text(), pdf()]), TOP[:-1]), [pdf_file()], "words")
