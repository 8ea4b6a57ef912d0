"""Works out whom a requirement asks, a few thousand people at a time. Done again it changes nothing."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from training import assigning
from training.actions import requirements
from training.models import Requirement

if TYPE_CHECKING:
    from foundation import jobs


def work_out(job: "jobs.JobContext", *, requirement_id: int) -> None:
    """The handler of ``training.work_out``."""
    with job.step() as acting:
        chunks = list(assigning.all_people(acting.organisation_id))
    total = sum(map(len, chunks))
    done = 0
    for members in chunks:
        with job.step() as acting:
            requirements.work_out(requirement_id=requirement_id, members=members, by=acting, now=job.now())
        done += len(members)
        job.progress(done, total, "people")
    with job.step() as acting:
        requirements.worked_out(requirement_id=requirement_id, by=acting, now=job.now())
        reference = Requirement.objects.visible_to(acting).values_list("reference", flat=True).get(pk=requirement_id)
        job.finish(label=_("See whom it asks"), url_name="training:requirement", reference=reference)
