"""Messages inside messages, reports, signatures, encryption, invitations, things that are elsewhere."""
from .kitchen import *

P7S = content("p7s", 200)
INNER = ["From: Carl <carl@example.net>", "Subject: Inner", "MIME-Version: 1.0"]


def cases():
    inner = message(multi("mixed", [text("inner words"), pdf()]), INNER)
    yield Case("forwarded", message(multi("mixed", [text(), attached(inner)])),
               [File("Inner.eml", inner, "message/rfc822"), pdf_file().inside("Inner.eml")], "words")
    for disposition in (None, "inline", "attachment"):
        yield Case("forwarded with a name, %s" % disposition, message(multi("mixed", [text(), attached(inner, "f.eml",
                   disposition=disposition)])), [File("f.eml", inner, "message/rfc822"), pdf_file().inside("f.eml")], "words")
    yield Case("forwarded alone", message(attached(inner)),
               [File("Inner.eml", inner, "message/rfc822"), pdf_file().inside("Inner.eml")], "")
    yield Case("message/global", message(multi("mixed", [text(), attached(inner, kind="message/global")])),
               [File("Inner.eml", inner, "message/global"), pdf_file().inside("Inner.eml")], "words", tree=False, saved=False)
    # Three deep, and twenty.
    for depth in (2, 3, 20):
        raw_message, files = message(multi("mixed", [text("deepest"), pdf()]), INNER), [pdf_file()]
        for i in range(depth):
            name = "l%d.eml" % i
            files = [File(name, raw_message, "message/rfc822")] + [f.inside(name) for f in files]
            raw_message = message(multi("mixed", [text("level %d" % i), attached(raw_message, name)]), INNER)
        yield Case("%d deep" % depth, raw_message, files, "level %d" % (depth - 1), subject="Inner", sender="carl@example.net")
    yield Case("two forwarded", message(multi("mixed", [text(), attached(inner, "1.eml"), attached(inner, "2.eml")])),
               [File("1.eml", inner, "message/rfc822"), pdf_file().inside("1.eml"), File("2.eml", inner, "message/rfc822"),
                pdf_file().inside("2.eml")], "words")
    untitled = message(text("inner"), ["From: carl@example.net"])
    yield Case("forwarded without a subject", message(multi("mixed", [text(), attached(untitled)])),
               [File("message-2.eml", untitled, "message/rfc822")], "words")
    titled = message(text("inner"), ["Subject: =?utf-8?Q?R=C3=A9sum=C3=A9?="])
    yield Case("forwarded, encoded subject", message(multi("mixed", [text(), attached(titled)])),
               [File("Résumé.eml", titled, "message/rfc822")], "words")
    # RFC 2046 forbids an encoding here; programs write it all the same.
    for cte in ("base64", "quoted-printable"):
        yield Case("forwarded in " + cte, message(multi("mixed", [text(), attached(inner, "f.eml", cte=cte)])),
                   [File("f.eml", inner, "message/rfc822"), pdf_file().inside("f.eml")], "words", tree=False)
    yield Case("labelled base64 and is not", message(multi("mixed", [text(), entity(
               ["Content-Type: message/rfc822; name=f.eml", "Content-Transfer-Encoding: base64"], inner)])),
               [File("f.eml", inner, "message/rfc822"), pdf_file().inside("f.eml")], "words", tree=False)
    for cte in ("7bit", "8bit", "binary"):
        yield Case("forwarded in " + cte, message(multi("mixed", [text(), attached(inner, "f.eml", cte=cte)])),
                   [File("f.eml", inner, "message/rfc822"), pdf_file().inside("f.eml")], "words")
    for kind in ("application/octet-stream", "application/eml", "text/x-mail"):
        yield Case("eml as " + kind, message(multi("mixed", [text(), leaf(kind, inner, name="f.eml")])),
                   [File("f.eml", inner, kind), pdf_file().inside("f.eml")], "words")
    logo = leaf("image/png", PNG, name="logo.png", headers=["Content-ID: <logo@x>"])
    shown = message(multi("related", [html('<img src="cid:logo@x">'), logo]), INNER)
    hidden = message(multi("related", [html("<p>none</p>"), logo]), INNER)
    yield Case("forwarded with its logo", message(multi("mixed", [text(), attached(shown)])),
               [File("Inner.eml", shown, "message/rfc822"), File("logo.png", PNG, "image/png", inline=True).inside("Inner.eml")], "words")
    yield Case("forwarded, picture not shown", message(multi("mixed", [text(), attached(hidden)])),
               [File("Inner.eml", hidden, "message/rfc822"), File("logo.png", PNG, "image/png").inside("Inner.eml")], "words")
    empty = b""
    yield Case("forwarded nothing", message(multi("mixed", [text(), attached(empty, "e.eml")])),
               [File("e.eml", empty, "message/rfc822")], "words", tree=False, saved=False)
    yield from digests_and_reports(inner)
    yield from sealed(inner)
    yield from invitations()
    yield from elsewhere()


