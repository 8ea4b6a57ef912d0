"""Risks and actions in the scratch database: one register and one plan, then copies of their rows by the thousand."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from actionplans import actions as plans
from actionplans.models import Action, Plan
from foundation.core.acting import Acting, acting_as
from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks.ground import Place, fill, in_turns
from prevent_portal.benchmarks.pages import bare_page, get
from risk import actions as risks
from risk.models import Assessment, Entry, Risk

RISK = "(SELECT r.id FROM risk_risk r WHERE r.organisation_id = e.organisation_id AND r.code = 'X' || n)"
BOARD = 200  # open actions on one board; the rest of a large organisation's are done


def fill_rooms(acting: Acting, rows: int) -> None:
    """A scored register with so many risks, and a plan with so many actions."""
    with acting_as(acting):
        entry, action = _register(acting), write_plan(acting)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        copy_rows(cursor, Risk, entry.risk_id, rows, {"reference": _reference("r"), "code": "'X' || n"})
        copy_rows(
            cursor,
            Entry,
            entry.pk,
            rows,
            {
                "risk_id": RISK,
                "title": "'Risk ' || md5(n::text)",
                "position": "n",
                "residual_likelihood": "1 + mod(n, 5)",
                "residual_impact": "1 + mod(n / 5, 5)",
            },
        )
        copy_rows(
            cursor,
            Action,
            action.pk,
            rows,
            {
                "reference": _reference("a"),
                "number": "n + 10",
                "code": "'A' || (n + 10)",
                "title": "'Action ' || md5(n::text)",
                "due_on": "DATE '2026-12-01' + mod(n, 700)",
                **{
                    column: f"CASE WHEN n > {BOARD} THEN {value} END"
                    for column, value in {
                        "finished_on": "DATE '2026-10-01'",
                        "finished_at": "now()",
                        "finished_by_id": str(acting.membership_id),
                    }.items()
                },
                "status": f"CASE WHEN n > {BOARD} THEN 'done' ELSE 'in_progress' END",
                "outcome": f"CASE WHEN n > {BOARD} THEN 'It worked.' ELSE '' END",
            },
        )
        for model in (Risk, Entry, Action):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")  # as the database itself does in time


def _register(acting: Acting) -> Entry:
    now = timezone.now()
    row = risks.create_assessment(
        title="Risk 2026",
        template="scored",
        period_from=date(2026, 1, 1),
        period_to=date(2026, 12, 31),
        marking="official_sensitive",
        by=acting,
        now=now,
    )
    described = risks.Description(title="Drawn in online", theme="online", source="national", marking=row.marking)
    entry = risks.add_entry(assessment_id=row.pk, description=described, by=acting, now=now)
    return risks.score_entry(
        entry_id=entry.pk, version=1, inherent=(4, 4), residual=(3, 3), target=(2, 2), by=acting, now=now
    )


def write_plan(acting: Acting) -> Action:
    """A plan with one action."""
    now = timezone.now()
    plan = plans.create_plan(
        title="Prevent plan 2026",
        period_from=date(2026, 1, 1),
        period_to=date(2026, 12, 31),
        grouping="own",
        marking="official",
        summary="Fewer risks.",
        owner_id=acting.membership_id,
        by=acting,
        now=now,
    )
    described = plans.Description(
        title="Brief all hirers",
        success_measure="9 of 10 signed",
        owner_id=acting.membership_id,
        accountable_id=acting.membership_id,
        starts_on=date(2026, 6, 1),
        due_on=date(2026, 12, 31),
    )
    return plans.add_action(
        plan_id=plan.pk, objective_id=None, description=described, supporter_ids=(), by=acting, now=now
    )


def addresses(acting: Acting) -> dict[str, str]:
    """Where pages of these rooms are: the register, a risk in it, its scoring, the board, an action."""
    with acting_as(acting):
        row = Assessment.objects.visible_to(acting).get()
        entry = Entry.objects.visible_to(acting).select_related("risk").order_by("pk")[0]
        action = Action.objects.visible_to(acting).order_by("pk")[0]
        plan = Plan.objects.visible_to(acting).get()
    register = f"/risk/assessments/{row.reference}/"
    return {
        "register": register,
        "matrix": f"{register}matrix/",
        "risk": f"{register}risks/{entry.risk.reference}/",
        "score": f"{register}risks/{entry.risk.reference}/score/",
        "actions": "/action-plans/actions/",
        "board": "/action-plans/board/",
        "timeline": "/action-plans/timeline/",
        "owners": "/action-plans/by-owner/",
        "risks": "/action-plans/by-risk/",
        "plan": f"/action-plans/{plan.reference}/",
        "action": f"/action-plans/actions/{action.reference}/",
        "progress": f"/action-plans/actions/{action.reference}/progress/",
    }


def _reference(letter: str) -> str:
    return f"substr(md5('{letter}' || organisation_id::text), 1, 3) || '-' || lpad(to_hex(n), 5, '0')"


def copy_rows(cursor: Any, model: Any, pk: int, count: int, changes: dict[str, str]) -> None:
    """So many copies of one row, each with changes in SQL, which may use ``n`` and ``e``, the row itself."""
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    values = [changes.get(column, column) for column in columns]
    table = model._meta.db_table
    into = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
    cursor.execute(f"{into} FROM {table} e, generate_series(1, %s) n WHERE id = %s", [count, pk])


def measure(small: Place, large: Place) -> Iterator[Measurement]:
    """Lists, pages and writes of the risk room and the action plans, each against the bare page in the same turns."""
    call_command("load_risk_library", verbosity=0)
    fill_rooms(small.acting, 1_000)
    fill_rooms(large.acting, 100_000)
    between = fill("Middle Council", 0)
    fill_rooms(between.acting, 10_000)
    client, many, few, plain = large.client(), between.client(), small.client(), bare_page(large)
    big, middle, little = (addresses(place.acting) for place in (large, between, small))
    for name, key in (("risk register", "register"), ("actions", "actions")):
        first, of_few, yardstick = in_turns(get(client, big[key]), get(few, little[key]), plain)
        yield Measurement(f"P1 {name}, 50 of 100,000 rows", first, yardstick, 1.8)
        yield Measurement(f"P1 {name}, 100,000 rows against 1,000", first, of_few, 1.2)
    for name, key in (("risk", "risk"), ("action", "action"), ("home, with plans", "home")):
        page, yardstick = in_turns(get(client, big.get(key, "/")), plain)
        yield Measurement(f"P2 {name}", page, yardstick, 2.5)
    for name, key in (
        ("heat map", "matrix"),
        ("board", "board"),
        ("plan", "plan"),
        ("timeline", "timeline"),
        ("actions by owner", "owners"),
        ("actions by risk", "risks"),
    ):
        of_many, page, yardstick = in_turns(get(many, middle[key]), get(few, little[key]), plain)
        yield Measurement(f"P2 {name} of 1,000", page, yardstick, 2.5)
        yield Measurement(f"P2 {name}, 10,000 against 1,000", of_many, page, 1.2)
    for name, write in (("score saved", _score(client, big)), ("progress saved", _progress(client, big))):
        ours, yardstick = in_turns(write, plain)
        yield Measurement(f"P3 {name}", ours, yardstick, 2.0)


def _score(client: Client, at: dict[str, str]) -> Callable[[], None]:
    versions = iter(range(2, 100_000))

    def post() -> None:
        version = next(versions)
        typed: dict[str, object] = {"version": version, "reason": "Controls were tried out."}
        for kind, cell in (("inherent", 4), ("residual", 2 + version % 2), ("target", 1)):
            typed |= {f"{kind}_likelihood": cell, f"{kind}_impact": cell}
        response = client.post(at["score"], typed | {f"target_on_{part}": "" for part in range(3)})
        assert response.status_code == 302, response.content.decode()[:3000]

    return post


def _progress(client: Client, at: dict[str, str]) -> Callable[[], None]:
    def post() -> None:
        response = client.post(at["progress"], {"note": "Three more hirers signed.", "percent": "40"})
        assert response.status_code == 302, response.content.decode()[:3000]

    return post
