"""Two years of risk assessments: last year's approved, this year's at different stages, with movement between them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from foundation.core.acting import Acting
from foundation.core.dates import months_after
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import OrganisationEntry, read
from risk import actions, reference
from risk.actions import Description
from risk.models import Assessment, Entry
from risk.models.assessments import Template

Plan = dict[str, Any]
WEEK = 0.23  # of a month


@dataclass
class Register:
    """The register of one organisation while it is made."""

    cast: Cast
    entry: OrganisationEntry
    plan: Plan
    assessments: dict[str, int] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return str(self.plan.get("template", Template.SCORED))

    @property
    def risks(self) -> list[Plan]:
        return list(self.plan["risks"])


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """Everything an organisation did to its register."""
    plan = read("registers/registers.yaml").get(entry.key)
    if plan is None:
        return
    register = Register(cast, entry, plan)
    for year in ("first", "next"):
        said = plan[year]
        begun, stage = said["months_ago"], said.get("stage", "approved")
        yield _deed(register, said["by"], begun, _begin if year == "first" else _continue)
        if "asked" in said:
            yield _deed(register, said["by"], begun - WEEK, _ask)
            yield _deed(register, said["asked"], begun - WEEK - 0.1, _comment)
        if stage != "draft":
            yield _deed(register, said["by"], begun - 2 * WEEK, _send(year))
        if stage == "approved":
            yield _deed(register, said["approver"], begun - 3 * WEEK, _approve(year))


def _deed(register: Register, who: str, months_ago: float, do: Any) -> Deed:
    key = register.entry.key
    at = register.cast.moments.at_work(months_ago, f"{key}/risk/{months_ago}")
    return Deed(at, f"{key}/{who}", lambda by, now: do(register, by, now))


def _begin(register: Register, by: Acting, now: datetime) -> None:
    first = register.cast.moments.day(register.plan["first"]["months_ago"]).replace(day=1)
    row = actions.create_assessment(
        title=f"Risk of radicalisation {first.year} to {first.year + 1}",
        template=register.template,
        period_from=first,
        period_to=months_after(first, 12) - timedelta(days=1),
        marking="official_sensitive",
        summary=register.plan["summary"],
        starters=[said["starter"] for said in register.risks if not said.get("new")],
        by=by,
        now=now,
    )
    register.assessments["first"] = row.pk
    standing = [said for said in register.risks if not said.get("new")]
    for said, entry in zip(standing, _entries(by, row), strict=True):
        _fill(register, said, entry, 1, by, now)


def _continue(register: Register, by: Acting, now: datetime) -> None:
    before = Assessment.objects.visible_to(by).get(pk=register.assessments["first"])
    first = months_after(before.period_from, 12)
    row = actions.copy_forward(
        assessment_id=before.pk,
        title=f"Risk of radicalisation {first.year} to {first.year + 1}",
        period_from=first,
        period_to=months_after(first, 12) - timedelta(days=1),
        by=by,
        now=now,
    )
    register.assessments["next"] = row.pk
    standing = [said for said in register.risks if not said.get("new")]
    for said, entry in zip(standing, _entries(by, row), strict=True):
        if said.get("closed"):
            actions.close_risk(risk_id=entry.risk_id, version=1, reason=said["closed"], by=by, now=now)
        elif "scores" in said:
            _score(said, entry, 2, by, now)
    for said in (said for said in register.risks if said.get("new")):
        starter = next(each for each in reference.starters() if each.code == said["starter"])
        added = actions.add_entry(
            assessment_id=row.pk, description=_description(said, starter.title, starter.theme), by=by, now=now
        )
        _fill(register, said, added, 2, by, now)


def _fill(register: Register, said: Plan, entry: Entry, year: int, by: Acting, now: datetime) -> None:
    """Describe, control, score and answer to a risk that is as the starter list has it."""
    described = _description(said, entry.title, entry.theme, entry.description)
    entry = actions.describe_entry(entry_id=entry.pk, version=entry.version, description=described, by=by, now=now)
    owner = register.cast.members[f"{register.entry.key}/{said['owner']}"].pk
    next_review = register.cast.moments.day(-said["review"])
    if "manage" in said:
        actions.answer_prompts(
            entry_id=entry.pk,
            version=entry.version,
            description=entry.description,
            management=said["manage"][0],
            further_action=said["manage"][1],
            owner_id=owner,
            target_on=register.cast.moments.day(-3) if said["manage"][1] else None,
            next_review_on=next_review,
            by=by,
            now=now,
        )
        return
    for text, strength in said["controls"]:
        actions.add_control(entry_id=entry.pk, version=entry.version, text=text, strength=strength, by=by, now=now)
        entry.refresh_from_db(fields=["version"])
    entry = _score(said, entry, year, by, now)
    tolerates = said.get("tolerate", False)
    actions.respond(
        entry_id=entry.pk,
        version=entry.version,
        response="tolerate" if tolerates else "treat",
        tolerated_by_id=owner if tolerates else None,
        tolerated_until=next_review if tolerates else None,
        owner_id=owner,
        review_every_months=12,
        next_review_on=next_review,
        by=by,
        now=now,
    )


def _score(said: Plan, entry: Entry, year: int, by: Acting, now: datetime) -> Entry:
    inherent, target = said["scores"][0], said["scores"][3]
    return actions.score_entry(
        entry_id=entry.pk,
        version=entry.version,
        inherent=tuple(inherent),
        residual=tuple(said["scores"][year]),
        target=tuple(target) if target else None,
        reason=said.get("reason", "") if year == 2 else "",
        by=by,
        now=now,
    )


def _description(said: Plan, title: str, theme: str, text: str = "") -> Description:
    starter = next(each for each in reference.starters() if each.code == said["starter"])
    return Description(
        title=title,
        theme=theme,
        description=text or starter.description,
        places=said.get("places", ""),
        ideologies=said.get("ideologies", ()),
        source=said["source"],
        marking="official_sensitive",
    )


def _ask(register: Register, by: Acting, now: datetime) -> None:
    member = register.cast.members[f"{register.entry.key}/{register.plan['next']['asked']}"]
    actions.ask_contributor(assessment_id=register.assessments["next"], membership_id=member.pk, by=by, now=now)


def _comment(register: Register, by: Acting, now: datetime) -> None:
    actions.comment(
        assessment_id=register.assessments["next"],
        text="The board will ask what changed for young people online. Can the summary say it in one sentence?",
        by=by,
        now=now,
    )


def _send(year: str) -> Any:
    def send(register: Register, by: Acting, now: datetime) -> None:
        row = Assessment.objects.visible_to(by).get(pk=register.assessments[year])
        approver = register.cast.members[f"{register.entry.key}/{register.plan[year]['approver']}"]
        actions.send_for_review(assessment_id=row.pk, version=row.version, approver_id=approver.pk, by=by, now=now)

    return send


def _approve(year: str) -> Any:
    def approve(register: Register, by: Acting, now: datetime) -> None:
        row = Assessment.objects.visible_to(by).get(pk=register.assessments[year])
        actions.approve(
            assessment_id=row.pk, version=row.version, note="Discussed with the leadership team.", by=by, now=now
        )

    return approve


def _entries(by: Acting, row: Assessment) -> list[Entry]:
    return list(Entry.objects.visible_to(by).filter(assessment=row).select_related("risk").order_by("position", "pk"))
