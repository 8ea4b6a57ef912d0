"""Whom a rule asks. Each kind of condition given must be met, by any of what it names; none given asks everybody."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from foundation.organisations.models import Employment
from foundation.organisations.roles import Role


class Post(NamedTuple):
    """What somebody is in the organisation on a day. ``teams`` is their team and all that it is part of."""

    teams: Collection[int]
    staff_group: str
    job_title: str
    employment: str
    roles: Collection[str]
    starts_on: date


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The conditions of a rule. ``job_titles`` are words that a job title contains. Days are first and last days."""

    teams: tuple[int, ...] = ()
    staff_groups: tuple[str, ...] = ()
    job_titles: tuple[str, ...] = ()
    employments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    started_from: date | None = None
    started_to: date | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Scope":
        values: dict[str, Any] = {name: tuple(value) for name, value in kept.items() if name not in _DAYS}
        values |= {name: date.fromisoformat(kept[name]) for name in _DAYS if name in kept}
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Only what is asked for."""
        return {
            name: value.isoformat() if isinstance(value, date) else list(value)
            for name, value in asdict(self).items()
            if value
        }

    def reasons(self, post: Post) -> list[str] | None:
        """Why a post comes under the rule, as codes such as ``team:12``; None where it does not."""
        if self.started_from and post.starts_on < self.started_from:
            return None
        if self.started_to and post.starts_on > self.started_to:
            return None
        found: list[str] = []
        for wanted, met in (
            (
                self.staff_groups,
                [f"staff_group:{post.staff_group}"] if _one_of(post.staff_group, self.staff_groups) else [],
            ),
            (
                self.job_titles,
                [f"job_title:{word}" for word in self.job_titles if word.casefold() in post.job_title.casefold()],
            ),
            (self.roles, [f"role:{role}" for role in self.roles if role in post.roles]),
            (self.teams, [f"team:{team}" for team in self.teams if team in post.teams]),
            (self.employments, [f"employment:{post.employment}"] if post.employment in self.employments else []),
        ):
            if wanted and not met:
                return None
            found += met
        if self.started_from or self.started_to:
            found.append("started")
        return found


_DAYS = ("started_from", "started_to")


def _one_of(text: str, wanted: Collection[str]) -> bool:
    return text.casefold() in {each.casefold() for each in wanted}


def because(codes: Collection[str], *, teams: Mapping[int, str], starts_on: date | None = None) -> str:
    """Why somebody is asked, for people to read: "Front line, Housing". Empty codes: everybody is asked."""
    return ", ".join(_in_words(code, teams) for code in codes if code != "started") or _("Everybody is asked")


def _in_words(code: str, teams: Mapping[int, str]) -> str:
    kind, _colon, value = code.partition(":")
    match kind:
        case "team":
            return teams.get(int(value), _("a team that is no more"))
        case "role":
            return str(Role(value).label) if value in Role.values else value
        case "employment":
            return str(Employment(value).label) if value in Employment.values else value
        case "job_title":
            return _("job title with “%(word)s”") % {"word": value}
        case _:
            return value
