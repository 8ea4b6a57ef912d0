"""Reads of jobs that other rooms show."""

from dataclasses import dataclass

from foundation.core.acting import Acting
from foundation.core.prepared import Prepared
from foundation.jobs.models import Job
from foundation.jobs.workflow import Status


@dataclass(frozen=True)
class Latest:
    """A job as the start page lists it."""

    reference: str
    title: str
    status: str

    @property
    def status_text(self) -> str:
        return str(Status(self.status).label)


def latest(acting: Acting) -> list[Latest]:
    """The last five jobs of this person that made something, run or went wrong; what left nothing is over."""
    return [Latest(*row) for row in _LATEST.rows(acting.organisation_id, acting.membership_id)]


def newest_about(acting: Acting, name: str, **ids: int) -> Job | None:
    """The newest job of a kind about something, whoever asked for it. For whoever may see what the job works on."""
    rows = Job.objects.filter(organisation_id=acting.organisation_id, name=name)
    return rows.filter(**{f"arguments__{key}": value for key, value in ids.items()}).order_by("-pk").first()


def under_way(acting: Acting, name: str) -> list[Job]:
    """The unfinished jobs of a kind, whoever asked for them. For whoever may see what the jobs work on."""
    return list(Job.objects.filter(organisation_id=acting.organisation_id, name=name).unfinished())


_LATEST = Prepared(
    lambda organisation_id, membership_id: (
        Job.objects.filter(organisation_id=organisation_id, requested_by_id=membership_id)
        .exclude(status=Status.DONE, result_label="", result_file_label="")
        .order_by("-pk")
        .values_list("reference", "title", "status")[:5]
    ),
    int,
    int,
)
