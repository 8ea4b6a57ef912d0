"""Writes what was planned: new risks at once, changes one by one, each with its revision and its score changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from risk.actions import keeping
from risk.importing.fields import KINDS
from risk.importing.outcomes import Outcome
from risk.importing.planning import DAYS, TEXTS, Planned, Row
from risk.models import Assessment, Control, Entry, EntryRevision, Risk, ScoreChange

AT_A_TIME = 200


@dataclass
class Applied:
    """What was written: the new and the changed entries, and who owns something now that they did not before."""

    added: list[Entry] = field(default_factory=list)
    changed: list[tuple[Entry, list[str]]] = field(default_factory=list)
    owners: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Setting:
    """What every row of one file shares."""

    assessment: Assessment
    theme: str
    source: str
    review_every_months: int
    is_scored: bool
    reason: str
    by: Acting
    now: datetime


def apply(rows: Sequence[Row], planned: Sequence[Planned], setting: Setting) -> Applied:
    """Write it all. The caller holds the assessment's lock and has checked that the plan still stands."""
    done = Applied()
    pairs = list(zip(rows, planned, strict=True))
    coming = [pair for pair in pairs if pair[1].outcome in (Outcome.CREATE, Outcome.JOIN)]
    risks = _risks(coming, setting)
    standing = Entry.objects.visible_to(setting.by).filter(assessment=setting.assessment)
    last = standing.aggregate(last=Max("position"))["last"] or 0
    entries = [
        _entry(*pair, risk, last + at, setting) for at, (pair, risk) in enumerate(zip(coming, risks, strict=True), 1)
    ]
    for start in range(0, len(coming), AT_A_TIME):
        _add(coming[start : start + AT_A_TIME], entries[start : start + AT_A_TIME], setting, done)
    for row, plan in pairs:
        if plan.outcome == Outcome.UPDATE:
            _change(row, plan, setting, done)
    return done


# ---- New risks
def _risks(coming: Sequence[tuple[Row, Planned]], setting: Setting) -> list[Risk]:
    """The risk of each row that comes in: a new one, or the one that the register has."""
    codes = [str(row.values.get("code", "")) for row, plan in coming if plan.risk_id is None]
    new = iter(keeping.new_risks(codes, by=setting.by, now=setting.now))
    known = [plan.risk_id for _row, plan in coming if plan.risk_id is not None]
    standing = Risk.objects.visible_to(setting.by).in_bulk(known)
    return [next(new) if plan.risk_id is None else standing[plan.risk_id] for _row, plan in coming]


def _add(some: Sequence[tuple[Row, Planned]], entries: Sequence[Entry], setting: Setting, done: Applied) -> None:
    by, now = setting.by, setting.now
    Entry.objects.bulk_create(entries)
    texts = [list(row.values.get("controls", [])) if setting.is_scored else [] for row, _plan in some]
    controls = [
        Control(organisation_id=by.organisation_id, entry=entry, text=text, position=position)
        for entry, some_texts in zip(entries, texts, strict=True)
        for position, text in enumerate(some_texts, start=1)
    ]
    Control.objects.bulk_create(controls)
    kept: dict[int, list[dict[str, str]]] = {entry.pk: [] for entry in entries}
    for control in controls:
        kept[control.entry_id].append({"text": control.text, "strength": control.strength})
    ScoreChange.objects.bulk_create(change for entry in entries for change in _first_scores(entry, setting))
    EntryRevision.objects.bulk_create(
        EntryRevision(
            **entry.entry_fields(),
            organisation_id=by.organisation_id,
            entry=entry,
            number=entry.version,
            controls=kept[entry.pk],
            changed_at=now,
            changed_by=by.membership,
        )
        for entry in entries
    )
    done.added += entries
    done.owners |= {plan.owner_id for _row, plan in some if plan.owner_id is not None}


def _entry(row: Row, plan: Planned, risk: Risk, position: int, setting: Setting) -> Entry:
    entry = Entry(
        organisation_id=setting.by.organisation_id,
        assessment=setting.assessment,
        risk=risk,
        position=position,
        theme=setting.theme,
        source=setting.source,
        marking=setting.assessment.marking,
        review_every_months=setting.review_every_months,
        owner_id=plan.owner_id,
        ideologies=list(row.values.get("ideologies", [])),
    )
    for name in TEXTS:
        if name in row.values:
            setattr(entry, name, row.values[name])
    for name in DAYS:
        if name in row.values:
            setattr(entry, name, date.fromisoformat(row.values[name]))
    if setting.is_scored:
        for kind in KINDS:
            if kind in row.values:
                likelihood, impact = row.values[kind]
                setattr(entry, f"{kind}_likelihood", likelihood)
                setattr(entry, f"{kind}_impact", impact)
    else:
        entry.management = "\n".join(row.values.get("controls", []))
    return entry


def _first_scores(entry: Entry, setting: Setting) -> Iterator[ScoreChange]:
    for kind in KINDS:
        cell = keeping.cell_of(entry, kind)
        if cell is not None:
            yield ScoreChange(
                organisation_id=entry.organisation_id,
                entry=entry,
                risk_id=entry.risk_id,
                kind=kind,
                likelihood=cell[0],
                impact=cell[1],
                changed_at=setting.now,
                changed_by=setting.by.membership,
            )


# ---- Changes
def _change(row: Row, plan: Planned, setting: Setting, done: Applied) -> None:
    by, now = setting.by, setting.now
    assert plan.entry is not None
    entry = keeping.open_entry(plan.entry.pk, plan.entry.version, by)
    if plan.falls and not setting.reason.strip():
        raise RuleBroken(_("Say why scores fall."))
    columns = [name for name in plan.changes if name not in KINDS]
    for name in columns:
        setattr(entry, name, plan.changes[name])
    kinds = [kind for kind in KINDS if kind in plan.changes]
    for kind in kinds:
        keeping.set_cell(entry, kind, plan.changes[kind], reason=setting.reason.strip(), by=by, now=now)
    last = max((control.position for control in entry.controls.all()), default=0)
    Control.objects.bulk_create(
        Control(organisation_id=by.organisation_id, entry=entry, text=text, position=last + at)
        for at, text in enumerate(plan.new_controls, start=1)
    )
    keeping.keep(entry, [*columns, *keeping.columns_of(kinds)], by=by, now=now)
    done.changed.append((entry, [*plan.changes, *(["controls"] if plan.new_controls else [])]))
    if "owner_id" in plan.changes and plan.owner_id is not None:
        done.owners.add(plan.owner_id)
