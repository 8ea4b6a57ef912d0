"""What each row of a file would do to an assessment. Looks things up, and writes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.db.models.functions import Lower

from foundation.core.acting import Acting
from foundation.organisations.models import Membership
from risk.importing.fields import KINDS, Field
from risk.importing.outcomes import Outcome, WhenThere
from risk.importing.remarks import PROBLEMS, Remark
from risk.models import Assessment, Entry, Risk

TEXTS = (
    "title",
    "theme",
    "description",
    "cause",
    "at_risk",
    "places",
    "source",
    "source_note",
    "further_action",
    "response",
)
DAYS = ("target_on", "last_reviewed_on", "next_review_on")


@dataclass(frozen=True)
class Row:
    """A row as it was understood: its number, its values and whether reading it found something wrong."""

    number: int
    values: Mapping[str, Any]
    is_unfit: bool


@dataclass
class Planned:
    """What a row would do. ``changes`` has only what differs; ``falls`` says that a score becomes lower."""

    number: int
    outcome: Outcome
    risk_id: int | None = None
    entry: Entry | None = None
    owner_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    new_controls: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    falls: bool = False

    @property
    def standing(self) -> str:
        """What the plan rests on: while this stays the same, so does what was shown."""
        entry = f"{self.entry.pk}v{self.entry.version}" if self.entry else ""
        return f"{self.outcome}:{self.risk_id or ''}:{entry}:{self.owner_id or ''}"


@dataclass
class Standing:
    """What stands in the organisation, as far as a file can touch it."""

    entries: dict[int, Entry]
    taken_out: set[int]
    by_code: dict[str, Risk]
    by_title: dict[str, int]
    owners: dict[str, list[int]]
    is_scored: bool


def standing(
    rows: Sequence[Row], assessment: Assessment | None, *, is_scored: bool, by: Acting, today: date
) -> Standing:
    """Look up the risks, the entries of the assessment and the people that a file names."""
    found = Entry.objects.filter(organisation_id=by.organisation_id, assessment=assessment).select_related("risk")
    known = list(found.prefetch_related("controls")) if assessment else []
    here = {entry.risk_id: entry for entry in known if entry.removed_at is None}
    codes = {str(row.values["code"]).casefold() for row in rows if "code" in row.values}
    risks = Risk.objects.visible_to(by).annotate(plain=Lower("code")).filter(plain__in=codes)
    return Standing(
        entries=here,
        taken_out={entry.risk_id for entry in known if entry.removed_at is not None},
        by_code={risk.code.casefold(): risk for risk in risks},
        by_title={_title(entry.title): risk_id for risk_id, entry in here.items()},
        owners=_owners({_person(row.values["owner"]) for row in rows if "owner" in row.values}, by, today),
        is_scored=is_scored,
    )


def plan(rows: Iterable[Row], when_there: str, known: Standing) -> list[Planned]:
    """What each row would do. A row without a number is found by its title."""
    rows = list(rows)
    codes = Counter(str(row.values["code"]).casefold() for row in rows if "code" in row.values)
    titles = Counter(_title(row.values["title"]) for row in rows if "title" in row.values and "code" not in row.values)
    seen: set[str] = set()
    return [_plan(row, when_there, known, codes, titles, seen) for row in rows]


def counts(planned: Iterable[Planned]) -> dict[str, int]:
    """How many rows do what, and how many bring a score down."""
    planned = list(planned)
    found = Counter(each.outcome.value for each in planned)
    falls = sum(1 for each in planned if each.falls)
    return {outcome.value: found[outcome.value] for outcome in Outcome} | {"falls": falls}


def _plan(
    row: Row, when_there: str, known: Standing, codes: Counter[str], titles: Counter[str], seen: set[str]
) -> Planned:
    done = Planned(row.number, Outcome.CREATE)
    _find_owner(done, row, known)
    _find_risk(done, row, known)
    key = str(row.values.get("code") or row.values.get("title", "")).casefold()
    if "code" in row.values and codes[key] > 1 and key in seen:
        done.remarks.append(Remark(Field.CODE, row.values["code"], "code_twice"))
    elif "code" not in row.values and titles[_title(row.values.get("title", ""))] > 1:
        done.remarks.append(Remark(Field.TITLE, row.values["title"], "title_twice"))
    seen.add(key)
    if done.risk_id is not None:
        _decide(done, row, when_there, known)
    if row.is_unfit or any(remark.code in PROBLEMS for remark in done.remarks):
        done.outcome, done.falls = Outcome.REFUSED, False
    return done


def _find_risk(done: Planned, row: Row, known: Standing) -> None:
    if "code" in row.values:
        risk = known.by_code.get(str(row.values["code"]).casefold())
        done.risk_id = risk.pk if risk else None
        if risk is not None and risk.closed_at is not None:
            done.remarks.append(Remark(Field.CODE, risk.code, "closed"))
        elif risk is not None and risk.pk in known.taken_out:
            done.remarks.append(Remark(Field.CODE, risk.code, "taken_out"))
    else:
        done.risk_id = known.by_title.get(_title(row.values.get("title", "")))
    done.entry = known.entries.get(done.risk_id) if done.risk_id is not None else None


def _decide(done: Planned, row: Row, when_there: str, known: Standing) -> None:
    if when_there == WhenThere.STOP:
        name = Field.CODE if "code" in row.values else Field.TITLE
        done.remarks.append(Remark(name, str(row.values.get(name, "")), "there_already"))
    elif when_there == WhenThere.SKIP:
        done.outcome = Outcome.SKIPPED
    elif done.entry is None:
        done.outcome = Outcome.JOIN
    else:
        _compare(done, row.values, done.entry, known)
        done.outcome = Outcome.UPDATE if done.changes or done.new_controls else Outcome.UNCHANGED


def _compare(done: Planned, values: Mapping[str, Any], entry: Entry, known: Standing) -> None:
    """What differs. A cell that says nothing changes nothing, and no control is taken away."""
    for name in TEXTS:
        if name in values and values[name] != getattr(entry, name):
            done.changes[name] = values[name]
    for name in DAYS:
        if name in values and (day := date.fromisoformat(values[name])) != getattr(entry, name):
            done.changes[name] = day
    if "ideologies" in values and values["ideologies"] != entry.ideologies:
        done.changes["ideologies"] = values["ideologies"]
    if done.owner_id is not None and done.owner_id != entry.owner_id:
        done.changes["owner_id"] = done.owner_id
    if known.is_scored:
        standing_controls = {control.text.casefold() for control in entry.controls.all()}
        done.new_controls = [each for each in values.get("controls", []) if each.casefold() not in standing_controls]
        for kind in KINDS:
            _compare_score(done, values, entry, kind)
    elif "controls" in values and (text := "\n".join(values["controls"])) != entry.management:
        done.changes["management"] = text


def _compare_score(done: Planned, values: Mapping[str, Any], entry: Entry, kind: str) -> None:
    if kind not in values:
        return
    likelihood, impact = values[kind]
    before = entry.score(kind)
    if (likelihood, impact) != (getattr(entry, f"{kind}_likelihood"), getattr(entry, f"{kind}_impact")):
        done.changes[kind] = (likelihood, impact)
        done.falls = done.falls or (before is not None and likelihood * impact < before)


def _find_owner(done: Planned, row: Row, known: Standing) -> None:
    if "owner" not in row.values:
        return
    found = known.owners.get(_person(row.values["owner"]), [])
    if len(found) == 1:
        done.owner_id = found[0]
    else:
        done.remarks.append(Remark(Field.OWNER, row.values["owner"], "several_owners" if found else "unknown_owner"))


def _owners(wanted: set[str], by: Acting, today: date) -> dict[str, list[int]]:
    people = Membership.objects.visible_to(by).current(today)
    rows = people.annotate(plain_name=Lower("name"), plain_email=Lower("email"))
    named = rows.filter(models.Q(plain_name__in=wanted) | models.Q(plain_email__in=wanted))
    found: dict[str, list[int]] = {}
    for pk, name, email in named.values_list("pk", "plain_name", "plain_email"):
        for key in {name, email} & wanted:
            found.setdefault(key, []).append(pk)
    return found


def _person(text: object) -> str:
    return " ".join(str(text).split()).lower()


def _title(text: object) -> str:
    return " ".join(str(text).split()).casefold()
