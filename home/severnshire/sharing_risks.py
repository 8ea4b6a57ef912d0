"""What members let the partnership read of their risks; one takes a risk back, and some share nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from foundation.core.acting import Acting
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import OrganisationEntry
from risk import actions, queries
from risk.models import Entry, SharedRisk
from risk.models.sharing import SHORT

PARTNERSHIP = "partnership"
Do = Callable[[Acting, datetime], None]


@dataclass(frozen=True)
class Shared:
    """Which risks an organisation shares, by their place in its register, how many months ago, and what it took back.

    Those of last year's register, where this year's is not approved yet.
    """

    who: str
    codes: tuple[str, ...]
    months_ago: float
    taken_back: str = ""
    back_months_ago: float = 0.0


# The university keeps its risks to itself; the other members have no approved assessment.
WHO = {
    "county": Shared("lead", ("R1", "R2", "R5", "R6", "R8"), 2.5),
    "ashmere": Shared("lead", ("R1", "R2", "R5"), 0.25),
    "larkminster": Shared("lead", ("R1", "R2", "R3", "R4"), 2.2, taken_back="R2", back_months_ago=0.4),
    "academy": Shared("lead", ("R1",), 0.5),
}


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """Every risk that was shared or taken back."""
    plan = WHO.get(entry.key)
    if plan is None:
        return
    for code in plan.codes:
        yield _deed(cast, entry, plan.who, code, plan.months_ago, _share(cast, code))
        if code == plan.taken_back:
            yield _deed(cast, entry, plan.who, code, plan.back_months_ago, _take_back(code))


def _deed(cast: Cast, entry: OrganisationEntry, who: str, code: str, months_ago: float, do: Do) -> Deed:
    at = cast.moments.at_work(months_ago, f"{entry.key}/shared risk/{code}/{months_ago}")
    return Deed(at, f"{entry.key}/{who}", do)


def _share(cast: Cast, code: str) -> Do:
    def share(by: Acting, now: datetime) -> None:
        assessment = queries.approved(by)
        entry = Entry.objects.visible_to(by).get(assessment=assessment, risk__code=code)
        actions.share_risk(
            risk_id=entry.risk_id,
            partnership_id=cast.organisations[PARTNERSHIP].pk,
            entry_id=entry.pk,
            comment=entry.description[:SHORT],
            by=by,
            now=now,
        )

    return share


def _take_back(code: str) -> Do:
    def take_back(by: Acting, now: datetime) -> None:
        mine = SharedRisk.objects.visible_to(by).filter(organisation=by.organisation, ended_at=None)
        for shared in mine.filter(risk__code=code):
            actions.take_back_risk(shared_id=shared.pk, by=by, now=now)

    return take_back
