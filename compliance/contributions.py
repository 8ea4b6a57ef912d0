"""Members' contributions to the benchmarks that a group answers: what a member shares, what a partnership gathers.

Of a member that does not share, a partnership learns nothing: not even whether it has an answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance import library_memory
from compliance.models import Answer, Contribution, Requirement
from compliance.models.library import CountsAs
from compliance.readiness import STATE_COLOUR
from foundation.core.acting import Acting
from foundation.organisations import queries as organisations
from foundation.organisations.models import Organisation


class Sharing(TextChoices):
    """Where a member stands with letting a partnership read one answer."""

    NOT_ANSWERED = "not_answered", gettext_lazy("Not answered yet")
    NOT_SHARED = "not_shared", gettext_lazy("Not shared")
    SHARED = "shared", gettext_lazy("Shared")
    CHANGED = "changed", gettext_lazy("Shared, but your answer changed since")
    TAKEN_BACK = "taken_back", gettext_lazy("Taken back")


SHARING_COLOURS = {
    Sharing.NOT_ANSWERED: "grey",
    Sharing.NOT_SHARED: "grey",
    Sharing.SHARED: "green",
    Sharing.CHANGED: "yellow",
    Sharing.TAKEN_BACK: "grey",
}


def steps_in_words(requirement: Requirement, status: str, *, applies: bool) -> tuple[str, str]:
    """A status of the requirement's scale as text and colour of a tag. Load ``framework__scale`` with the row."""
    if not applies:
        return _("Does not apply"), "grey"
    steps = requirement.framework.scale.steps if requirement.framework else []
    step = next((each for each in steps if each["code"] == status), None)
    return (step["label"], STATE_COLOUR[CountsAs(step["counts_as"])]) if step else (status, "grey")


# ---- What a member shares
@dataclass(frozen=True)
class Own:
    """One benchmark of a member: its own answer, and what one partnership may read of it."""

    requirement: Requirement
    partnership: Organisation
    answer: Answer | None
    shared: Contribution | None
    ended: Contribution | None

    @property
    def state(self) -> Sharing:
        if self.shared is not None:
            changed = self.answer is None or self.answer.answered_at != self.shared.answered_at
            return Sharing.CHANGED if changed else Sharing.SHARED
        if self.answer is None:
            return Sharing.NOT_ANSWERED
        return Sharing.TAKEN_BACK if self.ended else Sharing.NOT_SHARED

    @property
    def state_colour(self) -> str:
        return SHARING_COLOURS[self.state]

    @property
    def answer_tag(self) -> tuple[str, str]:
        if self.answer is None:
            return _("Not assessed"), "grey"
        return steps_in_words(self.requirement, self.answer.status, applies=self.answer.applies)

    @property
    def asks(self) -> str:
        """What the toolkit's row wants each member to say."""
        return self.requirement.content.get("member_contribution", "")


def own(acting: Acting, on: date, code: str = "") -> list[Own]:
    """Every benchmark that the acting organisation may share, for each of its partnerships. Four queries."""
    partnerships = organisations.belongs_to(acting, on)
    benchmarks = _benchmarks(acting, on, code) if partnerships else []
    answers = {
        answer.requirement_id: answer
        for answer in Answer.objects.visible_to(acting).filter(
            requirement__in=[each.pk for each in benchmarks], answered_at__isnull=False
        )
    }
    shared: dict[tuple[int, int], Contribution] = {}
    ended: dict[tuple[int, int], Contribution] = {}
    mine = Contribution.objects.visible_to(acting).filter(organisation=acting.organisation)
    for each in mine.filter(requirement__in=[row.pk for row in benchmarks]).order_by("shared_at", "pk"):
        (shared if each.ended_at is None else ended)[each.partnership_id, each.requirement_id] = each
    return [
        Own(
            requirement=row,
            partnership=partnership,
            answer=answers.get(row.pk),
            shared=shared.get((partnership.pk, row.pk)),
            ended=ended.get((partnership.pk, row.pk)),
        )
        for partnership in partnerships
        for row in benchmarks
    ]


def words_of(own: Own) -> str:
    """The words by which a person looks for the benchmark."""
    return f"{own.requirement} {own.shared.comment if own.shared else ''}"


# ---- What a partnership gathers
class Seen(TextChoices):
    """What a partnership knows of one member and one benchmark."""

    SHARED = "shared", gettext_lazy("Shared")
    NOT_SHARED = "not_shared", gettext_lazy("Not shared")


