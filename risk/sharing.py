"""Risks that members share: what a member lets its partnerships read, what a partnership sees rolled up.

Of a member that does not share, a partnership learns nothing: not even whether it has risks.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, answers
from foundation.organisations import given
from foundation.organisations import queries as organisations
from foundation.organisations.models import Given, Organisation
from risk import queries, reference
from risk.models import Entry, Risk, SharedRisk
from risk.scoring import Matrix
from risk.workflow import Status


class Sharing(TextChoices):
    """Where a member stands with letting a partnership read one risk."""

    NOT_SHARED = "not_shared", gettext_lazy("Not shared")
    SHARED = "shared", gettext_lazy("Shared")
    CHANGED = "changed", gettext_lazy("Shared, but assessed again since")
    CLOSED = "closed", gettext_lazy("Shared, but closed since")
    GONE = "gone", gettext_lazy("Shared, but not in your approved assessment any more")
    TAKEN_BACK = "taken_back", gettext_lazy("Taken back")


SHARING_COLOURS = {
    Sharing.NOT_SHARED: "grey",
    Sharing.SHARED: "green",
    Sharing.CHANGED: "yellow",
    Sharing.CLOSED: "yellow",
    Sharing.GONE: "yellow",
    Sharing.TAKEN_BACK: "grey",
}


# ---- What a member shares
def state_of(entry_id: int | None, shared_entry_id: int | None, *, is_closed: bool, was_shared: bool) -> Sharing:
    """Where a risk stands: as the approved assessment has it now, and as it is shared now, if it is in either."""
    if shared_entry_id is None:
        return Sharing.TAKEN_BACK if was_shared else Sharing.NOT_SHARED
    if is_closed:
        return Sharing.CLOSED
    if entry_id is None:
        return Sharing.GONE
    return Sharing.SHARED if entry_id == shared_entry_id else Sharing.CHANGED


@dataclass(frozen=True)
class Own:
    """One risk of a member, and what one partnership may read of it. No ``entry``: the assessment has it no more."""

    risk: Risk
    partnership: Organisation
    entry: Entry | None
    shared: SharedRisk | None
    ended: SharedRisk | None

    @property
    def tag(self) -> tuple[str, str]:
        """The band of its current score and the band's colour."""
        return queries.band_of(self.entry.assessment.scale, self.entry.score("residual")) if self.entry else ("", "")

    @property
    def assessed_at(self) -> datetime | None:
        return self.entry.assessment.approved_at if self.entry else None

    @property
    def title(self) -> str:
        if self.entry is not None:
            return self.entry.title
        return self.shared.title if self.shared else ""

    @property
    def state(self) -> Sharing:
        return state_of(
            self.entry.pk if self.entry else None,
            self.shared.entry_id if self.shared else None,
            is_closed=self.risk.closed_at is not None,
            was_shared=self.ended is not None,
        )

    @property
    def state_colour(self) -> str:
        return SHARING_COLOURS[self.state]

    @property
    def can_be_shared(self) -> bool:
        return self.entry is not None and self.risk.closed_at is None


def own(acting: Acting, partnerships: Sequence[Organisation], of: Q) -> list[Own]:
    """What the organisation may share or shares now of some risks, for each partnership. Two queries.

    ``of`` says which, of whatever has a ``risk``.
    """
    rows = Entry.objects.visible_to(acting).filter(of, assessment__status=Status.APPROVED)
    mine = SharedRisk.objects.visible_to(acting).filter(
        of, organisation=acting.organisation, partnership__in=partnerships
    )
    return together(
        partnerships,
        rows.select_related("risk", "assessment") if partnerships else (),
        mine.select_related("risk").order_by("shared_at", "pk"),
    )


def together(partnerships: Sequence[Organisation], said: Iterable[Entry], shares: Iterable[SharedRisk]) -> list[Own]:
    """What approved assessments say of some risks with what was shared of them, the oldest first, by partnership."""
    entries = {entry.risk_id: entry for entry in said}
    shared: dict[tuple[int, int], SharedRisk] = {}
    ended: dict[tuple[int, int], SharedRisk] = {}
    for each in shares:
        (shared if each.ended_at is None else ended)[each.partnership_id, each.risk_id] = each
    risks = {entry.risk_id: entry.risk for entry in entries.values()}
    found = []
    for partnership in partnerships:
        still = {each.risk_id: each.risk for key, each in shared.items() if key[0] == partnership.pk}
        for pk, row in sorted((still | risks).items(), key=lambda item: _in_order(item[1].code)):
            entry, key = entries.get(pk), (partnership.pk, pk)
            found.append(Own(row, partnership, entry, shared.get(key), ended.get(key)))
    return found


