"""One edition of a framework beside the one before: what was kept, changed, added and dropped."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from compliance.models import Framework, Relation, Requirement


class Fate(TextChoices):
    """What became of a row from one edition to the next."""

    KEPT = "kept", _("Kept")
    CHANGED = "changed", _("Changed")
    NEW = "new", _("New")
    DROPPED = "dropped", _("Dropped")


COLOURS = {Fate.KEPT: "grey", Fate.CHANGED: "blue", Fate.NEW: "green", Fate.DROPPED: "orange"}


@dataclass(frozen=True)
class Pair:
    """A row of the new edition with the rows it replaced; or, with ``new`` None, a row that nothing replaced."""

    old: tuple[Requirement, ...]
    new: Requirement | None
    fate: Fate
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def colour(self) -> str:
        return COLOURS[self.fate]

    @property
    def is_merged(self) -> bool:
        return len(self.old) > 1


@dataclass(frozen=True)
class Mapping:
    """``framework`` beside what it replaced, row by row in the order of the new edition."""

    framework: Framework
    previous: tuple[Framework, ...]
    pairs: tuple[Pair, ...]

    @cached_property
    def counts(self) -> dict[Fate, int]:
        return {fate: sum(pair.fate == fate for pair in self.pairs) for fate in Fate}

    def of(self, fate: str) -> list[Pair]:
        """The pairs with this fate; all of them for a fate that does not exist."""
        return [pair for pair in self.pairs if pair.fate == fate] if fate in Fate.values else list(self.pairs)


def mapping_of(framework: Framework) -> Mapping | None:
    """The mapping to the edition before; None where the library holds no rows of one. Four queries."""
    links = list(
        Relation.objects.filter(kind=Relation.Kind.SUPERSEDES, origin__framework=framework).select_related("target")
    )
    replaced = {link.target.framework_id for link in links}
    previous = tuple(
        Framework.objects.filter(Q(pk__in=replaced) | Q(instrument_id__in=framework.instrument.replaces))
        .exclude(pk=framework.pk)
        .select_related("instrument")
    )
    if not previous:
        return None
    by_origin: dict[int, list[Relation]] = {}
    for link in sorted(links, key=lambda each: each.target.position):
        by_origin.setdefault(link.origin_id, []).append(link)
    pairs = [_pair(row, by_origin.get(row.pk, [])) for row in framework.requirements.all()]
    gone = {link.target_id for link in links}
    pairs += [
        Pair(old=(row,), new=None, fate=Fate.DROPPED)
        for row in Requirement.objects.filter(framework__in=previous)
        if row.pk not in gone
    ]
    return Mapping(framework, previous, tuple(pairs))


def followers_of(framework: Framework) -> list[Framework]:
    """Later editions whose rows replaced rows of this one."""
    followers = Relation.objects.filter(kind=Relation.Kind.SUPERSEDES, target__framework=framework)
    return list(Framework.objects.filter(pk__in=followers.values("origin__framework_id")))


def _pair(row: Requirement, links: list[Relation]) -> Pair:
    old = tuple(link.target for link in links)
    if not old:
        return Pair(old=(), new=row, fate=Fate.NEW)
    same = len(old) == 1 and (old[0].title, old[0].text, old[0].force) == (row.title, row.text, row.force)
    return Pair(
        old=old,
        new=row,
        fate=Fate.KEPT if same else Fate.CHANGED,
        marks=tuple(dict.fromkeys(link.mark for link in links if link.mark)),
        notes=tuple(dict.fromkeys(link.note for link in links if link.note)),
    )
