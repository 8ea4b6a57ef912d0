"""Background work of the files room. Queued with ``jobs.queue``."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from foundation import jobs

if TYPE_CHECKING:
    from foundation.files.quarantine import Step


@jobs.handler("files.scan", limit_seconds=120, title=_("Scan an uploaded file"))
def scan(job: "jobs.JobContext", *, stored_file_id: int, **_later: object) -> None:
    from foundation.files import quarantine  # noqa: PLC0415 -- leaf

    now: datetime = job.now()
    quarantine.scan(stored_file_id=stored_file_id, step=cast("Step", partial(job.step)), now=now)
