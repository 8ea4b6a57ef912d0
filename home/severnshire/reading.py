"""The demonstration's data files as values."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
COUNTY = "county"
LONG_AGO = 25.0


@dataclass(frozen=True)
class PersonEntry:
    """Somebody in an organisation. Months are counted back from today; see cast.yaml."""

    key: str
    title: str
    name: str = ""
    roles: tuple[str, ...] = ()
    team: str = ""
    since: float = LONG_AGO - 0.5
    left: float | None = None
    ends: int | None = None
    sign_in: str = "accepted"
    same_as: str = ""
    staff_group: str = ""
    employment: str = "permanent"
    line_manager: str = ""

    def is_there(self, months_ago: float) -> bool:
        """True when they belonged to the organisation so many months ago, with some days to spare."""
        return months_ago < self.since - 0.15 and (self.left is None or months_ago > self.left + 0.15)


@dataclass(frozen=True)
class OrganisationEntry:
    """An organisation with its people, the first of whom is its first administrator."""

    key: str
    name: str
    sectors: list[str]
    people: list[PersonEntry]
    domain: str
    kind: str = "authority"
    since: float = LONG_AGO
    teams: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    scores: int | None = None

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")

    def person(self, key: str) -> PersonEntry:
        return next(person for person in self.people if person.key == key)

    def steps_above(self, person: PersonEntry) -> int:
        """How many line managers there are above somebody: in this order everybody joins after theirs."""
        return 1 + self.steps_above(self.person(person.line_manager)) if person.line_manager else 0

    @property
    def vocabulary(self) -> dict[str, str]:
        """What stands for {word} in the texts of this organisation."""
        approver = next((person.title for person in self.people if person.key == "approver"), "")
        return {"org": self.name, "approver_title": approver, **self.words}


def cast() -> list[OrganisationEntry]:
    """Everybody there is, in the order in which they come into being."""
    return [_organisation(dict(entry)) for entry in read("cast.yaml")]


@cache
def read(name: str) -> Any:
    """One data file, parsed once."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def _organisation(entry: dict[str, Any]) -> OrganisationEntry:
    since = entry.get("since", LONG_AGO)
    people = [
        _person({"since": since - 0.5, **person}, number) for number, person in enumerate(entry.pop("people"), start=1)
    ]
    return OrganisationEntry(**{"domain": entry["key"], **entry}, people=people)


def _person(entry: dict[str, Any], number: int) -> PersonEntry:
    roles = tuple(entry.pop("roles", ()))
    return PersonEntry(**{"key": f"person{number}", **entry}, roles=roles)
