"""How programs put files beside words: dispositions, names, bodies, alternatives, related parts."""
from .kitchen import *

# What real programs write where RFC 2183 has "attachment" or "inline", and what they leave out.
DISPOSITIONS = [None, "attachment", "inline", "ATTACHMENT", "Inline", "file", "form-data", "attachement", "unknown",
                '"attachment"', "attachment; size=12", "inline; creation-date=\"Mon, 23 Nov 2026 10:00:00 +0000\"",
                ";", "attachment ;", "hidden"]

KINDS = [("application/pdf", "a.pdf", PDF), ("image/png", "logo.png", PNG), ("application/zip", "files.zip", ZIP),
         ("application/octet-stream", "data.bin", content("bin", 100)), ("text/xml", "fattura.xml", XML),
         ("text/csv", "rows.csv", b"a;b\r\n1;2\r\n"), ("application/xml", "order.xml", XML),
         ("text/plain", "notes.txt", b"not the body\r\n"), ("text/html", "page.html", b"<p>not the body</p>"),
         ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "letter.docx", DOCX),
         ("audio/mpeg", "call.mp3", content("mp3", 400)), ("video/mp4", "clip.mp4", content("mp4", 400)),
         ("model/step", "part.stp", content("stp", 64)), ("application/x-unknown", "x.y", content("x", 10)),
         ("text/vcard", "ann.vcf", b"BEGIN:VCARD\r\nFN:Ann\r\nEND:VCARD\r\n")]


