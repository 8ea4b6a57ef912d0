"""What is wrong with a risk as it stands, each finding with the page that puts it right. Touches no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risk.models.assessments import Template
from risk.models.risks import Response


class Finding(StrEnum):
    """One thing that is wrong."""

    RESIDUAL_ABOVE_INHERENT = "residual_above_inherent"
    LOWERED_WITHOUT_CONTROL = "lowered_without_control"
    TOLERATED_BY_NOBODY = "tolerated_by_nobody"
    TOLERATED_TOO_LONG = "tolerated_too_long"
    NO_OWNER = "no_owner"
    OWNER_LEFT = "owner_left"
    REVIEW_OVERDUE = "review_overdue"
    NOT_SCORED = "not_scored"


# What it says, the tone of its flag, and the page (a URL name) where it is put right.
SAYS: dict[Finding, tuple[str | Promise, str, str]] = {
    Finding.RESIDUAL_ABOVE_INHERENT: (_("The current score is higher than the inherent one"), "red", "risk:score"),
    Finding.LOWERED_WITHOUT_CONTROL: (
        _("The current score is lower than the inherent one, and no control says why"),
        "red",
        "risk:add_control",
    ),
    Finding.TOLERATED_BY_NOBODY: (
        _("Tolerated without somebody who agreed to it and a last day"),
        "red",
        "risk:respond",
    ),
    Finding.TOLERATED_TOO_LONG: (_("Tolerated past its last day"), "red", "risk:respond"),
    Finding.NO_OWNER: (_("Nobody owns this risk"), "yellow", "risk:respond"),
    Finding.OWNER_LEFT: (_("The owner has left"), "red", "risk:respond"),
    Finding.REVIEW_OVERDUE: (_("Overdue for review"), "yellow", "risk:respond"),
    Finding.NOT_SCORED: (_("Not scored yet"), "yellow", "risk:score"),
}
PUT_RIGHT_IN_PROMPTS = "risk:prompts"


@dataclass(frozen=True)
class Facts:
    """What the checks look at."""

    template: str
    inherent: int | None
    residual: int | None
    has_controls: bool
    response: str
    has_tolerator: bool
    tolerated_until: date | None
    has_owner: bool
    owner_left_on: date | None
    next_review_on: date | None


def findings(facts: Facts, on: date) -> list[Finding]:
    """What is wrong on a day, worst first."""
    found = [*_of_scores(facts), *_of_response(facts, on)] if facts.template == Template.SCORED else []
    if not facts.has_owner:
        found.append(Finding.NO_OWNER)
    elif facts.owner_left_on is not None and facts.owner_left_on < on:
        found.append(Finding.OWNER_LEFT)
    if facts.next_review_on is not None and facts.next_review_on < on:
        found.append(Finding.REVIEW_OVERDUE)
    order = list(Finding)
    return sorted(found, key=order.index)


def fix_of(finding: Finding, template: str) -> str:
    """The URL name of the page that puts a finding right."""
    return SAYS[finding][2] if template == Template.SCORED else PUT_RIGHT_IN_PROMPTS


def _of_scores(facts: Facts) -> Iterable[Finding]:
    if facts.inherent is None or facts.residual is None:
        yield Finding.NOT_SCORED
    elif facts.residual > facts.inherent:
        yield Finding.RESIDUAL_ABOVE_INHERENT
    elif facts.residual < facts.inherent and not facts.has_controls:
        yield Finding.LOWERED_WITHOUT_CONTROL


def _of_response(facts: Facts, on: date) -> Iterable[Finding]:
    if facts.response != Response.TOLERATE:
        return
    if not facts.has_tolerator or facts.tolerated_until is None:
        yield Finding.TOLERATED_BY_NOBODY
    elif facts.tolerated_until < on:
        yield Finding.TOLERATED_TOO_LONG