def _in_order(code: str) -> tuple[int, str]:
    """R2 before R10."""
    return len(code), code


def own_risk(acting: Acting, on: date, reference: str) -> list[Own]:
    """One risk, for each of the organisation's partnerships. Three queries."""
    return own(acting, organisations.belongs_to(acting, on), Q(risk__reference=reference))


def context_of(acting: Acting, risk: Risk, on: date) -> dict[str, object]:
    """What a risk's own page says of sharing. Nothing for an organisation in no partnership."""
    return {"sharing": own_risk(acting, on, risk.reference), "can_share": acting.may("risk.share")}


# ---- What a partnership sees
def gathered(acting: Acting) -> QuerySet[SharedRisk]:
    """What members share now with the partnership acted for, with the member."""
    return SharedRisk.objects.gathered_by(acting).select_related("organisation")


@dataclass(frozen=True)
class Heap:
    """Shared risks of one theme or one member: how many, from how many members, by band and the highest of them."""

    label: str
    value: str
    total: int
    members: int
    bands: list[tuple[str, str, int]]


@dataclass(frozen=True)
class RolledUp:
    """All that members share with a partnership now, counted. ``words``: what every code is called.

    ``drawn`` counts the cells of ``scale``, the one that most of them were scored on; ``others`` are not drawn.
    """

    total: int
    by_theme: list[Heap]
    by_member: list[Heap]
    members: list[Organisation]
    silent: list[Organisation]
    words: reference.Words
    bands: list[str]
    scale: Matrix | None
    drawn: Counter[tuple[int, int]]

    @property
    def others(self) -> int:
        return self.total - self.drawn.total()


NOTHING = RolledUp(0, [], [], [], [], reference.Words({}, {}), [], None, Counter())


def rolled_up(acting: Acting, on: date) -> RolledUp:
    """What is shared with the partnership acted for, by theme and by member. For who may read risks.

    Two queries, and three more after each change of what is shared: then the database counts it anew.
    """
    place = (acting.organisation_id, timezone.localdate(acting.at))
    found, places, changes = answers(
        reference.asking_words(),
        organisations.asking_members(acting, on),
        given.asking_changes(*place, Given.What.RISKS),
    )
    counted = given.figures(*place, FIGURES, changes, partial(_counted, *place))
    heaps = counted["heaps"]
    scored: dict[Matrix, Cells] = {}
    for plain, cells in counted["scales"]:
        scored.setdefault(Matrix.from_plain(plain), Counter()).update(_cells(cells))
    words, members = reference.words_of(found), organisations.members_of(places)
    names = {member.pk: (member.name, member.slug) for member in members}
    sharing = {pk for _theme, pk, *_rest in heaps}
    height = _heights(scored)
    scale, drawn = _most_alike(scored)
    return RolledUp(
        total=sum(number for *_of, number in heaps),
        by_theme=_heaps(heaps, height, lambda theme, _pk: (words.themes.get(theme, theme), theme)),
        by_member=_heaps(heaps, height, lambda _theme, pk: names[pk]),
        members=members,
        silent=[member for member in members if member.pk not in sharing],
        words=words,
        bands=sorted({band for _theme, _pk, band, *_rest in heaps if band}),
        scale=scale,
        drawn=drawn,
    )


FIGURES = "risks by theme, member, band and cell"
Counted = Sequence[Any]  # of a theme, a member, a band and its colour: how many
Cells = Counter[tuple[int, int]]  # how many stand at a likelihood and an impact
_HEAPS = Prepared(
    lambda partnership_id, on: (
        SharedRisk.objects.gathered_on(partnership_id, on)
        .order_by()
        .values_list("theme", "organisation_id", "band", "band_colour")
        .annotate(number=Count("pk"))
    ),
    int,
    date,
)
_CELLS = Prepared(
    lambda partnership_id, on: (
        SharedRisk.objects.gathered_on(partnership_id, on)
        .filter(likelihood__isnull=False)
        .order_by()
        .values_list("organisation_id", "assessed_at", "likelihood", "impact")
        .annotate(number=Count("pk"), first=Min("pk"))
    ),
    int,
    date,
)
_SCALES = Prepared(
    lambda partnership_id, on, wanted: (
        SharedRisk.objects.gathered_on(partnership_id, on)
        .filter(pk__any_of=wanted)
        .order_by("pk")
        .values_list("organisation_id", "assessed_at", "matrix")
    ),
    int,
    date,
    str,
)


