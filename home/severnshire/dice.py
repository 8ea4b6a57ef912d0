"""Histories for organisations whose answers are not written down one by one: dice that always fall the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from home.severnshire.reading import read

LADDER = ("not_met", "partly_met", "met", "exceeded")
NOT_APPLICABLE = "not_applicable"
# Where no text was written for a state, the nearest one stands in.
NEAREST = {
    "not_met": ("not_met", "partly_met", "met"),
    "partly_met": ("partly_met", "met", "not_met"),
    "met": ("met", "partly_met"),
}


@dataclass(frozen=True)
class Step:
    """Where an organisation said that it stood, so many months ago."""

    months_ago: float
    state: str


@dataclass(frozen=True)
class Profile:
    """How far an organisation has come; see answers/profiles.yaml."""

    texts: list[str]
    answered: float
    good: float
    poor: float
    first: float
    every: float
    last: float
    slips: float
    unowned: float
    set: dict[str, str] = field(default_factory=dict)


def profiles() -> dict[str, Profile]:
    return {key: Profile(**figures) for key, figures in read("answers/profiles.yaml").items()}


def dice(*key: str) -> Random:
    """Dice for one purpose: whoever else throws dice does not change how these fall."""
    return Random("/".join(key))  # noqa: S311 -- made-up data, no secret


def steps(written: str) -> list[Step]:
    """A history as it is written: "23 partly_met, 12 met"."""
    return [Step(float(months), state) for months, state in (part.split() for part in written.split(","))]


def history(slug: str, code: str, texts: dict[str, Any], profile: Profile) -> list[Step]:
    """How an organisation came to its answer to one requirement; empty where it has none yet."""
    if code in profile.set:
        return steps(profile.set[code])
    throw = dice(slug, code)
    if throw.random() > profile.answered:
        return []
    rounds = _rounds(throw, profile)
    if "why_not" in texts:
        return [Step(rounds[0], NOT_APPLICABLE)]
    final = _nearest(_final(throw, profile), texts)
    at = LADDER.index(final)
    slipped = throw.random() < profile.slips and at < LADDER.index("met")
    states = [LADDER[max(at - behind, 0)] for behind in range(len(rounds) - 1, -1, -1)]
    if throw.random() < 0.3:  # some were in place from the start
        states = [final] * len(rounds)
    if slipped and len(rounds) > 1:
        states[-2] = LADDER[at + 1]
    return [Step(months, state) for months, state in zip(rounds, states, strict=True)]


def _rounds(throw: Random, profile: Profile) -> list[float]:
    """When the requirement was looked at. Some are left out of the last rounds, as happens."""
    months = profile.first - throw.uniform(0, 2.5)
    found = [round(months, 2)] if throw.random() < 0.75 else []
    while (months := months - profile.every * throw.uniform(0.85, 1.15)) > profile.last + 1:
        if throw.random() < 0.6:
            found.append(round(months, 2))
    if throw.random() < 0.5 or not found:
        found.append(round(profile.last + throw.uniform(0, 0.8), 2))
    return found


def _final(throw: Random, profile: Profile) -> str:
    fell = throw.random()
    if fell < profile.good:
        return "met"
    return "not_met" if fell > 1 - profile.poor else "partly_met"


def _nearest(wanted: str, texts: Iterable[str]) -> str:
    written = set(texts)
    return next(state for state in NEAREST[wanted] if state in written)
