"""What rooms share when a report that a job was to make is asked for once more."""

from typing import Any

from django.db.models import QuerySet

from foundation.core.acting import Acting
from foundation.jobs.models import Job
from foundation.jobs.reports import check_may_be_made_again


def lock_for_another_try(report: Any, standing: QuerySet, by: Acting) -> None:
    """Raise RuleBroken unless a report that is locked may be asked for once more. ``standing``: rows with ``state``.

    Its old job is locked too: whoever starts that one again at the same moment finds the report being made, or we do.
    """
    if report.job_id is not None:
        Job.objects.filter(organisation_id=by.organisation_id).select_for_update(no_key=True).get(pk=report.job_id)
    check_may_be_made_again(standing.get(pk=report.pk).state)
