"""Which actions members report to the partnership, which it placed in its plan, and the one that was taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from actionplans import actions
from actionplans.models import Action, Objective, Plan, ReportedAction
from foundation.core.acting import Acting
from home.severnshire.people import Cast, Deed
from home.severnshire.plans import Do
from home.severnshire.reading import OrganisationEntry

PARTNERSHIP = "partnership"


@dataclass(frozen=True)
class Reported:
    """An action by how its title begins: reported and placed so many months ago, under the objective of this number.

    Without ``objective`` it waits for a place. ``back``: taken back so many months ago.
    """

    title: str
    at: float
    objective: int | None = None
    comment: str = ""
    back: float | None = None


# Ashmere and the other districts report nothing; the partnership gives the newest report its place at the next meeting.
WHO = {
    "county": (
        Reported("Work with probation", 2.6, 1, "The districts' housing teams are needed from January."),
        Reported("Review the venue and speaker policy", 2.6, 0, "One policy for the county and all districts."),
        Reported("Run a public campaign", 2.5, 0),
        Reported("Agree one referral form", 0.3),
    ),
    "hartsmoor": (
        Reported("Check every new hirer", 2.4, 0),
        Reported("Find a deputy", 2.4, None, back=0.8),
    ),
    "university": (Reported("Rewrite the procedure", 2.2, 0, "We can share the checklist with every venue."),),
}


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """What a member reported and took back; for the partnership, what it placed."""
    if entry.key == PARTNERSHIP:
        for key, reports in WHO.items():
            for report in reports:
                if report.objective is not None:
                    yield _deed(cast, entry, report.at - 0.2, f"{key}/{report.title}", _place(report))
        return
    for report in WHO.get(entry.key, ()):
        yield _deed(cast, entry, report.at, report.title, _report(cast, report))
        if report.back is not None:
            yield _deed(cast, entry, report.back, f"{report.title}/back", _take_back(report))


def _deed(cast: Cast, entry: OrganisationEntry, months_ago: float, what: str, do: Do) -> Deed:
    return Deed(cast.moments.at_work(months_ago, f"{entry.key}/reported/{what}"), f"{entry.key}/lead", do)


def _report(cast: Cast, said: Reported) -> Do:
    def report(by: Acting, now: datetime) -> None:
        row = Action.objects.visible_to(by).get(title__startswith=said.title, follows=None)
        actions.report_action(
            action_id=row.pk,
            partnership_id=cast.organisations[PARTNERSHIP].pk,
            version=row.version,
            comment=said.comment,
            by=by,
            now=now,
        )

    return report


def _take_back(said: Reported) -> Do:
    def take_back(by: Acting, now: datetime) -> None:
        mine = ReportedAction.objects.visible_to(by).filter(organisation=by.organisation, ended_at=None)
        actions.take_back_action(reported_id=mine.get(title__startswith=said.title).pk, by=by, now=now)

    return take_back


def _place(said: Reported) -> Do:
    def place(by: Acting, now: datetime) -> None:
        plan = Plan.objects.visible_to(by).get()
        under = Objective.objects.visible_to(by).filter(plan=plan).order_by("position")[said.objective or 0]
        reported = ReportedAction.objects.gathered_by(by).get(title__startswith=said.title)
        actions.place_reported(reported_id=reported.pk, plan_id=plan.pk, objective_id=under.pk, by=by, now=now)

    return place
