"""Local profiles and what follows from them, made by the actions a lead would use; and risks to link them to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.core.markings import Marking
from risk import actions
from risk.actions.profiles import Edition, Reassess
from risk.models import (
    Assessment,
    CtlpBriefing,
    CtlpEdition,
    CtlpRecommendation,
    Entry,
    EntryRevision,
    ReviewTask,
    Risk,
)
from tests.conftest import NOW
from tests.factories import risk as risks

DUE = date(2099, 1, 31)
WRITTEN_AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def described(**changes: Any) -> Edition:
    """What the register says of an edition, in full."""
    return Edition(
        **(
            {
                "title": "Local profile 2026",
                "originator": "Severnshire Constabulary",
                "period_from": date(2025, 4, 1),
                "period_to": date(2026, 3, 31),
                "issued_on": date(2026, 5, 4),
                "marking": Marking.OFFICIAL_SENSITIVE,
                "held_at": "Safe of the community safety team",
                "note": "",
            }
            | changes
        )
    )


def edition(
    by: Acting, *, reassess: str = Reassess.NONE, risk_ids: tuple[int, ...] = (), now: datetime = NOW, **changes: Any
) -> CtlpEdition:
    """An edition, which asks for no risk to be assessed again unless told to."""
    with acting_as(by):
        added = actions.add_edition(
            edition=described(**changes), reassess=reassess, risk_ids=risk_ids, due_on=DUE, by=by, now=now
        )
    return added.edition


def recommendation(
    by: Acting, of: CtlpEdition | None = None, *, code: str = "R1", now: datetime = NOW, **changes: Any
) -> CtlpRecommendation:
    """A recommendation that waits for a response."""
    of = of or edition(by)
    wanted = {"text": "Brief frontline staff", "may_be_recorded": True, "recommended_to": "All councils"} | changes
    with acting_as(by):
        return actions.add_recommendation(edition_id=of.pk, code=code, by=by, now=now, **wanted)


def answered(by: Acting, row: CtlpRecommendation, response: str = "accepted", reason: str = "") -> CtlpRecommendation:
    with acting_as(by):
        return actions.answer_recommendation(
            recommendation_id=row.pk, version=row.version, response=response, reason=reason, by=by, now=NOW
        )


def linked(by: Acting, row: CtlpRecommendation, *risks: Risk) -> CtlpRecommendation:
    with acting_as(by):
        return actions.link_risks(
            recommendation_id=row.pk, version=row.version, risk_ids=[each.pk for each in risks], by=by, now=NOW
        )


def brief(by: Acting, row: CtlpEdition, **changes: Any) -> CtlpBriefing:
    """A briefing of the partnership's chair, unless told otherwise."""
    wanted = {
        "membership_id": None,
        "other": "Chair of the partnership",
        "briefed_on": date(2026, 6, 1),
        "briefed_by": "Force Prevent lead",
    } | changes
    with acting_as(by):
        return actions.add_briefing(edition_id=row.pk, by=by, now=NOW, **wanted)


def send(
    by: Acting, row: CtlpRecommendation, on: date = date(2026, 11, 20), *, version: int | None = None
) -> CtlpRecommendation:
    """The response was sent; recorded the day after ``NOW``."""
    with acting_as(by):
        return actions.record_sent(
            recommendation_id=row.pk, version=version or row.version, sent_on=on, by=by, now=NOW + timedelta(days=1)
        )


def tasks(by: Acting, *risks: Risk, now: datetime = NOW, **changes: Any) -> list[ReviewTask]:
    """Tasks after an incident."""
    wanted = {"cause": "incident", "note": "Leaflets were found", "due_on": DUE} | changes
    with acting_as(by):
        return actions.raise_tasks(risk_ids=[each.pk for each in risks], by=by, now=now, **wanted)


def risk(
    by: Acting,
    code: str = "R-1",
    *,
    title: str = "Online radicalisation",
    owner_id: int | None = None,
    closed: bool = False,
    written_at: datetime = WRITTEN_AT,
) -> Risk:
    """A risk in the organisation's open register, written in January 2026."""
    with acting_as(by):
        register = Assessment.objects.visible_to(by).filter(title="Register of 2026").first()
    register = register or risks.assessment(by, "Register of 2026", now=written_at)
    entry = risks.risk(by, register, title, now=written_at, source="ctlp")
    if owner_id is not None:
        risks.own(by, entry, owner_id, now=written_at)
    if closed:
        risks.close(by, entry, now=written_at)
    return risks.called(by, entry, code)


def touched(by: Acting, entry: Entry, number: int, at: datetime) -> None:
    """A revision of an entry, as an action of the assessment writes it."""
    with acting_as(by):
        EntryRevision.objects.create(
            **entry.entry_fields(),
            organisation=by.organisation,
            entry=entry,
            number=number,
            changed_at=at,
            changed_by=by.membership,
        )
