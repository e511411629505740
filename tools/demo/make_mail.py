#!/usr/bin/env python3
"""make_mail.py FOLDER: writes the demonstration's mailbox, one .eml file a message, the same bytes every time.

About 40 messages in English and French as an accounts department gets them: invoices in every shape that mail programs
give them, and what looks like one but is none. Files end in .new.eml (unread) or .seen.eml (read already).
"""
import base64
import pathlib
import random
import sys
from datetime import datetime, timedelta, timezone
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

ME = "Accounts <accounts@example.test>"
PARIS = timezone(timedelta(hours=1))
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")

messages = []


def pdf(text):
    """A small PDF that a viewer opens: one page, one line."""
    line = text.encode("cp1252", "replace").replace(b"(", b"[").replace(b")", b"]")
    content = b"BT /F1 18 Tf 72 720 Td (" + line + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def when():
    """A day or two after the message before, from January to March."""
    return datetime(2026, 1, 12, 8, 15, tzinfo=PARIS) + timedelta(hours=41 * len(messages), minutes=7 * len(messages))


def stamp():
    return f"<{len(messages) + 1:03}.demo@mail.example.test>"


def letter(sender, subject, text, html=None, **headers):
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, ME, subject
    mail["Date"], mail["Message-ID"] = format_datetime(when()), stamp()
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def attach(mail, name, content=None, kind="application/pdf"):
    main, sub = kind.split("/")
    mail.add_attachment(content if content is not None else pdf(name), maintype=main, subtype=sub, filename=name)
    return mail


def add(mail, seen=False):
    random.seed(len(messages))  # the boundaries of multiparts
    messages.append((mail if isinstance(mail, bytes) else mail.as_bytes(), seen))


def raw(text, sender, subject, extra=""):
    """A message as bytes, for what a well-behaved library refuses to write."""
    head = (f"From: {sender}\nTo: {ME}\nSubject: {subject}\nDate: {format_datetime(when())}\n"
            f"Message-ID: {stamp()}\nMIME-Version: 1.0\n{extra}")
    return (head + text).replace("\n", "\r\n").encode("utf-8")


def encoded_pdf(text):
    return base64.encodebytes(pdf(text)).decode().strip()


def with_logo(sender, subject, word):
    """HTML that shows a logo which travels with it: a part, but not an attachment."""
    mail = letter(sender, subject, word, f'<p>{word}</p><img src="cid:logo@example.test" alt="logo">')
    mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<logo@example.test>", filename="logo.png",
                                      disposition="inline")
    return mail


def invoices_to_file():
    add(attach(letter("Nordwind Ltd <billing@nordwind.test>", "Invoice 2291", "Please find our invoice attached.\n"),
               "invoice-2291.pdf"))
    add(attach(letter("Électricité Martin <compta@martin.test>", "Facture n° 2026-014 – électricité",
                      "Bonjour,\n\nVeuillez trouver ci-joint la facture de janvier.\n\nCordialement\n"),
               "Facture n° 2026-014 électricité.pdf"))
    add(attach(with_logo("Office Supplies <sales@paperclip.test>", "Your invoice for order 88121", "Thank you."),
               "invoice.pdf"))
    add(attach(with_logo("Boulangerie Dupré <contact@dupre.test>", "Votre facture du mois de janvier", "Merci !"),
               "facture.pdf"))
    # The same file name twice in a month: neither may be lost.
    add(attach(letter("Office Supplies <sales@paperclip.test>", "Invoice for order 88140", "Attached.\n"), "invoice.pdf",
               pdf("Invoice for order 88140")))
    # Nothing but a PDF, as scanners send it.
    add(raw(f"Content-Type: application/pdf; name=\"scan-0007.pdf\"\nContent-Disposition: attachment; "
            f"filename=\"scan-0007.pdf\"\nContent-Transfer-Encoding: base64\n\n{encoded_pdf('Scanned invoice')}\n",
            "Scanner <scanner@example.test>", "Scanned invoice, second floor"))
    # File name as encoded word in a parameter, which no RFC allows and much mail does.
    name = Header("Facture été.pdf", "utf-8").encode()
    subject = Header("Facture d'acompte - séminaire d'été", "iso-8859-1").encode()
    add(raw(f"Content-Type: multipart/mixed; boundary=\"=_one\"\n\n--=_one\nContent-Type: text/plain; "
            f"charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nÀ régler sous 30 jours.\n\n--=_one\n"
            f"Content-Type: application/octet-stream; name=\"{name}\"\nContent-Disposition: attachment; "
            f"filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{encoded_pdf('Facture')}\n--=_one--\n",
            "Hotel du Lac <reservations@hoteldulac.test>", subject))
    # Forwarded whole: the PDF lies one message deeper.
    inner = attach(letter("Carrier <accounts@carrier.test>", "Invoice CR-5512", "Freight, January.\n"), "CR-5512.pdf")
    outer = letter("Jo Miller <jo@example.test>", "Fwd: Invoice CR-5512", "For you, I think.\n")
    outer.add_attachment(inner)
    add(outer)
    # Two PDFs and a spreadsheet: the spreadsheet is not asked for.
    mail = attach(letter("Cloud GmbH <rechnung@cloud.test>", "Invoice 2026/02 and usage report", "See attached.\n",
                         "<p>See attached.</p>"), "invoice-2026-02.pdf")
    add(attach(attach(mail, "usage.pdf"), "usage.xlsx", b"PK\x03\x04demo", "application/vnd.ms-excel"))
    add(attach(letter("Imprimerie Lefèvre <facturation@lefevre.test>", "RE: Facture 778 corrigée",
                      "Voici la facture corrigée.\n", In_Reply_To="<778@lefevre.test>"), "facture-778-v2.PDF"))
    # The end boundary is missing and the subject is bare UTF-8: broken, and sent every day.
    add(raw("Content-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: text/plain\n\nInvoice enclosed.\n"
            "--cut\nContent-Type: application/pdf; name=late.pdf\nContent-Disposition: attachment; filename=late.pdf\n"
            f"Content-Transfer-Encoding: base64\n\n{encoded_pdf('Late invoice')}\n",
            "Old Server <daemon@legacy.test>", "Invoice – late"))
    # A name that would leave the folder if it were believed.
    add(attach(letter("Mallory <mallory@attacker.test>", "invoice", "open me\n"), "../../../.profile.pdf"))