def _counted(partnership_id: int, on: date) -> dict[str, Any]:
    """How many are shared by theme, member and band, and how many stand in each cell of each scale, as plain values.

    One assessment of one member has one scale, so it is read once.
    """
    place = (partnership_id, on)
    heaps, cells = answers(_HEAPS.question(*place), _CELLS.question(*place))
    assessments: dict[tuple[int, datetime], list[tuple[int, int, int]]] = {}
    first: dict[tuple[int, datetime], int] = {}
    for member, at, likelihood, impact, number, pk in cells:
        assessments.setdefault((member, at), []).append((likelihood, impact, number))
        first[member, at] = pk
    scales: dict[str, Cells] = {}
    for member, at, plain in _SCALES.rows(*place, as_one_value(first.values())):
        scales.setdefault(plain, Counter()).update(_cells(assessments[member, at]))
    return {
        "heaps": heaps,
        "scales": [
            (json.loads(plain), [(*cell, number) for cell, number in found.items()]) for plain, found in scales.items()
        ],
    }


def _cells(plain: Iterable[Sequence[int]]) -> Cells:
    return Counter({(likelihood, impact): number for likelihood, impact, number in plain})


def _heights(scored: dict[Matrix, Cells]) -> dict[tuple[str, str], float]:
    """Of each band, how far up its own scale the highest score in it is: from 0 to 1."""
    heights: dict[tuple[str, str], float] = {}
    for scale, cells in scored.items():
        for score in {likelihood * impact for likelihood, impact in cells}:
            band = scale.band(score)
            key = (band.label, band.colour)
            heights[key] = max(heights.get(key, 0.0), score / scale.highest)
    return heights


def _heaps(
    counted: Sequence[Counted],
    height: dict[tuple[str, str], float],
    of: Callable[[str, int], tuple[str, str]],
) -> list[Heap]:
    """The fullest first. Bands the worst first."""
    bands: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    members: dict[tuple[str, str], set[int]] = {}
    for theme, member, band, colour, number in counted:
        heap = of(theme, member)
        bands.setdefault(heap, Counter())[band, colour] += number
        members.setdefault(heap, set()).add(member)
    heaps = [
        Heap(
            *heap,
            total=found.total(),
            members=len(members[heap]),
            bands=[
                (*band_named(*band), found[band])
                for band in sorted(found, key=lambda each: (-height.get(each, 0.0), each))
            ],
        )
        for heap, found in bands.items()
    ]
    return sorted(heaps, key=lambda heap: (-heap.total, heap.label.casefold()))


def _most_alike(scored: dict[Matrix, Cells]) -> tuple[Matrix | None, Cells]:
    """The scale that most are scored on, in its commonest words, and its cells. Others cannot stand beside them."""
    alike: dict[object, dict[Matrix, Cells]] = {}
    for scale, cells in scored.items():
        alike.setdefault(_size(scale), {})[scale] = cells
    if not alike:
        return None, Counter()
    most = max(alike.values(), key=lambda scales: sum(cells.total() for cells in scales.values()))
    return max(most, key=lambda scale: most[scale].total()), sum(most.values(), Counter())


def band_named(label: str, colour: str) -> tuple[str, str]:
    """The band of a shared risk as people read it, and its colour."""
    return (label, colour) if label else (_("Not scored"), "grey")


def score_in_words(likelihood: int | None, impact: int | None, highest: int | None) -> str:
    """ "12 of 25", since two members may score on different scales."""
    if likelihood is None or impact is None:
        return ""
    return _("%(score)s of %(highest)s") % {"score": likelihood * impact, "highest": highest}


def _size(matrix: Matrix) -> object:
    """What makes two scales alike: as many steps, and bands that end at the same scores. Words may differ."""
    return len(matrix.likelihood), len(matrix.impact), tuple((band.up_to, band.colour) for band in matrix.bands)
