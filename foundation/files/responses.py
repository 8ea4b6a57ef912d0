"""Documents that jobs made, as downloads."""

from datetime import datetime

from django.http import FileResponse, Http404

from foundation.core.acting import Acting
from foundation.files import actions
from foundation.files.examination.types import FileType


def made_document(stored_file_id: int | None, *, name: str, by: Acting, now: datetime) -> FileResponse:
    """A document of our own making, as an attachment that no browser runs; in the ledger each time.

    The caller has checked that ``by`` may have it. Raises Http404 where it is not made yet.
    """
    if stored_file_id is None:
        raise Http404
    stored = actions.open_file(stored_file_id=stored_file_id, by=by, now=now)
    assert stored.bytes is not None  # only a withdrawn file has none, and that may not be opened
    kind = FileType(stored.file_type)
    filename = f"{name}.{kind.extensions[0]}"
    response = FileResponse(stored.bytes.open(), as_attachment=True, filename=filename, content_type=kind.content_type)
    response["Content-Security-Policy"] = "sandbox"
    return response
