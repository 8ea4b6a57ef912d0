"""Files made for the tests: good ones as office programs write them, and parts to build hostile ones from."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import pikepdf
from PIL import Image, PngImagePlugin

OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Parts = Mapping[str, bytes | str]


def zipped(parts: Parts, *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compress) as package:
        for name, content in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else compress
            package.writestr(zipfile.ZipInfo(name), content, stored)
    return made.getvalue()


def content_types(main_name: str, main_type: str, *more: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main_name}" ContentType="{main_type}"/>'
        + "".join(f'<Override PartName="/more{n}.xml" ContentType="{kind}"/>' for n, kind in enumerate(more))
        + "</Types>"
    )


def relationships(*entries: tuple[str, str, bool]) -> str:
    """Each entry: kind, target, external."""
    lines = []
    for number, (kind, target, external) in enumerate(entries):
        mode = ' TargetMode="External"' if external else ""
        lines.append(f'<Relationship Id="r{number}" Type="{KINDS}/{kind}" Target="{target}"{mode}/>')
    return f'<Relationships xmlns="{RELATIONS}">{"".join(lines)}</Relationships>'


def docx_parts(body: str = "<w:p><w:r><w:t>Minutes of the meeting</w:t></w:r></w:p>") -> dict[str, bytes | str]:
    return {
        "[Content_Types].xml": content_types("word/document.xml", f"{OFFICE}.wordprocessingml.document.main+xml"),
        "_rels/.rels": relationships(("officeDocument", "word/document.xml", False)),
        "word/document.xml": f'<w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relationships(("hyperlink", "https://www.gov.uk/", True)),
    }


def docx(**changes: Any) -> bytes:
    return zipped(docx_parts() | changes.pop("parts", {}), **changes)


def pptx(parts: Parts | None = None) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": content_types(
                "ppt/presentation.xml", f"{OFFICE}.presentationml.presentation.main+xml"
            ),
            "_rels/.rels": relationships(("officeDocument", "ppt/presentation.xml", False)),
            "ppt/presentation.xml": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
            "ppt/media/image1.png": png(),
            **(parts or {}),
        }
    )


def xlsx_parts() -> dict[str, bytes | str]:
    return {
        "[Content_Types].xml": content_types("xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet.main+xml"),
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml", False)),
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    }


def xlsx(parts: Parts | None = None) -> bytes:
    return zipped(xlsx_parts() | dict(parts or {}))


def odf_parts(kind: str, body: str = "") -> dict[str, bytes | str]:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": (
            f'<office:document-content xmlns:office="{office}" xmlns:xlink="http://www.w3.org/1999/xlink"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
            ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
            ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
            f"<office:body>{body}</office:body></office:document-content>"
        ),
        "META-INF/manifest.xml": (
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="x"/></manifest:manifest>'
        ),
    }


def odf(kind: str, body: str = "", parts: Parts | None = None) -> bytes:
    return zipped(odf_parts(kind, body) | dict(parts or {}))


def pdf(change: Any = None, **save: Any) -> bytes:
    """One page; ``change(pdf)`` may add what it likes."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        if change:
            change(document)
        document.save(made, **save)
    return made.getvalue()


def png(size: tuple[int, int] = (40, 30), mode: str = "RGB", text: str = "") -> bytes:
    made, notes = io.BytesIO(), PngImagePlugin.PngInfo()
    if text:
        notes.add_text("Comment", text)
    Image.new(mode, size, 1).save(made, "PNG", pnginfo=notes)
    return made.getvalue()


def jpeg(size: tuple[int, int] = (40, 30), mode: str = "RGB", exif: Image.Exif | None = None) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 1).save(made, "JPEG", **({"exif": exif} if exif else {}))
    return made.getvalue()


def webp(size: tuple[int, int] = (40, 30)) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA", size, 1).save(made, "WEBP")
    return made.getvalue()


def moving(form: str) -> bytes:
    made = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green")]
    frames[0].save(made, form, save_all=True, append_images=frames[1:])
    return made.getvalue()


def photograph(canary: str) -> bytes:
    """A JPEG that says where it was taken, with which camera, and to be turned."""
    exif = Image.Exif()
    exif[0x010F] = canary
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg(exif=exif)


def png_bomb() -> bytes:
    """A few hundred bytes that say they are 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 99))
        + chunk(b"IEND", b"")
    )


def with_flag_encrypted(package: bytes) -> bytes:
    content = bytearray(package)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def overlapping_zip() -> bytes:
    """Two entries of the list that share one part: the trick of the "better zip bomb"."""
    content = zipped(docx_parts())
    end = content.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", content[end + 16 : end + 20])[0]
    name_length, extra, comment = struct.unpack("<HHH", content[start + 28 : start + 34])
    first = bytearray(content[start : start + 46 + name_length + extra + comment])
    first[46 : 46 + name_length] = b"B" * name_length
    count, size = struct.unpack("<HI", content[end + 10 : end + 16])
    return (
        content[:end]
        + first
        + b"PK\x05\x06\x00\x00\x00\x00"
        + struct.pack("<HHII", count + 1, count + 1, size + len(first), start)
        + b"\x00\x00"
    )


def docx_with(name: str, content: bytes | str = b"x") -> bytes:
    return docx(parts={name: content})


def docx_linking(kind: str, target: str) -> bytes:
    return docx(parts={"word/_rels/document.xml.rels": relationships((kind, target, True))})


def docx_field(*runs: str) -> bytes:
    body = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    return docx(parts={"word/document.xml": docx_parts(f"<w:p>{body}</w:p>")["word/document.xml"]})
