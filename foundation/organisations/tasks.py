"""Jobs of this room."""

from django.utils.translation import gettext_lazy as _

from foundation import jobs


@jobs.handler("organisations.send_invitation", permission="people.manage", title=_("Send an invitation"))
def send_invitation(job: jobs.JobContext, *, invitation_id: int, **_later: object) -> None:
    from foundation.organisations import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        actions.send_invitation(invitation_id=invitation_id, by=acting, now=job.now())


@jobs.handler(
    "organisations.check_people_import",
    permission="people.manage",
    limit_seconds=600,
    title=_("Check a file of people"),
    messages={"reading": _("%(done)s rows read")},
)
def check_people_import(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from foundation.organisations import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        checked = actions.check_import(
            import_id=import_id, by=acting, now=job.now(), progress=lambda done: job.progress(done, 0, "reading")
        )
        job.finish(label=_("See what the file would do"), url_name="organisations:import", reference=checked.reference)


@jobs.handler(
    "organisations.apply_people_import",
    permission="people.manage",
    limit_seconds=600,
    title=_("Apply a file of people"),
)
def apply_people_import(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from foundation.core.exceptions import RuleBroken  # noqa: PLC0415 -- leaf
    from foundation.organisations import actions  # noqa: PLC0415 -- leaf

    try:
        with job.step() as acting:
            applied = actions.apply_import(import_id=import_id, by=acting, now=job.now())
            job.finish(label=_("See what was done"), url_name="organisations:import", reference=applied.reference)
    except RuleBroken:
        with job.step() as acting:
            actions.take_back_confirmation(import_id=import_id, by=acting, now=job.now())
        raise


@jobs.handler(
    "organisations.export_people", permission="people.view", limit_seconds=600, title=_("Export a list of people")
)
def export_people(job: jobs.JobContext, *, export_id: int, **_later: object) -> None:
    from foundation.organisations import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        made = actions.make_people_export(export_id=export_id, by=acting, now=job.now())
        job.finish(
            label=_("Open the export"),
            url_name="organisations:export",
            reference=made.reference,
            file_label=_("Download the list"),
            file_url_name="organisations:download_export",
        )