def digests_and_reports(inner):
    one, two = entity(["Subject: One"], b"1"), entity(["Subject: Two"], b"2")
    yield Case("digest", message(multi("digest", [entity([], one), entity([], two)])),
               [File("One.eml", one, "message/rfc822"), File("Two.eml", two, "message/rfc822")], "")
    yield Case("digest spelled out", message(multi("digest", [attached(one, disposition=None), attached(two, disposition=None)])),
               [File("One.eml", one, "message/rfc822"), File("Two.eml", two, "message/rfc822")], "")
    yield Case("digest in a list", message(multi("mixed", [text(), multi("digest", [entity([], one), entity([], two)])])),
               [File("One.eml", one, "message/rfc822"), File("Two.eml", two, "message/rfc822")], "words")
    status = raw("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; x@example.org\nAction: failed\nStatus: 5.1.1\n")
    for kind in ("message/delivery-status", "message/disposition-notification", "message/feedback-report"):
        short = kind.split("/")[1]
        # Only the first is a report that servers know by name; all are leaves.
        part = leaf(kind, status, None)
        yield Case("report " + short, message(multi("report", [text(), part], "; report-type=" + short)),
                   [File("attachment-2.txt", status, kind)], "words")
        yield Case("report %s with the message" % short, message(multi("report", [text(), part, attached(inner, disposition=None)],
                   "; report-type=" + short)), [File("attachment-2.txt", status, kind), File("Inner.eml", inner, "message/rfc822"),
                   pdf_file().inside("Inner.eml")], "words")
    headers = raw("Subject: Inner\nFrom: carl@example.net\n")
    yield Case("report with headers only", message(multi("report", [text(), leaf("message/delivery-status", status, None),
               leaf("text/rfc822-headers", headers, None)], "; report-type=delivery-status")),
               [File("attachment-2.txt", status, "message/delivery-status"),
                File("attachment-3.txt", headers, "text/rfc822-headers")], "words")


def sealed(inner):
    for protocol, kind, name in [("application/pkcs7-signature", "application/pkcs7-signature", "smime.p7s"),
                                 ("application/x-pkcs7-signature", "application/x-pkcs7-signature", "smime.p7s"),
                                 ("application/pgp-signature", "application/pgp-signature", "signature.asc")]:
        mark = '; micalg=sha-256; protocol="%s"' % protocol
        signature = leaf(kind, P7S, name=name, disposition="attachment")
        yield Case("signed words, " + protocol, message(multi("signed", [text(), signature], mark)), [], "words")
        yield Case("signed with a file, " + protocol, message(multi("signed", [multi("mixed", [text(), pdf()]), signature], mark)),
                   [pdf_file()], "words")
        yield Case("signed pair, " + protocol, message(multi("signed", [multi("alternative", [text(), html()]), signature], mark)),
                   [], "words", "<p>words</p>")
        yield Case("signature elsewhere, " + protocol, message(multi("mixed", [text(), signature])), [File(name, P7S, kind)], "words")
    # Certified mail of Italy: the invoice sits in postacert.eml.
    fattura = File("IT01_00001.xml.p7m", content("p7m", 600), "application/pkcs7-mime")
    post = message(multi("mixed", [text("in allegato"), leaf("application/pkcs7-mime", fattura.data, name=fattura.name,
                   disposition="attachment")]), INNER)
    pec = multi("mixed", [text("Messaggio di posta certificata"), leaf("application/xml", XML, name="daticert.xml",
                disposition="inline"), attached(post, "postacert.eml")])
    files = [File("daticert.xml", XML, "application/xml"), File("postacert.eml", post, "message/rfc822"),
             fattura.inside("postacert.eml")]
    yield Case("certified mail", message(multi("signed", [pec, leaf("application/x-pkcs7-signature", P7S, name="smime.p7s")])),
               files, "Messaggio di posta certificata", warnings=["IT01_00001.xml.p7m"])
    yield Case("certified mail unsigned", message(pec), files, "Messaggio di posta certificata", warnings=["IT01_00001.xml.p7m"])
    for smime, word in [("signed-data", "signed"), ("enveloped-data", "encrypted"), ("", "encrypted")]:
        for kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            params = "; smime-type=" + smime if smime else ""
            yield Case("opaque %s %s" % (kind, smime), message(leaf(kind, P7S, name="smime.p7m", disposition="attachment",
                       params=params)), [File("smime.p7m", P7S, kind)], "", warnings=[word])
    armour = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n-----END PGP MESSAGE-----\r\n"
    yield Case("encrypted by PGP", message(multi("encrypted", [leaf("application/pgp-encrypted", b"Version: 1", None),
               leaf("application/octet-stream", armour, None, "encrypted.asc", "inline")], '; protocol="application/pgp-encrypted"')),
               [File("encrypted.asc", armour, "application/octet-stream")], "", warnings=["encrypted"])
    yield Case("armour in the text", message(text(armour.decode())), [], armour.decode().replace("\r\n", "\n"))
    yield Case("keys attached", message(multi("mixed", [text(), leaf("application/pgp-keys", armour, None, "key.asc")])),
               [File("key.asc", armour, "application/pgp-keys")], "words")


