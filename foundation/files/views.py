"""The one page that gives a stored file out."""

from collections.abc import Iterator
from typing import BinaryIO

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from foundation.core.access import signed_in
from foundation.core.acting import Acting
from foundation.core.http import Request
from foundation.files import actions, owners
from foundation.files.examination.types import FileType
from foundation.files.models import StoredFile

PIECE = 64 * 1024


@signed_in
@require_GET
def download(request: Request, reference: str) -> HttpResponseBase:
    """Only for those whom the file's own room lets in; as an attachment that no browser runs."""
    acting: Acting = request.acting
    stored_file = StoredFile.objects.visible_to(acting).filter(reference=reference).first()
    if stored_file is None or not owners.may_see(acting, stored_file):
        raise Http404
    stored_file = actions.open_file(stored_file_id=stored_file.pk, by=acting, now=timezone.now())
    assert stored_file.bytes is not None
    response = StreamingHttpResponse(
        _pieces(stored_file.bytes.open()), content_type=FileType(stored_file.file_type).content_type
    )
    response["Content-Length"] = str(stored_file.size)
    response["Content-Disposition"] = content_disposition_header(True, stored_file.original_name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    """Needs no database: key and place were read with the row, and each piece proves itself."""
    with content:
        while piece := content.read(PIECE):
            yield piece
