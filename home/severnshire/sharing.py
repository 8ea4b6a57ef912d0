"""What the councils let the partnership read of their answers to the benchmarks; one shares nothing, one took back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from compliance import actions
from compliance.models import Answer, Contribution
from compliance.models.contributions import SHORT
from foundation.core.acting import Acting
from home.severnshire.answers import Book, answerer
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import OrganisationEntry

PARTNERSHIP = "partnership"
Do = Callable[[Acting, datetime], None]


@dataclass(frozen=True)
class Shared:
    """Which benchmarks a council shares, how many months ago, and which it took back later."""

    codes: tuple[str, ...]
    months_ago: float
    taken_back: tuple[str, ...] = ()
    back_months_ago: float = 0.0


# Brindle Valley is not here: its lead is new and has not shared anything.
WHO = {
    "county": Shared(("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"), 1.4),
    "ashmere": Shared(("B1", "B3", "B4", "B6"), 1.2),
    "cullerton": Shared(("B1", "B2", "B3", "B4", "B6", "B7"), 1.1),
    "hartsmoor": Shared(("B1", "B4", "B6"), 1.3, taken_back=("B4",), back_months_ago=0.4),
    "larkminster": Shared(("B1", "B2", "B3", "B4", "B6", "B7", "B8"), 0.9),
    "thornwick": Shared(("B1", "B4", "B8"), 0.7),
}


def deeds(cast: Cast, book: Book, entry: OrganisationEntry) -> Iterator[Deed]:
    """Every answer that was shared or taken back. Only what the council had answered by then can be shared."""
    plan = WHO.get(entry.key)
    if plan is None:
        return
    for code in plan.codes:
        if code in book.answered.get(entry.key, ()):
            yield _deed(cast, entry, code, plan.months_ago, _share(cast, book, code))
            if code in plan.taken_back:
                yield _deed(cast, entry, code, plan.back_months_ago, _take_back(book, code))


def _deed(cast: Cast, entry: OrganisationEntry, code: str, months_ago: float, do: Do) -> Deed:
    at = cast.moments.at_work(months_ago, f"{entry.key}/shared/{code}/{months_ago}")
    return Deed(at, f"{entry.key}/{answerer(entry, months_ago).key}", do)


def _share(cast: Cast, book: Book, code: str) -> Do:
    def share(by: Acting, now: datetime) -> None:
        answer = Answer.objects.visible_to(by).filter(requirement_id=book.numbers[code]).first()
        if answer is None or answer.answered_at is None:
            return  # answered only later
        actions.share_contribution(
            requirement_id=book.numbers[code],
            partnership_id=cast.organisations[PARTNERSHIP].pk,
            version=answer.version,
            comment=answer.comment[:SHORT],
            by=by,
            now=now,
        )

    return share


def _take_back(book: Book, code: str) -> Do:
    def take_back(by: Acting, now: datetime) -> None:
        mine = Contribution.objects.visible_to(by).filter(organisation=by.organisation, ended_at=None)
        for shared in mine.filter(requirement_id=book.numbers[code]):
            actions.take_back_contribution(contribution_id=shared.pk, by=by, now=now)

    return take_back
