"""Uploads on their way in, through a real page: sealed before they touch a disk, and nothing left if broken off."""

import io
import os
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload
from django.test import RequestFactory
from django.urls import ResolverMatch, reverse

from foundation.core.access import public, requires
from foundation.core.acting import acting_as
from foundation.evidence.models import EvidenceItem
from foundation.files import receiving
from foundation.files.examination import PDF_ONLY
from foundation.files.fields import UploadField
from foundation.files.models import StoredFile
from foundation.files.receiving import SealedUploadHandler, accepts_files
from tests.foundation.files import samples

ADDRESS = "/evidence/add/?kind=file"
FIELDS = {
    "title": "Minutes of May",
    "effective_from_0": "1",
    "effective_from_1": "5",
    "effective_from_2": "2026",
    "marking": "official",
    "version": "0",
}


def upload(client: Any, content: bytes, name: str = "minutes.txt", **fields: Any) -> Any:
    return client.post(ADDRESS, FIELDS | fields | {"upload": SimpleUploadedFile(name, content)})


def request_to(view: Any, acting: Any = None) -> Any:
    request = RequestFactory().post("/")
    request.resolver_match = ResolverMatch(view, (), {})
    request.acting = acting
    return request


def send(handler: SealedUploadHandler, content: bytes, *, name: str = "a.txt", piece: int = 64 * 1024) -> Any:
    """What Django's parser does with one file."""
    try:
        handler.new_file("upload", name, "text/plain", len(content))
    except SkipFile:
        return None
    for start in range(0, len(content), piece):
        handler.receive_data_chunk(content[start : start + piece], start)
    return handler.file_complete(len(content))


@public("for the test")
@accepts_files(max_bytes=100_000, max_files=2)
def takes_files(request: Any) -> None: ...


@public("for the test")
def takes_none(request: Any) -> None: ...


@requires("evidence.manage")
@accepts_files(max_bytes=100_000)
def takes_files_of_some(request: Any) -> None: ...


def test_an_upload_through_a_page_is_stored_and_opens(committed, lead, client_for, backup):
    response = upload(client_for(lead), b"Present: three.\n")

    assert response.status_code == 302
    stored_file = backup(StoredFile).get()
    assert (stored_file.original_name, stored_file.size) == ("minutes.txt", 16)
    with backup(StoredFile).get().bytes.open() as content:
        assert content.read() == b"Present: three.\n"


def test_while_it_arrives_an_upload_is_nowhere_in_clear(monkeypatch, tmp_path):
    """The temporary file has no name, and what its blocks hold is sealed."""
    handler = SealedUploadHandler(request_to(takes_files))
    handler.new_file("upload", "a.txt", "text/plain", None)

    handler.receive_data_chunk(b"CANARY " * 12_000, 0)
    raw = os.pread(handler._raw.fileno(), 1 << 20, 0) if handler._raw else b""
    finished = handler.file_complete(84_000)

    assert re.search(r"deleted|#\d+", os.readlink(f"/proc/self/fd/{finished.file.raw._raw.fileno()}"))
    assert b"CANARY" not in raw
    finished.file.raw._raw.seek(0)
    assert b"CANARY" not in finished.file.raw._raw.read()
    assert finished.read(6) == b"CANARY"
    finished.close()


def test_a_broken_off_upload_leaves_nothing():
    handler = SealedUploadHandler(request_to(takes_files))
    handler.new_file("upload", "a.txt", "text/plain", None)
    handler.receive_data_chunk(b"half", 0)
    raw = handler._raw

    handler.upload_interrupted()

    assert raw is not None
    assert raw.closed


@pytest.mark.parametrize("size", [0, 1, 99_999, 100_000])
def test_a_file_up_to_the_limit_arrives_whole(size):
    arrived = send(SealedUploadHandler(request_to(takes_files)), b"a" * size)

    assert (arrived.thrown_away, arrived.read()) == ("", b"a" * size)
    arrived.close()


def test_a_file_over_the_limit_is_read_and_thrown_away():
    arrived = send(SealedUploadHandler(request_to(takes_files)), b"a" * 100_001)

    assert (arrived.thrown_away, arrived.file) == ("too_large", None)


def test_a_file_far_over_the_limit_ends_the_connection():
    with pytest.raises(StopUpload):
        send(SealedUploadHandler(request_to(takes_files)), b"a" * 1_100_000)


def test_more_files_than_the_page_takes_are_thrown_away():
    handler = SealedUploadHandler(request_to(takes_files))

    arrived = [send(handler, b"a") for _ in range(3)]

    assert [each is None for each in arrived] == [False, False, True]
    for each in arrived[:2]:
        each.close()


def test_a_page_that_takes_no_files_gets_none():
    assert send(SealedUploadHandler(request_to(takes_none)), b"a") is None


def test_somebody_who_may_not_open_the_page_uploads_nothing(lead, acting_for):
    staff = acting_for("staff")

    assert send(SealedUploadHandler(request_to(takes_files_of_some, None)), b"a") is None
    assert send(SealedUploadHandler(request_to(takes_files_of_some, staff)), b"a") is None
    arrived = send(SealedUploadHandler(request_to(takes_files_of_some, lead)), b"a")
    assert arrived.read() == b"a"
    arrived.close()


def test_a_body_that_says_it_is_larger_than_the_page_takes_is_refused(lead, client_for):
    client = client_for(lead)

    response = client.post(reverse("evidence:index"), {"search": SimpleUploadedFile("a.txt", b"a" * 1_100_000)})

    assert response.status_code in {400, 413}


def test_a_full_disk_gives_a_sentence(monkeypatch):
    class Full(io.BytesIO):
        def write(self, content: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(receiving.tempfile, "TemporaryFile", Full)

    arrived = send(SealedUploadHandler(request_to(takes_files)), b"a" * 90_000)

    assert arrived.thrown_away == "no_room"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.pdf", "The file is empty."),
        (b"a" * 20_000_001, "long.txt", "The file must be smaller than 20 MB."),
        (b"MZ" + b"\x00" * 99, "minutes.pdf", "but its content is something else (a program)"),
        (b"<svg/>", "drawing.svg", "Save the file as PDF or PNG and upload that."),
    ],
)
def test_bad_input_gets_a_clear_answer_on_the_form_and_loses_no_text(lead, client_for, content, name, sentence):
    response = upload(client_for(lead), content, name)

    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in page
    assert "<title>Error: " in re.sub(r"\s+", " ", page).replace("<title> ", "<title>")
    assert 'value="Minutes of May"' in page
    with acting_as(lead):
        assert (StoredFile.objects.count(), EvidenceItem.objects.count()) == (0, 0)


def test_a_good_file_beside_a_bad_field_says_to_select_it_again(lead, client_for):
    page = upload(client_for(lead), b"words\n", title="").content.decode()

    assert "Enter a title" in page
    assert "Select the file again." in page


def test_no_file_says_to_select_one(lead, client_for):
    response = client_for(lead).post(ADDRESS, FIELDS)

    assert "Select a file" in response.content.decode()


def test_the_field_says_what_it_takes_and_only_takes_that():
    field = UploadField(allowlist=PDF_ONLY, required=False)

    assert str(field.help_text) == "PDF, up to 20 MB"
    assert field.widget.attrs["accept"] == ".pdf"
    assert field.clean(None) is None


def test_a_name_that_climbs_is_only_a_name(committed, lead, client_for, backup):
    upload(client_for(lead), samples.pdf(), "..\\..\\minutes.pdf")

    assert backup(StoredFile).get().original_name == "minutes.pdf"