def cases():
    # A file after the words, whatever its disposition says.
    for number, disposition in enumerate(DISPOSITIONS):
        yield Case("disposition %d %s" % (number, (disposition or "none").split(";")[0]),
                   message(multi("mixed", [text(), pdf(disposition=disposition)])), [pdf_file()], "words",
                   tree=disposition != '"attachment"')
    # Each kind of file after the words, and as the whole message.
    for kind, name, data in KINDS:
        yield Case("kind " + name, message(multi("mixed", [text(), leaf(kind, data, name=name)])),
                   [File(name, data, kind)], "words")
        yield Case("kind attached " + name, message(multi("mixed", [text(), leaf(kind, data, name=name,
                   disposition="attachment")])), [File(name, data, kind)], "words")
        if not kind.startswith("text/") or kind in ("text/csv", "text/xml", "text/vcard"):
            yield Case("alone " + name, message(leaf(kind, data, name=name)), [File(name, data, kind)], "")
        yield Case("alone attached " + name, message(leaf(kind, data, name=name, disposition="attachment")),
                   [File(name, data, kind)], "")
    # One message that is one PDF.
    for label, part in [("inline", pdf(disposition="inline")), ("no disposition", pdf(disposition=None)),
                        ("name in type", pdf(where="type")), ("name in disposition", pdf(where="disposition")),
                        ("7bit", leaf("application/pdf", b"%PDF ascii", None, "a.pdf"))]:
        data = b"%PDF ascii" if label == "7bit" else PDF
        yield Case("one pdf " + label, message(part), [File("a.pdf", data, "application/pdf")], "")
    yield Case("one pdf without a name", message(leaf("application/pdf", PDF)),
               [File("attachment-1.pdf", PDF, "application/pdf")], "")
    # Parts without names.
    for kind, extension, data in [("application/pdf", ".pdf", PDF), ("image/png", ".png", PNG), ("image/jpeg", ".jpg", PNG),
                                  ("text/csv", ".csv", b"a;b"), ("application/x-odd", ".bin", ZIP),
                                  ("application/zip", ".zip", ZIP), ("text/x-odd", ".txt", b"odd")]:
        yield Case("unnamed " + kind, message(multi("mixed", [text(), leaf(kind, data)])),
                   [File("attachment-2" + extension, data, kind)], "words")
    # The same name twice and thrice: the list keeps them, saving numbers them.
    for count in (2, 3, 20):
        parts = [leaf("application/pdf", PDF + bytes([i]), name="invoice.pdf") for i in range(count)]
        yield Case("same name %d" % count, message(multi("mixed", [text()] + parts)),
                   [File("invoice.pdf", PDF + bytes([i]), "application/pdf") for i in range(count)], "words")
    # Names that must reach the list as they are; safe_file_name makes them safe.
    for label, name, seen in [("spaces", "my invoice.pdf", None), ("dots", "a.b.c.pdf", None), ("slash", "x/y.pdf", None),
                              ("up", "../../etc/passwd", None), ("back", "..\\\\..\\\\evil.pdf", "..\\..\\evil.pdf"),
                              ("device", "CON.pdf", None), ("long", "n" * 180 + ".pdf", None), ("semicolon", "a;b.pdf", None),
                              ("no extension", "invoice", None), ("leading dot", ".bashrc", None),
                              ("parentheses", "report (1).pdf", None), ("equals", "a=b.pdf", None)]:
        yield Case("name " + label, message(multi("mixed", [text(), pdf(name)])), [pdf_file(seen or name)], "words")
    for label, header, seen in [
            ("2231", "filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
            ("continued", 'filename*0="in"; filename*1="voice.pdf"', "invoice.pdf"),
            ("encoded word", 'filename="=?utf-8?B?w6kucGRm?="', "é.pdf"), ("unquoted", "filename=my invoice.pdf", "my invoice.pdf"),
            ("unclosed", 'filename="a.pdf', "a.pdf")]:
        part = entity(["Content-Type: application/pdf", "Content-Disposition: attachment; " + header,
                       "Content-Transfer-Encoding: base64"], base64(PDF).rstrip())
        yield Case("name form " + label, message(multi("mixed", [text(), part])), [pdf_file(seen)], "words",
                   tree=label not in ("unclosed", "unquoted"), saved=label not in ("unclosed", "unquoted"))
    yield from bodies()
    yield from related()


def bodies():
    pair = lambda: multi("alternative", [text(), html()])
    page = "<p>words</p>"
    yield Case("text", message(text()), [], "words")
    yield Case("html", message(html()), [], None, page)
    yield Case("alternative", message(pair()), [], "words", page)
    yield Case("alternative turned", message(multi("alternative", [html(), text()])), [], "words", page)
    yield Case("alternative of one", message(multi("alternative", [html()])), [], None, page)
    yield Case("alternative with three", message(multi("alternative", [text(), leaf("text/enriched", b"rich", None), html()])),
               [], "words", page)
    yield Case("two html in an alternative", message(multi("alternative", [text(), html("<p>old</p>"), html()])), [], "words", page)
    yield Case("alternative with pdf", message(multi("alternative", [text(), html(), pdf()])), [pdf_file()], "words", page)
    yield Case("alternative with an attached page", message(multi("alternative", [text(), leaf("text/html", b"<p>f</p>",
               name="f.html", disposition="attachment")])), [File("f.html", b"<p>f</p>", "text/html")], "words", "")
    yield Case("mixed of alternative", message(multi("mixed", [pair(), pdf()])), [pdf_file()], "words", page)
    yield Case("mixed inside mixed", message(multi("mixed", [multi("mixed", [text(), pdf("1.pdf")]), pdf("2.pdf")])),
               [pdf_file("1.pdf"), pdf_file("2.pdf")], "words")
    yield Case("file first", message(multi("mixed", [pdf(), text()])), [pdf_file()], "words")
    yield Case("words between files", message(multi("mixed", [pdf("1.pdf"), text(), pdf("2.pdf")])),
               [pdf_file("1.pdf"), pdf_file("2.pdf")], "words")
    yield Case("second text", message(multi("mixed", [text(), text("footer")])),
               [File("attachment-2.txt", b"footer", "text/plain")], "words")
    yield Case("second html", message(multi("mixed", [html(), html("<p>more</p>")])),
               [File("attachment-2.html", b"<p>more</p>", "text/html")], None, page)
    yield Case("text then html", message(multi("mixed", [text(), html()])),
               [File("attachment-2.html", raw(page), "text/html")], "words", "")
    yield Case("html then text", message(multi("mixed", [html(), text("more")])),
               [File("attachment-2.txt", b"more", "text/plain")], None, page)
    yield Case("apple: words around a file", message(multi("mixed", [text(), pdf(disposition="inline"), text("after")])),
               [pdf_file(), File("attachment-3.txt", b"after", "text/plain")], "words")
    yield Case("apple: pdf inside the alternative", message(multi("alternative", [text(), multi("mixed",
               [html(), pdf(disposition="inline"), html("<p>after</p>")])])),
               [pdf_file(), File("attachment-2.3.html", b"<p>after</p>", "text/html")], "words", page)
    yield Case("attached text only", message(multi("mixed", [leaf("text/plain", b"n", None, "n.txt", "attachment")])),
               [File("n.txt", b"n", "text/plain")], "")
    yield Case("named text before the body", message(multi("mixed", [leaf("text/plain", b"n", None, "n.txt"), text()])),
               [File("n.txt", b"n", "text/plain")], "words")
    yield Case("a body with a name", message(leaf("text/html; charset=utf-8", raw(page), None, "body.html")), [], None, page)
    yield Case("inline text with a name", message(multi("mixed", [text(), leaf("text/plain", b"n", None, "n.txt", "inline")])),
               [File("n.txt", b"n", "text/plain")], "words")
    yield Case("html attached", message(multi("mixed", [text(), leaf("text/html", b"<p>", None, "r.html", "attachment")])),
               [File("r.html", b"<p>", "text/html")], "words", "")
    yield Case("html inline with a name", message(multi("mixed", [text(), leaf("text/html", b"<p>", None, "r.html", "inline")])),
               [File("r.html", b"<p>", "text/html")], "words", "")
    yield Case("only files", message(multi("mixed", [pdf("1.pdf"), pdf("2.pdf")])), [pdf_file("1.pdf"), pdf_file("2.pdf")], "")
    yield Case("empty words and a file", message(multi("mixed", [text(""), pdf()])), [pdf_file()], "")
    yield Case("unknown multipart", message(multi("x-odd", [text(), pdf()])), [pdf_file()], "words")
    yield Case("parallel", message(multi("parallel", [text(), pdf()])), [pdf_file()], "words")
    yield Case("form data", message(multi("form-data", [text(), pdf()])), [pdf_file()], "words")
    yield Case("mixed of one", message(multi("mixed", [text()])), [], "words")


def related():
    img = '<img src="cid:logo@x">'
    logo = lambda disposition="inline", cid="<logo@x>", name="logo.png": leaf(
        "image/png", PNG, name=name, disposition=disposition, headers=["Content-ID: " + cid])
    shown = File("logo.png", PNG, "image/png", inline=True)
    lost = File("logo.png", PNG, "image/png")
    page = html(img)
    for disposition in (None, "inline", "attachment"):
        label = disposition or "none"
        yield Case("cid in related, " + label, message(multi("related", [page, logo(disposition)])), [shown], None, img)
        yield Case("cid in mixed, " + label, message(multi("mixed", [page, logo(disposition)])), [shown], None, img)
        yield Case("not shown in related, " + label, message(multi("related", [html(), logo(disposition)])), [lost], None,
                   "<p>words</p>")
        yield Case("not shown in mixed, " + label, message(multi("mixed", [html(), logo(disposition)])), [lost], None,
                   "<p>words</p>")
        yield Case("no html, " + label, message(multi("mixed", [text(), logo(disposition)])), [lost], "words")
        yield Case("gmail, " + label, message(multi("mixed", [multi("related", [multi("alternative", [text(), page]),
                   logo(disposition)]), pdf()])), [shown, pdf_file()], "words", img)
        yield Case("thunderbird, " + label, message(multi("mixed", [multi("alternative", [text(), multi("related",
                   [page, logo(disposition)])]), pdf()])), [shown, pdf_file()], "words", img)
        yield Case("outlook, " + label, message(multi("related", [multi("alternative", [text(), page]), logo(disposition)])),
                   [shown], "words", img)
        yield Case("pdf inside related, " + label, message(multi("related", [page, logo(), pdf(disposition=disposition)])),
                   [shown, pdf_file()], None, img)
    for label, source in [("upper case", '<img src="CID:LOGO@X">'), ("single quotes", "<img src='cid:logo@x'>"),
                          ("no quotes", "<img src=cid:logo@x>"), ("percent", '<img src="cid:logo%40x">'),
                          ("entity", '<img src="cid:logo&#64;x">'), ("hex entity", '<img src="cid:logo&#x40;x">'),
                          ("background", '<td background="cid:logo@x">'), ("style", "<p style=\"background:url(cid:logo@x)\">"),
                          ("link", '<a href="cid:logo@x">logo</a>'), ("vml", '<v:imagedata src="cid:logo@x" o:title="l"/>')]:
        yield Case("reference " + label, message(multi("related", [html(source), logo()])), [shown], None, source)
    for label, cid in [("no brackets", "logo@x"), ("spaces", " < logo@x > "), ("folded", "\r\n <logo@x>")]:
        yield Case("content-id " + label, message(multi("related", [page, logo(cid=cid)])), [shown], None, img)
    for label, source in [("another id", '<img src="cid:logo2@x">'), ("a prefix", '<img src="cid:logo@x.y">'),
                          ("words only", "<p>cid logo@x</p>"), ("an address", "<a href='mailto:logo@x'>l</a>")]:
        yield Case("no reference: " + label, message(multi("related", [html(source), logo()])), [lost], None, source)
    # Content-Location.
    where = lambda location, name="logo.png": leaf("image/png", PNG, name=name, headers=["Content-Location: " + location])
    for label, location, source, hit in [
            ("absolute", "http://a.example/l.png", '<img src="http://a.example/l.png">', True),
            ("relative", "img/l.png", '<img src="img/l.png">', True), ("file", "file:///C:/l.png", "<img src='file:///C:/l.png'>", True),
            ("other", "b.png", '<img src="c.png">', False), ("part of a word", "l.png", '<img src="all.png">', False)]:
        yield Case("location " + label, message(multi("related", [html(source), where(location)])),
                   [shown if hit else lost], None, source)
    # The root not first, named by start or not.
    starting = leaf("text/html; charset=utf-8", raw(img), None, headers=["Content-ID: <root@x>"])
    yield Case("root second, start", message(multi("related", [logo(), starting], '; start="<root@x>"')), [shown], None, img)
    yield Case("root second, no start", message(multi("related", [logo(), page])), [shown], None, img)
    yield Case("start names nothing", message(multi("related", [page, logo()], '; start="<none@x>"')), [shown], None, img)
    yield Case("start names the picture", message(multi("related", [page, logo()], '; start="<logo@x>"')), [shown], None, img)
    yield Case("start without brackets", message(multi("related", [logo(), starting], "; start=root@x")), [shown], None, img)
    # Nested the wrong way round.
    yield Case("mixed inside related", message(multi("related", [multi("mixed", [page, pdf()]), logo()])),
               [pdf_file(), shown], None, img)
    yield Case("alternative inside mixed inside related", message(multi("related", [multi("mixed",
               [multi("alternative", [text(), page]), pdf()]), logo()])), [pdf_file(), shown], "words", img)
    yield Case("related inside related", message(multi("related", [multi("related", [page, logo()]), pdf()])),
               [shown, pdf_file()], None, img)
    yield Case("words beside related", message(multi("mixed", [text("intro"), multi("related", [page, logo()])])),
               [File("attachment-2.1.html", raw(img), "text/html"), lost], "intro", "")
    yield Case("two pictures, one shown", message(multi("related", [page, logo(), logo(cid="<other@x>", name="other.png")])),
               [shown, File("other.png", PNG, "image/png")], None, img)
    yield Case("unnamed shown picture", message(multi("related", [page, leaf("image/png", PNG, headers=["Content-ID: <logo@x>"])])),
               [File("attachment-2.png", PNG, "image/png", inline=True)], None, img)
    yield Case("a pdf with a content-id", message(multi("mixed", [page, logo(), pdf(headers=["Content-ID: <p@x>"])])),
               [shown, pdf_file()], None, img)
    # Thirty signature logos and one invoice.
    logos = [logo(cid="<l%d@x>" % i, name="image%03d.png" % i) for i in range(30)]
    source = "".join('<img src="cid:l%d@x">' % i for i in range(30))
    yield Case("thirty logos", message(multi("mixed", [multi("related", [html(source)] + logos), pdf("invoice.pdf")])),
               [File("image%03d.png" % i, PNG, "image/png", inline=True) for i in range(30)] + [pdf_file("invoice.pdf")], None, source)