def look_alikes():
    paid = attach(letter("Nordwind Ltd <billing@nordwind.test>", "Invoice 2290", "Our invoice.\n"), "invoice-2290.pdf")
    add(paid, seen=True)
    add(attach(letter("Électricité Martin <compta@martin.test>", "Facture n° 2025-198", "Ci-joint.\n"),
               "Facture 2025-198.pdf"), seen=True)
    add(letter("Jo Miller <jo@example.test>", "Where is the invoice from Nordwind?", "Did you see it?\n"))
    add(letter("Claire Petit <claire@example.test>", "Question sur la facture 778", "Faut-il la payer ?\n"))
    # A logo in the text is no attachment.
    add(with_logo("Paperclip <news@paperclip.test>", "Pay your invoice online", "Now possible."))
    add(letter("Jo Miller <jo@example.test>", "Automatic reply: Invoice 2291", "I am away until Monday.\n",
               Auto_Submitted="auto-replied"))
    add(letter("Claire Petit <claire@example.test>", "Réponse automatique : Facture", "Je suis absente.\n",
               Auto_Submitted="auto-replied", X_Auto_Response_Suppress="All"))
    add(attach(letter("Canteen <canteen@example.test>", "Menu of the week", "Enjoy.\n"), "menu.pdf"))
    add(attach(letter("Cantine <cantine@example.test>", "Menu de la semaine", "Bon appétit.\n"), "menu semaine 7.pdf"))
    # Text only that names a PDF.
    add(letter("Archive <archive@example.test>", "Invoice archive: 3 files", "invoice-1.pdf invoice-2.pdf\n"))


def everyday_mail():
    for number, (name, subject, text) in enumerate([
            ("Paperclip", "Spring offers", "Ten per cent off folders."),
            ("Cinéma Le Rex", "Les films de la semaine", "À l'affiche : trois nouveautés."),
            ("Railways", "Timetable changes", "New times from 1 March."),
            ("Mairie", "Lettre d'information n° 12", "Travaux rue de la République."),
            ("Dev Weekly", "Issue 311", "What is new in C++23.")]):
        add(letter(f"{name} <news{number}@letters.test>", subject, text + "\n",
                   f"<html><body><h1>{subject}</h1><p>{text}</p></body></html>",
                   List_Unsubscribe=f"<mailto:leave{number}@letters.test>", Precedence="bulk"), seen=number % 2 == 1)
    for number, (name, subject, text) in enumerate([
            ("Jo Miller", "Lunch?", "12:30 at the usual place?"),
            ("Claire Petit", "Réunion de lundi", "Je propose 10 h, salle bleue."),
            ("Sam Okoro", "Re: Budget 2026", "Numbers look fine to me."),
            ("Claire Petit", "Congés d'été", "Merci d'indiquer vos dates avant vendredi."),
            ("Sam Okoro", "New phone list", "Mine is 4402 now."),
            ("Jo Miller", "Keys", "They are at the front desk."),
            ("Claire Petit", "Clés", "Elles sont à l'accueil.")]):
        user = name.split()[0].lower()
        add(letter(f"{name} <{user}@example.test>", subject, text + "\n"), seen=number % 3 == 2)
    photo = letter("Sam Okoro <sam@example.test>", "Photos from the party", "Here they are.\n")
    add(attach(photo, "party.png", PIXEL, "image/png"))
    invite = letter("Claire Petit <claire@example.test>", "Invitation : revue des comptes", "Voir l'invitation.\n")
    invite.add_alternative(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example.test\r\n"
        "DTSTAMP:20260120T090000Z\r\nDTSTART:20260202T090000Z\r\nDTEND:20260202T100000Z\r\nSUMMARY:Revue des comptes\r\n"
        "ORGANIZER:mailto:claire@example.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", subtype="calendar",
        params={"method": "REQUEST"})
    add(invite)
    add(raw("Content-Type: multipart/report; report-type=delivery-status; boundary=rep\n\n--rep\nContent-Type: "
            "text/plain\n\nYour message could not be delivered.\n--rep\nContent-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; mail.example.test\n\nFinal-Recipient: rfc822; gone@example.test\nAction: failed\n"
            "Status: 5.1.1\n--rep--\n", "Mail Delivery System <mailer-daemon@example.test>", "Undelivered mail",
            "Auto-Submitted: auto-replied\n"))
    latin = ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
             "Le colis est arriv=E9 =E0 la r=E9ception.\n")
    add(raw(latin, "Accueil <accueil@example.test>", "=?iso-8859-1?Q?Colis_arriv=E9?="))
    add(raw("\nNo content type, no version: the mail of 1982.\n", "Grandfather <gf@old.test>", "Hello"))
    add(raw("Content-Type: text/plain\n\nDisk 80 % full.\n", "<monitor@example.test>", ""))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    invoices_to_file()
    look_alikes()
    everyday_mail()
    for number, (content, seen) in enumerate(messages, 1):
        (folder / f"{number:02}.{'seen' if seen else 'new'}.eml").write_bytes(content)
    print(len(messages))


if __name__ == "__main__":
    main()
