"""Plans, actions and risks, as a lead writes them."""

from datetime import date, datetime
from typing import Any

from actionplans import actions
from actionplans.models import Action, Gathered, Objective, Plan, ReportedAction
from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Organisation
from risk.models import Risk
from tests.conftest import NOW
from tests.factories import risk as risks


def plan(by: Acting, *, now: datetime = NOW, **fields: Any) -> Plan:
    """A draft for the year from April 2026, with objectives of its own."""
    fields = {
        "title": "Prevent plan 2026",
        "period_from": date(2026, 4, 1),
        "period_to": date(2027, 3, 31),
        "grouping": "own",
        "marking": "official",
        "summary": "Fewer risks.",
        "owner_id": by.membership_id,
    } | fields
    with acting_as(by):
        return actions.create_plan(by=by, now=now, **fields)


def described(by: Acting, **fields: Any) -> actions.Description:
    """An action from October to the end of the year, owned by whoever writes it."""
    fields = {
        "title": "Brief all hirers",
        "success_measure": "9 of 10 hirers signed",
        "owner_id": by.membership_id,
        "accountable_id": by.membership_id,
        "starts_on": date(2026, 10, 1),
        "due_on": date(2026, 12, 31),
    } | fields
    return actions.Description(**fields)


def action(by: Acting, of: Plan | None = None, *, now: datetime = NOW, supporters: Any = (), **fields: Any) -> Action:
    """An action in ``of``, or in a plan of its own."""
    of = of or plan(by, now=now)
    with acting_as(by):
        return actions.add_action(
            plan_id=of.pk, objective_id=None, description=described(by, **fields), supporter_ids=supporters, by=by,
            now=now,
        )  # fmt: skip


def risk(by: Acting, code: str = "R1", title: str = "Hirers with extreme views", *, now: datetime = NOW) -> Risk:
    """A risk in an assessment of its own."""
    year = {"period_from": date(2026, 4, 1), "period_to": date(2027, 3, 31)}
    register = risks.assessment(by, "Assessment", now=now, **year)
    return risks.called(by, risks.risk(by, register, title, now=now, theme="premises"), code)


def complete(by: Acting, row: Action, *, now: datetime = NOW, **fields: Any) -> Action:
    with acting_as(by):
        return actions.complete(action_id=row.pk, by=by, now=now, **{"outcome": "All signed"} | fields)


def active(by: Acting, *, now: datetime = NOW, **fields: Any) -> Action:
    """An action in an active plan of its own."""
    row = action(by, now=now, **fields)
    with acting_as(by):
        row.plan = actions.activate_plan(plan_id=row.plan_id, by=by, now=now)
    return row


def report(
    by: Acting, board: Organisation, row: Action, *, comment: str = "Ours", now: datetime = NOW
) -> ReportedAction:
    """An action as it stands, reported to a partnership."""
    with acting_as(by):
        return actions.report_action(
            action_id=row.pk, partnership_id=board.pk, version=row.version, comment=comment, by=by, now=now
        )


def take_back(by: Acting, reported: ReportedAction, *, now: datetime = NOW) -> ReportedAction:
    with acting_as(by):
        return actions.take_back_action(reported_id=reported.pk, by=by, now=now)


def place(
    by: Acting, reported: ReportedAction, of: Plan, under: Objective | None = None, *, now: datetime = NOW
) -> Gathered:
    """A reported action in a plan of the partnership."""
    with acting_as(by):
        return actions.place_reported(
            reported_id=reported.pk, plan_id=of.pk, objective_id=under.pk if under else None, by=by, now=now
        )
