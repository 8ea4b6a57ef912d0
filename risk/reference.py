"""Reference data of the risk room: read from its files, loaded into the database, and looked up by code."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from foundation.core.prepared import Prepared, Question
from foundation.ledger import acting_system
from foundation.organisations.sectors import Sector
from risk.models import Category
from risk.scoring import Band, Matrix

FOLDER = Path(__file__).with_name("library")
KINDS = {"themes": Category.Kind.THEME, "ideologies": Category.Kind.IDEOLOGY}
DATED = ("label", "in_force_to", "source", "verified", "position")


@dataclass(frozen=True)
class Starter:
    """A risk to begin with. ``sectors`` empty means everyone's."""

    code: str
    theme: str
    title: str
    description: str
    sectors: tuple[str, ...]


@dataclass
class Changes:
    """What a load changed, as lines to read: added, changed, ended."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.ended)


def load(*, on: date, folder: Path = FOLDER, dry_run: bool = False) -> Changes:
    """Bring the categories to what the file says. One that is gone from the file ends; none is ever deleted.

    Raises ValueError, and changes nothing, where the file contradicts itself.
    """
    wanted = _wanted(folder)
    changes = Changes()
    with acting_system("library"):
        standing = {(row.kind, row.code, row.in_force_from): row for row in Category.objects.all()}
        for key, values in wanted.items():
            row = standing.pop(key, None)
            name = f"{key[0]} {key[1]} from {key[2]}"
            if row is None:
                changes.added.append(name)
                if not dry_run:
                    Category.objects.create(kind=key[0], code=key[1], in_force_from=key[2], **values)
                continue
            fields = [each for each in DATED if getattr(row, each) != values[each]]
            if fields:
                changes.changed.append(f"{name}: {', '.join(fields)}")
                if not dry_run:
                    Category.objects.filter(pk=row.pk).update(**{each: values[each] for each in fields})
        for key, row in standing.items():
            if row.in_force_to is None:
                changes.ended.append(f"{key[0]} {key[1]} from {key[2]}")
                if not dry_run:
                    Category.objects.filter(pk=row.pk).update(in_force_to=max(on, row.in_force_from))
    return changes


def offered(kind: str, on: date) -> list[tuple[str, str]]:
    """Codes and labels in force on a day, to choose from."""
    return list(Category.objects.in_force(on).filter(kind=kind).values_list("code", "label"))


class Words(NamedTuple):
    """The newest label of every code there ever was, so that what is no longer offered can still be read."""

    themes: dict[str, str]
    ideologies: dict[str, str]

    def of(self, kind: str) -> dict[str, str]:
        return self.themes if kind == Category.Kind.THEME else self.ideologies


def words() -> Words:
    """Themes and ideologies by code. One query."""
    return words_of(_WORDS.rows())


def asking_words() -> Question:
    """The question behind ``words``, for a page that asks others with it; ``words_of`` reads the answer."""
    return _WORDS.question()


def words_of(rows: list[tuple[Any, ...]]) -> Words:
    """Themes and ideologies by code, from the answer to ``asking_words``."""
    found = Words({}, {})
    for kind, code, label in rows:
        found.of(kind)[code] = label
    return found


_WORDS = Prepared(lambda: Category.objects.order_by("in_force_from", "pk").values_list("kind", "code", "label"))


@cache
def starters() -> tuple[Starter, ...]:
    """All starter risks."""
    return tuple(
        Starter(row["code"], row["theme"], row["title"], row["description"], tuple(row["sectors"]))
        for row in _read(FOLDER / "starter_risks.yaml")["risks"]
    )


def starters_for(sectors: list[str]) -> list[Starter]:
    """The starter risks that fit an organisation of these sectors; all of them for one that has none."""
    return [row for row in starters() if not row.sectors or not sectors or set(row.sectors) & set(sectors)]


@cache
def default_matrix() -> Matrix:
    """What an organisation has until it chooses otherwise."""
    plain = _read(FOLDER / "defaults.yaml")
    return Matrix(tuple(plain["likelihood"]), tuple(plain["impact"]), tuple(Band(**band) for band in plain["bands"]))


def _wanted(folder: Path) -> dict[tuple[str, str, date], dict[str, Any]]:
    wanted: dict[tuple[str, str, date], dict[str, Any]] = {}
    for group, rows in _read(folder / "categories.yaml").items():
        for position, row in enumerate(rows):
            key = (str(KINDS[group]), row["code"], row["in_force_from"])
            if key in wanted:
                raise ValueError(f"{group}: {row['code']} begins twice on {row['in_force_from']}.")
            wanted[key] = {
                "label": row["label"],
                "in_force_to": row.get("in_force_to"),
                "source": row["source"],
                "verified": row["verified"],
                "position": position,
            }
    return wanted


def problems_of_starters(themes: set[str]) -> list[str]:
    """Starter risks that name a theme or a sector that is not there, or a code twice."""
    codes = [row.code for row in starters()]
    found = [f"{code} is there twice" for code in sorted({code for code in codes if codes.count(code) > 1})]
    found += [f"{row.code}: no theme {row.theme}" for row in starters() if row.theme not in themes]
    return found + [f"{row.code}: no such sector" for row in starters() if set(row.sectors) - set(Sector.values)]


def _read(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.safe_load(file)
