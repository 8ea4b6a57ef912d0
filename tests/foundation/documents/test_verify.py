import time
import zipfile
import zlib
from io import BytesIO

import openpyxl
import pikepdf
import pytest

from foundation.documents import layout, verify, xlsx
from foundation.documents.child.inspecting import LARGEST_PACKET
from tests.foundation.documents import sample


@pytest.fixture(scope="module")
def made() -> bytes:
    return layout.make_pdf("documents/base.html", sample.DOCUMENT, {})


def with_packet(packet: bytes, made: bytes) -> bytes:
    with pikepdf.open(BytesIO(made)) as opened:
        opened.Root.Metadata = opened.make_stream(packet)
        changed = BytesIO()
        opened.save(changed, fix_metadata_version=False)
    return changed.getvalue()


def test_a_report_of_ours_says_which_one_it_is(made):
    assert verify.read_properties(made) == {
        "ReportId": "PR-2026-7K3QX",
        "AsAt": "2026-11-20T17:00:00+00:00",
        "GeneratedAt": "2026-11-23T09:30:00+00:00",
        "Marking": "OFFICIAL – SENSITIVE",
        "Version": "1.0",
    }


def test_the_checksum_is_sha256():
    # pragma: allowlist nextline secret
    assert verify.checksum(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_changed_copy_has_another_checksum_but_the_same_claim(made):
    changed = made + b"\n"

    assert verify.read_properties(changed)["ReportId"] == "PR-2026-7K3QX"
    assert verify.checksum(changed) != verify.checksum(made)


def test_a_pdf_of_others_claims_nothing():
    other = BytesIO()
    with pikepdf.new() as opened:
        opened.add_blank_page()
        opened.save(other)

    assert verify.read_properties(other.getvalue()) == {}


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (b"", "neither a PDF nor a spreadsheet"),
        (b"\xd0\xcf\x11\xe0", "neither a PDF nor a spreadsheet"),
        (b"%PDF-" + b"x" * verify.LARGEST_UPLOAD, "larger than 30 MB"),
    ],
)
def test_what_is_neither_pdf_nor_workbook_of_sensible_size_is_not_opened(upload, why):
    with pytest.raises(verify.NotReadable, match=why):
        verify.read_properties(upload)


def test_a_broken_pdf_claims_nothing():
    assert verify.read_properties(b"%PDF-1.7\nbroken") == {}


def test_metadata_that_explodes_when_read_is_not_read(made):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'

    assert verify.read_properties(with_packet(bomb, made)) == {}


def test_metadata_that_unpacks_to_more_than_memory_ends_only_the_child(made):
    packed = zlib.compress(b"\0" * (400 << 20), 9)
    with pikepdf.open(BytesIO(made)) as opened:
        opened.Root.Metadata = pikepdf.Stream(opened, packed, Filter=pikepdf.Name.FlateDecode)
        bomb = BytesIO()
        opened.save(bomb, fix_metadata_version=False)

    with pytest.raises(verify.NotReadable):
        verify.read_properties(bomb.getvalue())


def test_a_long_claim_is_cut(made):
    packet = b'<x xmlns:p="urn:prevent-portal:document:1"><p:ReportId>%s</p:ReportId></x>' % (b"a" * 1000)

    assert verify.read_properties(with_packet(packet, made)) == {"ReportId": "a" * 200}


# ---- Workbooks
CORE = "docProps/core.xml"
KEYWORDS = '<x xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">%s</x>'


@pytest.fixture(scope="module")
def workbook() -> bytes:
    target = BytesIO()
    xlsx.write(target, document=sample.DOCUMENT, columns=[xlsx.Column("Risk")], rows=[["=1+1"]])
    return target.getvalue()


def packed(content: bytes | str, name: str = CORE) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def saved_again(workbook: bytes) -> bytes:
    """As a person does who opens it, types something and saves."""
    opened = openpyxl.load_workbook(BytesIO(workbook))
    opened.worksheets[0]["A2"] = "Another word"
    target = BytesIO()
    opened.save(target)
    return target.getvalue()


def test_a_workbook_of_ours_says_which_report_it_is_also_after_it_was_saved_again(workbook):
    changed = saved_again(workbook)

    assert verify.read_properties(workbook) == {"ReportId": "PR-2026-7K3QX"}
    assert verify.read_properties(changed) == {"ReportId": "PR-2026-7K3QX"}
    assert verify.checksum(changed) != verify.checksum(workbook)


@pytest.mark.parametrize(
    "upload",
    [
        b"PK\x03\x04",
        packed("x", "another.xml"),
        packed("no XML"),
        packed("<x/>"),
        packed(KEYWORDS % "<cp:keywords/>"),
        packed("x" * (LARGEST_PACKET + 1)),
    ],
    ids=["broken", "no such part", "no xml", "no keywords", "empty", "too long"],
)
def test_a_packed_file_without_a_report_id_claims_nothing(upload):
    assert verify.read_properties(upload) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_whose_properties_explode_when_read_claims_nothing(encoding):
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "ha">]>' + KEYWORDS % (
        "<cp:keywords>PR-2026-7K3QX &a;</cp:keywords>"
    )

    assert verify.read_properties(packed(bomb.encode(encoding))) == {}


def test_a_zip_bomb_is_not_unpacked_beyond_what_properties_may_be():
    bomb = packed(b"\0" * (600 << 20))
    began = time.monotonic()

    assert len(bomb) < verify.LARGEST_UPLOAD
    assert verify.read_properties(bomb) == {}
    assert time.monotonic() - began < 8


def test_a_long_claim_of_a_workbook_is_cut():
    claim = KEYWORDS % f"<cp:keywords>{'a' * 1000}</cp:keywords>"

    assert verify.read_properties(packed(claim)) == {"ReportId": "a" * 200}