def invitations():
    page = "<p>words</p>"
    invite = lambda name=None, disposition=None: leaf("text/calendar; charset=utf-8; method=REQUEST", ICS, name=name,
                                                      disposition=disposition)
    file_ = leaf("application/ics", ICS, name="invite.ics", disposition="attachment")
    as_file = File("invite.ics", ICS, "text/calendar")
    yield Case("invitation", message(multi("alternative", [text(), html(), invite()])), [as_file], "words", page)
    yield Case("invitation of google", message(multi("mixed", [multi("alternative", [text(), html(), invite()]), file_])),
               [File("invite.ics", ICS, "application/ics")], "words", page)
    yield Case("invitation with a file", message(multi("mixed", [multi("alternative", [text(), html(), invite()]), pdf()])),
               [as_file, pdf_file()], "words", page)
    yield Case("invitation alone", message(invite()), [as_file], "")
    yield Case("invitation beside words", message(multi("mixed", [text(), invite()])), [as_file], "words")
    yield Case("invitation with a name", message(multi("alternative", [text(), invite("meeting.ics")])),
               [File("meeting.ics", ICS, "text/calendar")], "words")
    yield Case("a calendar file", message(multi("mixed", [text(), leaf("text/calendar", ICS, name="cal.ics",
               disposition="attachment")])), [File("cal.ics", ICS, "text/calendar")], "words")
    yield Case("an invitation forwarded", message(multi("mixed", [text(), attached(message(multi("alternative",
               [text("come"), invite()]), INNER), "f.eml")])),
               [File("f.eml", None, "message/rfc822"), as_file.inside("f.eml")], "words")
    for method in ("CANCEL", "REPLY", "PUBLISH"):
        part = leaf("text/calendar; method=" + method.lower(), ICS)
        yield Case("calendar " + method, message(multi("alternative", [text(), part])), [as_file], "words")


def elsewhere():
    for label, params, word in [
            ("url", '; access-type=URL; url="https://example.com/a.pdf"; name="a.pdf"', "https://example.com/a.pdf"),
            ("ftp", '; access-type=anon-ftp; site="ftp.example.com"; directory="pub"; name="a.pdf"', "ftp.example.com"),
            ("server", '; access-type=mail-server; server="list@example.com"; name="a.pdf"', "list@example.com"),
            ("nothing", '; name="a.pdf"', "not in this message")]:
        part = entity(["Content-Type: message/external-body" + params], raw("Content-Type: application/pdf\nContent-ID: <x@y>\n\n"))
        yield Case("elsewhere: " + label, message(multi("mixed", [text(), part])),
                   [File("a.pdf", None, "message/external-body", absent=True)], "words", warnings=[word])
    for number, total, word in [(1, 3, "1 of 3"), (2, 3, "2 of 3"), (2, None, "fragment 2")]:
        params = '; id="x@y"; number=%d' % number + ("; total=%d" % total if total else "")
        body = raw("Subject: Whole\n\nfirst of it\n")
        yield Case("fragment %d %s" % (number, total), message(entity(["Content-Type: message/partial" + params], body)),
                   [File("attachment-1.bin", body, "message/partial")], "", warnings=[word])
