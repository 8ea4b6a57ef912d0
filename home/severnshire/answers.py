"""What the organisations answered, when, and who did it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from compliance import actions, library_memory
from compliance.models import Requirement
from foundation.core.acting import Acting
from home.severnshire.dice import NOT_APPLICABLE, Profile, Step, dice, history, profiles, steps
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry, PersonEntry, read

WRITTEN = {COUNTY: ("county-duty", "county-benchmarks"), "partnership": ("partnership",)}
REVIEW_MONTHS = 12.0
# What stood there before the text that was written down, for states nobody wrote a text for.
EARLIER = {
    "not_met": (
        "Looked at for the first time. Little is in place, and what there is has not been written down.",
        "Nobody owned this until now. A first step was agreed and will be looked at next quarter.",
    ),
    "partly_met": (
        "Some of this is in place. The gap was named at the officers' meeting and has an owner.",
        "In hand: practice is better than the paper. The missing part is in the plan with a date.",
        "Partly there. What works was checked with those who do it; the rest follows this year.",
    ),
    "met": (
        "In place and working when last looked at. Evidence is linked.",
        "Reviewed with those who do the work. Nothing was missing.",
    ),
    "exceeded": ("More than was asked when last looked at.",),
}
SCORES = {"not_met": (1, 1), "partly_met": (2, 3), "met": (3, 4), "exceeded": (5, 5)}


@dataclass
class Book:
    """Which requirements there are, and the version each answer has reached."""

    numbers: dict[str, int]
    themes: dict[str, str]
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    answered: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of_the_library(cls) -> "Book":
        rows = list(Requirement.objects.filter(organisation__isnull=True).values_list("code", "pk", "theme_id"))
        return cls({code: pk for code, pk, _theme in rows}, {code: theme for code, _pk, theme in rows})


@dataclass(frozen=True)
class Planned:
    """One requirement of one organisation: its history and what was written about it."""

    code: str
    steps: list[Step]
    texts: dict[str, str]
    owner: str = ""
    review: float = REVIEW_MONTHS


def planned(cast: Cast, entry: OrganisationEntry) -> list[Planned]:
    """All that an organisation answers, written down or drawn."""
    if entry.key in WRITTEN:
        return [plan for name in WRITTEN[entry.key] for plan in _written(name)]
    profile = profiles().get(entry.key)
    if profile is None:
        return []
    asked = _asked_of(cast, entry)
    texts = {code: found for name in reversed(profile.texts) for code, found in read(f"answers/{name}.yaml").items()}
    return [plan for code in texts if code in asked if (plan := _drawn(entry, code, texts[code], profile))]


def deeds(cast: Cast, book: Book, entry: OrganisationEntry, plans: list[Planned]) -> Iterator[Deed]:
    """Every answer that was given, one deed for each time."""
    book.answered[entry.key] = {plan.code for plan in plans if plan.steps[-1].state != NOT_APPLICABLE}
    for plan in plans:
        for step in plan.steps:
            yield _deed(cast, book, entry, plan, step)


def answerer(entry: OrganisationEntry, months_ago: float, wanted: str = "") -> PersonEntry:
    """Which of the leads would have answered then: the owner if that is one, else the first who was there."""
    leads = [person for person in entry.people if "prevent_lead" in person.roles and person.is_there(months_ago)]
    assert leads, f"Nobody of {entry.key} could have answered {months_ago} months ago."
    return next((person for person in leads if person.key == wanted), leads[0])


def _deed(cast: Cast, book: Book, entry: OrganisationEntry, plan: Planned, step: Step) -> Deed:
    moments = cast.moments
    at = moments.at_work(step.months_ago, f"{entry.key}/{plan.code}/{step.months_ago}")
    wanted = plan.owner or entry.owners.get(book.themes[plan.code], entry.owners["default"])
    lead = answerer(entry, step.months_ago, wanted)
    owner = None if plan.owner == "none" else _owner(entry, wanted, step, lead)
    score = _score(entry, plan, step)
    applies = step.state != NOT_APPLICABLE
    review = moments.day(step.months_ago - plan.review)

    def answer(by: Acting, now: datetime) -> None:
        version = book.versions.get((entry.key, plan.code), 0)
        actions.answer(
            requirement_id=book.numbers[plan.code],
            version=version,
            status=step.state if applies else "not_assessed",
            applies=applies,
            why_not="" if applies else plan.texts["why_not"].format_map(entry.vocabulary),
            score=score,
            comment=_text(entry, plan, step) if applies else "",
            owner_id=cast.members[f"{entry.key}/{owner.key}"].pk if owner else None,
            next_review_on=_not_before(review, now),
            by=by,
            now=now,
        )
        book.versions[entry.key, plan.code] = version + 1

    return Deed(at, f"{entry.key}/{lead.key}", answer)


def _not_before(review: date, now: datetime) -> date:
    return max(review, timezone.localdate(now))


def _owner(entry: OrganisationEntry, wanted: str, step: Step, lead: PersonEntry) -> PersonEntry:
    person = entry.person(wanted)
    return person if person.is_there(step.months_ago) else lead


def _text(entry: OrganisationEntry, plan: Planned, step: Step) -> str:
    text = plan.texts.get(step.state)
    if text is None:
        text = dice(entry.key, plan.code, step.state).choice(EARLIER[step.state])
    text = text.strip().format_map(entry.vocabulary)
    return text[0].upper() + text[1:]


def _score(entry: OrganisationEntry, plan: Planned, step: Step) -> int | None:
    if entry.scores is None or step.state not in SCORES:
        return None
    return dice(entry.key, plan.code, str(step.months_ago)).randint(*SCORES[step.state])


def _written(name: str) -> Iterator[Planned]:
    for code, row in read(f"answers/{name}.yaml").items():
        texts = {key: value for key, value in row.items() if isinstance(value, str) and key not in {"history", "owner"}}
        yield Planned(
            code, steps(row["history"]), texts, owner=row.get("owner", ""), review=row.get("review", REVIEW_MONTHS)
        )


def _drawn(entry: OrganisationEntry, code: str, texts: dict[str, Any], profile: Profile) -> Planned | None:
    found = history(entry.slug, code, texts, profile)
    if not found:
        return None
    unowned = dice(entry.slug, code, "owner").random() < profile.unowned
    return Planned(code, found, texts, owner="none" if unowned else "")


def _asked_of(cast: Cast, entry: OrganisationEntry) -> set[str]:
    """What the duty asks of the organisation and no more specific requirement answers."""
    library = library_memory.library()
    asked = library.asked_of(cast.organisations[entry.key], cast.moments.today)
    answered_elsewhere = {code for row in asked for code in library.wordings[row.pk][0].same_question_as}
    return {row.code for row in asked} - answered_elsewhere
