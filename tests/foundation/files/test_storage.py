"""Both stores keep the same promises: the folder, and S3-compatible storage behind django-storages."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from foundation.core.acting import acting_as
from foundation.files import storage
from foundation.files.storage import BytesMissing, DirectoryStore, RemoteStore, Store
from tests.foundation.files.conftest import put

NAME = f"7/{'ab' * 32}"


class Bucket(BaseHTTPRequestHandler):
    """As much of the S3 protocol as one bucket needs: PUT, GET, HEAD, DELETE and the list with prefixes."""

    kept: dict[str, bytes]

    @property
    def key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/bucket/")

    def do_PUT(self) -> None:
        self.kept[self.key] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200)

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked or "prefix" in asked:
            self._answer(200, self._listed(asked.get("prefix", [""])[0]))
        elif self.key in self.kept:
            self._answer(200, self.kept[self.key])
        else:
            self._answer(404)

    do_HEAD = do_GET  # noqa: N815 -- the name the server library calls

    def do_DELETE(self) -> None:
        self.kept.pop(self.key, None)
        self._answer(204)

    def _listed(self, prefix: str) -> bytes:
        below = [key.removeprefix(prefix) for key in sorted(self.kept) if key.startswith(prefix)]
        folders = sorted({each.split("/")[0] for each in below if "/" in each})
        files = "".join(f"<Contents><Key>{prefix}{each}</Key></Contents>" for each in below if "/" not in each)
        common = "".join(f"<CommonPrefixes><Prefix>{prefix}{each}/</Prefix></CommonPrefixes>" for each in folders)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{files}{common}</ListBucketResult>".encode()

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def bucket(settings: Any) -> Iterator[dict[str, bytes]]:
    handler = type("ThisBucket", (Bucket,), {"kept": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.S3_BUCKET, settings.S3_ENDPOINT = "bucket", f"http://127.0.0.1:{server.server_port}"
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = "key", "secret"  # pragma: allowlist secret
    storage._remote.cache_clear()
    yield handler.kept
    storage._remote.cache_clear()
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["folder", "remote"])
def either(request: pytest.FixtureRequest, settings: Any) -> Store:
    if request.param == "folder":
        return DirectoryStore(Path(settings.FILES_DIR))
    request.getfixturevalue("bucket")
    return RemoteStore()


def test_what_is_put_can_be_read_named_and_removed(either):
    either.put(NAME, io.BytesIO(b"sealed bytes"))

    with either.open(NAME) as content:
        assert content.read() == b"sealed bytes"
    ((name, put_at),) = list(either.names())
    assert name == NAME
    assert abs(datetime.now(UTC) - put_at) < timedelta(days=400)
    either.delete(NAME)
    assert list(either.names()) == []


def test_what_is_put_again_replaces_what_lay_there(either):
    either.put(NAME, io.BytesIO(b"orphan of a crash"))
    either.put(NAME, io.BytesIO(b"whole"))

    with either.open(NAME) as content:
        assert content.read() == b"whole"


def test_what_is_not_there_is_missing_and_removing_it_is_no_error(either):
    either.delete(NAME)

    with pytest.raises(BytesMissing):
        either.open(NAME)


@pytest.mark.parametrize("name", ["../x", "7/../../x", f"/7/{'a' * 64}", ""])
def test_no_name_is_taken_that_was_not_made_here(either, name):
    for attempt in (lambda: either.open(name), lambda: either.delete(name), lambda: either.put(name, io.BytesIO())):
        with pytest.raises(ValueError, match="looks otherwise"):
            attempt()


def test_an_upload_reaches_the_bucket_sealed_and_comes_back(lead, bucket):
    received = put(lead, b"CANARY in a bucket\n")

    (key,) = bucket
    assert key == f"files/{received.bytes.name}"
    assert b"CANARY" not in bucket[key]
    with acting_as(lead), received.bytes.open() as content:
        assert content.read() == b"CANARY in a bucket\n"
