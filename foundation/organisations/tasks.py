"""Jobs of this room."""

from django.utils.translation import gettext_lazy as _

from foundation import jobs


@jobs.handler("organisations.send_invitation", permission="people.manage", title=_("Send an invitation"))
def send_invitation(job: jobs.JobContext, *, invitation_id: int, **_later: object) -> None:
    from foundation.organisations import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        actions.send_invitation(invitation_id=invitation_id, by=acting, now=job.now())
