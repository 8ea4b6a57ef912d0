"""What may come in and what may not: at least sixty hostile files and twenty good ones, each by name."""

import io
import zlib

import pytest
from PIL import Image

from foundation.files.examination import EVERYTHING, IMAGES, PDF_ONLY, Examined, FileRefused, FileType, examine
from foundation.files.examination.refusals import SENTENCES
from tests.foundation.files import samples
from tests.foundation.files.harmless import GOOD
from tests.foundation.files.hostile import HOSTILE
from tests.foundation.files.samples import docx

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def look(content: bytes, name: str, allowlist=EVERYTHING) -> Examined:
    return examine(io.BytesIO(content), name, allowlist)


def test_there_are_enough_files_to_mean_something():
    assert len(HOSTILE) >= 60
    assert len(GOOD) >= 20


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_comes_in(name):
    content = GOOD[name]()

    examined = look(content, name)

    assert examined.name == name
    assert name.lower().endswith(examined.file_type.extensions)
    if examined.file_type not in IMAGES.types:
        assert examined.content == content


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(name):
    make, code = HOSTILE[name]

    with pytest.raises(FileRefused) as refused:
        look(make(), name)

    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert "%(" not in str(refused.value)


def test_the_sentence_says_what_the_file_says_and_what_it_is():
    with pytest.raises(FileRefused) as refused:
        look(docx(), "minutes.pdf")

    assert str(refused.value) == (
        "The file’s name says “PDF”, but its content is something else (an Office document or a ZIP archive)."
    )


def test_a_file_over_the_limit_is_refused_and_names_the_limit():
    with pytest.raises(FileRefused) as refused:
        look(b"a" * 20_000_001, "long.txt")

    assert str(refused.value) == "The file must be smaller than 20 MB."


def test_a_file_exactly_at_the_limit_comes_in():
    assert look(b"a" * 20_000_000, "long.txt").size == 20_000_000


def test_a_type_the_field_does_not_take_is_refused_and_names_those_it_takes():
    with pytest.raises(FileRefused) as refused:
        look(samples.png(), "scan.png", PDF_ONLY)

    assert str(refused.value) == "The file must be one of these types: PDF."


def test_a_virus_test_file_passes_as_text_because_that_is_the_scanners_work():
    assert look(EICAR, "note.txt").file_type == FileType.TXT


def test_an_image_keeps_its_pixels_and_loses_place_camera_and_comment():
    photograph = samples.photograph("CANARY-CAMERA")
    scan = samples.png(text="CANARY-COMMENT") + b"CANARY-TAIL"

    redrawn, redrawn_scan = look(photograph, "photo.jpg"), look(scan, "scan.png")

    assert b"CANARY" in photograph
    assert b"CANARY" not in redrawn.content
    assert b"CANARY" not in redrawn_scan.content
    with Image.open(io.BytesIO(redrawn.content)) as image:
        assert image.size == (30, 40)  # it had said that it lies on its side
        assert dict(image.getexif()) == {}


def test_a_large_photograph_is_redrawn_within_the_checkers_limits():
    content = samples.jpeg((7_300, 5_400))

    with Image.open(io.BytesIO(look(content, "photo.jpg").content)) as image:
        assert image.size == (7_300, 5_400)


def test_a_pdf_of_more_parts_than_any_document_has_is_refused():
    parts = b"".join(b"%d 0 obj<<>>endobj\n" % number for number in range(3, 310_000))
    content = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[310000 0 R]/Count 1>>endobj\n"
        + parts
        + b"310000 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )

    with pytest.raises(FileRefused) as refused:
        look(content, "many.pdf")

    assert refused.value.code == "too_many_parts"


def test_a_pdf_that_unpacks_without_end_is_refused_and_takes_nothing_with_it():
    """1.5 GB of nothing, packed twice into a few kilobytes: more than the checking process may have."""

    def packed(pieces):
        packer = zlib.compressobj(9)
        return b"".join([packer.compress(piece) for piece in pieces] + [packer.flush()])

    twice = packed([packed(b"\x20" * 10_000_000 for _ in range(150))])
    content = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Big 9 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        + b"8 0 obj<</Type/ObjStm/N 1/First 4/Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(twice)
        + twice
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )

    with pytest.raises(FileRefused):
        look(content, "bomb.pdf")


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\someone\\minutes.txt", "minutes.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("minutes\u202etxt.txt", "minutestxt.txt"),
        ("what? <this>|that*.txt", "what_ _this__that_.txt"),
        ("  spaces   inside .txt. ", "spaces inside .txt"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
    ],
)
def test_a_name_keeps_what_a_person_reads_and_nothing_that_misleads(given, cleaned):
    assert look(b"text", given).name == cleaned


def test_only_examine_makes_an_examined():
    with pytest.raises(TypeError, match="Only examine"):
        Examined("a.txt", FileType.TXT, b"a", "0" * 64, object())


def test_every_sentence_can_be_filled_in():
    for code in SENTENCES:
        assert "%(" not in str(FileRefused(code, limit=20, allowed="PDF", said="PDF", found="a PDF"))