@dataclass(frozen=True)
class Cell:
    """One member and one benchmark. With ``seen`` not shared, everything else is empty, whatever the member holds."""

    member: Organisation
    requirement: Requirement
    shared: Contribution | None

    @property
    def seen(self) -> Seen:
        return Seen.SHARED if self.shared else Seen.NOT_SHARED

    @property
    def tag(self) -> tuple[str, str]:
        """Text and colour."""
        if self.shared is None:
            return str(Seen.NOT_SHARED.label), ""
        return steps_in_words(self.requirement, self.shared.status, applies=self.shared.applies)

    @property
    def comment(self) -> str:
        return self.shared.comment if self.shared else ""

    @property
    def as_at(self) -> datetime | None:
        return self.shared.answered_at if self.shared else None

    @property
    def shared_at(self) -> datetime | None:
        return self.shared.shared_at if self.shared else None


@dataclass(frozen=True)
class Gathered:
    """The members that are asked the benchmarks, in rows, and what they share, in columns."""

    benchmarks: list[Requirement]
    members: list[Organisation]
    others: list[Organisation]
    cells: list[Cell]

    @property
    def rows(self) -> list[tuple[Organisation, list[Cell]]]:
        return [(member, [cell for cell in self.cells if cell.member == member]) for member in self.members]

    @property
    def columns(self) -> list[tuple[Requirement, int]]:
        """Each benchmark with how many members share it."""
        return [(row, len(shared(cell for cell in self.cells if cell.requirement == row))) for row in self.benchmarks]

    @property
    def total(self) -> int:
        return len(self.cells)

    @property
    def shared_total(self) -> int:
        return len(shared(self.cells))

    @property
    def silent(self) -> list[Organisation]:
        """Members that share nothing."""
        sharing = {cell.member.pk for cell in self.cells if cell.shared}
        return [member for member in self.members if member.pk not in sharing]


def shared(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.shared]


def not_shared(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if not cell.shared]


def gathered(acting: Acting, on: date, code: str = "") -> Gathered:
    """What the members of the acting partnership share with it. Three queries, whatever the number of members."""
    benchmarks = _benchmarks(acting, on, code)
    everybody = organisations.members(acting, on)
    asked = [member for member in everybody if any(_is_asked(member, row, on) for row in benchmarks)]
    found = {
        (each.organisation_id, each.requirement_id): each
        for each in Contribution.objects.visible_to(acting).filter(
            partnership=acting.organisation, requirement__in=[row.pk for row in benchmarks]
        )
    }
    return Gathered(
        benchmarks=benchmarks,
        members=asked,
        others=[member for member in everybody if member not in asked],
        cells=[Cell(member, row, found.get((member.pk, row.pk))) for member in asked for row in benchmarks],
    )


def is_partnership(acting: Acting) -> bool:
    return organisations.is_partnership(acting)


def is_for_the_group(requirement: Requirement) -> bool:
    """True for what is answered once for the area, with a part from each member."""
    return requirement.answered_at == "group"


def context_of(acting: Acting, requirement: Requirement, on: date) -> dict[str, object]:
    """What a requirement's own pages say of contributions. No query for what is not answered by a group."""
    if not is_for_the_group(requirement):
        return {}
    if is_partnership(acting):
        return {"gathered": gathered(acting, on, requirement.code)}
    return {"sharing": own(acting, on, requirement.code), "can_share": acting.may("compliance.share")}


def _benchmarks(acting: Acting, on: date, code: str) -> list[Requirement]:
    asked = library_memory.library().asked_of(acting.organisation, on)
    return [row for row in asked if row.answered_at == "group" and code in ("", row.code)]


def _is_asked(member: Organisation, requirement: Requirement, on: date) -> bool:
    """Whether a member is asked this row of the library itself."""
    framework = requirement.framework
    assert framework is not None  # a benchmark of the library
    is_member = member.kind != Organisation.Kind.PARTNERSHIP
    return is_member and framework.fits(member, on) and requirement.is_asked_of(member, on)


def narrowed(cells: Sequence[Cell], *, member: str = "", code: str = "", seen: str = "", words: str = "") -> list[Cell]:
    """The cells that fit; each condition may be left open. Words are looked for in comments and names."""
    wanted = words.casefold().split()
    return [
        cell
        for cell in cells
        if (not member or cell.member.slug == member)
        and (not code or cell.requirement.code == code)
        and (not seen or cell.seen == seen)
        and all(word in f"{cell.member.name} {cell.requirement} {cell.comment}".casefold() for word in wanted)
    ]
