"""The action plans of Severnshire, and how their actions went."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actionplans import actions
from actionplans.actions.finishing import Said
from actionplans.models import Action, ActionRisk, Effect
from foundation.core.acting import Acting
from home.severnshire.answers import Book
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import OrganisationEntry, read
from risk.models import Risk

LEAD = "lead"
Do = Callable[[Acting, datetime], object]


@dataclass
class Written:
    """The actions of one plan as they came into being, in the order of the file."""

    rows: list[Action] = field(default_factory=list)


def deeds(cast: Cast, book: Book, entry: OrganisationEntry) -> Iterator[Deed]:
    """A plan is written and activated in one sitting; then its actions go their way."""
    for plan in read("plans.yaml").get(entry.key, ()):
        written = Written()
        yield _deed(cast, entry, LEAD, plan["begun"], plan["title"], _begin(cast, book, entry, plan, written))
        for number, action in enumerate(plan["actions"]):
            for said in action.get("deeds", ()):
                do = _done(cast, entry, written, number, said)
                yield _deed(cast, entry, said.get("by", LEAD), said["at"], f"{action['title']}/{said['at']}", do)


def _deed(cast: Cast, entry: OrganisationEntry, who: str, months_ago: float, what: str, do: Do) -> Deed:
    at = cast.moments.at_work(months_ago, f"{entry.key}/plans/{what}")
    return Deed(at, f"{entry.key}/{who}", do)


def _begin(cast: Cast, book: Book, entry: OrganisationEntry, plan: dict[str, Any], written: Written) -> Do:
    moments = cast.moments

    def begin(by: Acting, now: datetime) -> None:
        made = actions.create_plan(
            title=plan["title"],
            period_from=moments.day(plan["from"]),
            period_to=moments.day(plan["to"]),
            grouping=plan["grouping"],
            marking=plan["marking"],
            summary=plan["summary"],
            owner_id=_pk(cast, entry, plan["owner"]),
            by=by,
            now=now,
        )
        for title in plan.get("objectives", ()):
            actions.add_objective(plan_id=made.pk, title=title, by=by, now=now)
        objectives = list(made.objectives.all())
        for action in plan["actions"]:
            row = actions.add_action(
                plan_id=made.pk,
                objective_id=objectives[action["objective"]].pk,
                description=_description(cast, entry, action),
                supporter_ids=[_pk(cast, entry, key) for key in action.get("helpers", ())],
                by=by,
                now=now,
            )
            written.rows.append(row)
            for code in action.get("codes", ()):
                actions.link_requirement(action_id=row.pk, requirement_id=book.numbers[code], by=by, now=now)
            for code in action.get("risks", ()):
                risk = Risk.objects.visible_to(by).get(code=code)
                actions.link_risk(action_id=row.pk, risk_id=risk.pk, by=by, now=now)
            for number in action.get("needs", ()):
                actions.add_dependency(action_id=row.pk, needs_id=written.rows[number].pk, by=by, now=now)
        actions.activate_plan(plan_id=made.pk, by=by, now=now)

    return begin


def _description(cast: Cast, entry: OrganisationEntry, action: dict[str, Any]) -> actions.Description:
    owner = action.get("owner")
    return actions.Description(
        title=action["title"],
        success_measure=action["measure"],
        relevance=action.get("why", ""),
        resources=action.get("needs_what", ""),
        owner_id=_pk(cast, entry, owner) if owner else None,
        partner=action.get("partner", ""),
        accountable_id=_pk(cast, entry, action["accountable"]),
        priority=action["priority"],
        starts_on=cast.moments.day(action["start"]),
        due_on=cast.moments.day(action["due"]),
        cost=action.get("cost"),
        funding=action.get("funding", ""),
        repeats=action.get("repeats", "never"),
        every_months=action.get("every"),
        on_day=action.get("day"),
    )


def _done(cast: Cast, entry: OrganisationEntry, written: Written, number: int, said: dict[str, Any]) -> Do:
    """One deed about an action, of the kind that the file names."""

    def do(by: Acting, now: datetime) -> None:
        row = Action.objects.visible_to(by).get(pk=written.rows[number].pk)
        common: dict[str, Any] = {"action_id": row.pk, "by": by, "now": now}
        if "note" in said:
            actions.report_progress(note=said["note"], percent=said.get("percent"), **common)
        elif "move" in said:
            due_on = cast.moments.day(said["move"])
            actions.move_due(version=row.version, due_on=due_on, reason=said["why"], **common)
        elif "rate" in said:
            actions.rate(version=row.version, rag=said["rate"], reason=said["why"], **common)
        elif "hold" in said:
            actions.start(**common)
            actions.hold(reason=said["hold"], **common)
        elif "done" in said:
            links = ActionRisk.objects.visible_to(by).filter(action=row)
            effects = {link.pk: Said(Effect.LOWERED, said["impact"]) for link in links}
            actions.complete(outcome=said["done"], impact=said["impact"], effects=effects, **common)
        elif "cancel" in said:
            actions.cancel(reason=said["cancel"], **common)
        else:
            actions.comment(text=said["comment"], mention_ids=[_pk(cast, entry, said["tell"])], **common)

    return do


def _pk(cast: Cast, entry: OrganisationEntry, key: str) -> int:
    return cast.members[f"{entry.key}/{key}"].pk
