"""Risks that members share: what a member lets its partnerships read, what a partnership sees rolled up.

Of a member that does not share, a partnership learns nothing: not even whether it has risks.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from foundation.organisations import queries as organisations
from foundation.organisations.models import Organisation
from risk import queries, reference
from risk.models import Entry, Risk, SharedRisk
from risk.scoring import Matrix


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
@dataclass(frozen=True)
class Own:
    """One risk of a member, and what one partnership may read of it. No ``entry``: the assessment has it no more."""

    risk: Risk
    partnership: Organisation
    entry: Entry | None
    tag: tuple[str, str]
    assessed_at: datetime | None
    shared: SharedRisk | None
    ended: SharedRisk | None

    @property
    def title(self) -> str:
        if self.entry is not None:
            return self.entry.title
        return self.shared.title if self.shared else ""

    @property
    def state(self) -> Sharing:
        if self.shared is None:
            return Sharing.TAKEN_BACK if self.ended else Sharing.NOT_SHARED
        if self.risk.closed_at is not None:
            return Sharing.CLOSED
        if self.entry is None:
            return Sharing.GONE
        return Sharing.SHARED if self.entry.pk == self.shared.entry_id else Sharing.CHANGED

    @property
    def state_colour(self) -> str:
        return SHARING_COLOURS[self.state]

    @property
    def can_be_shared(self) -> bool:
        return self.entry is not None and self.risk.closed_at is None


def own(acting: Acting, on: date, risk: str = "") -> list[Own]:
    """Every risk that the organisation may share or shares now, for each of its partnerships. Four queries."""
    partnerships = organisations.belongs_to(acting, on)
    assessment = queries.approved(acting) if partnerships else None
    entries = {entry.risk_id: entry for entry in queries.entries(acting, assessment)} if assessment else {}
    shared: dict[tuple[int, int], SharedRisk] = {}
    ended: dict[tuple[int, int], SharedRisk] = {}
    mine = SharedRisk.objects.visible_to(acting).filter(organisation=acting.organisation, partnership__in=partnerships)
    for each in mine.select_related("risk").order_by("shared_at", "pk"):
        (shared if each.ended_at is None else ended)[each.partnership_id, each.risk_id] = each
    risks = {entry.risk_id: entry.risk for entry in entries.values()}
    found = []
    for partnership in partnerships:
        still = {each.risk_id: each.risk for key, each in shared.items() if key[0] == partnership.pk}
        for pk, row in sorted((still | risks).items(), key=lambda item: _in_order(item[1].code)):
            if risk in ("", row.reference):
                entry = entries.get(pk)
                found.append(
                    Own(
                        risk=row,
                        partnership=partnership,
                        entry=entry,
                        tag=queries.band_of(assessment.scale, entry.score("residual")) if assessment and entry
                        else ("", ""),
                        assessed_at=assessment.approved_at if assessment else None,
                        shared=shared.get((partnership.pk, pk)),
                        ended=ended.get((partnership.pk, pk)),
                    )
                )  # fmt: skip
    return found


def words_of(own: Own) -> str:
    """The words by which a person looks for the risk."""
    return f"{own.risk.code} {own.title} {own.shared.comment if own.shared else ''}"


def _in_order(code: str) -> tuple[int, str]:
    """R2 before R10."""
    return len(code), code


def context_of(acting: Acting, risk: Risk, on: date) -> dict[str, object]:
    """What a risk's own page says of sharing. Nothing for an organisation in no partnership."""
    return {"sharing": own(acting, on, risk.reference), "can_share": acting.may("risk.share")}


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
    """All that members share with a partnership now. ``words``: what every code is called."""

    rows: list[SharedRisk]
    by_theme: list[Heap]
    by_member: list[Heap]
    members: list[Organisation]
    silent: list[Organisation]
    words: reference.Words
    drawn: list[SharedRisk]
    others: list[SharedRisk]


def rolled_up(acting: Acting, on: date) -> RolledUp:
    """What is shared with the partnership acted for, by theme and by member. Three queries."""
    rows = list(gathered(acting).order_by("title", "pk"))
    words = reference.words()
    members = organisations.members(acting, on)
    sharing = {row.organisation_id for row in rows}
    drawn = _most_alike([row for row in rows if row.score])
    return RolledUp(
        rows=rows,
        by_theme=_heaps(rows, lambda row: (words.themes.get(row.theme, row.theme), row.theme)),
        by_member=_heaps(rows, lambda row: (row.organisation.name, row.organisation.slug)),
        members=members,
        silent=[member for member in members if member.pk not in sharing],
        words=words,
        drawn=drawn,
        others=[row for row in rows if row not in drawn],
    )


def _heaps(rows: Sequence[SharedRisk], of: Callable[[SharedRisk], tuple[str, str]]) -> list[Heap]:
    """The fullest first."""
    found: dict[tuple[str, str], list[SharedRisk]] = {}
    for row in rows:
        found.setdefault(of(row), []).append(row)
    heaps = [
        Heap(label, value, len(each), len({row.organisation_id for row in each}), _bands(each))
        for (label, value), each in found.items()
    ]
    return sorted(heaps, key=lambda heap: (-heap.total, heap.label.casefold()))


def _bands(rows: Sequence[SharedRisk]) -> list[tuple[str, str, int]]:
    """Bands with how many stand in each, the worst first, measured by how far up its own scale a score is."""
    counts = Counter(band_of(row) for row in rows)
    worst = {band_of(row): max(height(each) for each in rows if band_of(each) == band_of(row)) for row in rows}
    return [(*band, counts[band]) for band in sorted(counts, key=lambda band: (-worst[band], band))]


def band_of(row: SharedRisk) -> tuple[str, str]:
    """Label and colour."""
    return (row.band, row.band_colour) if row.band else (_("Not scored"), "grey")


def height(row: SharedRisk) -> float:
    """How far up its own scale a score is: from 0 to 1."""
    return (row.score or 0) / row.scale.highest if row.matrix else 0.0


def score_in_words(row: SharedRisk) -> str:
    """ "12 of 25", since two members may score on different scales."""
    return _("%(score)s of %(highest)s") % {"score": row.score, "highest": row.scale.highest} if row.score else ""


def _most_alike(rows: Sequence[SharedRisk]) -> list[SharedRisk]:
    """The rows of the scale that most of them were scored on. Scores of other scales cannot stand beside them."""
    alike: dict[object, list[SharedRisk]] = {}
    for row in rows:
        alike.setdefault(_size(row.scale), []).append(row)
    return max(alike.values(), key=len, default=[])


def _size(matrix: Matrix) -> object:
    """What makes two scales alike: as many steps, and bands that end at the same scores. Words may differ."""
    return len(matrix.likelihood), len(matrix.impact), tuple((band.up_to, band.colour) for band in matrix.bands)
