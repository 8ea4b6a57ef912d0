"""What twelve members share with a partnership: risks rolled up, actions gathered in a plan."""

from collections.abc import Iterator
from datetime import date

from django.db import connections
from django.utils import timezone

from actionplans import actions as plans
from actionplans.models import Action, Gathered, Objective, Plan, ReportedAction
from foundation.core.acting import Acting, acting_as
from foundation.core.benchmarks import Measurement
from foundation.ledger import acting_system
from foundation.organisations.models import Membership, Organisation, PartnershipMember
from prevent_portal.benchmarks import rooms
from prevent_portal.benchmarks.ground import Place, fill, in_turns
from prevent_portal.benchmarks.pages import bare_page, get
from risk import actions as risks
from risk.models import Assessment, Entry, Risk, SharedRisk

MEMBERS, RISKS = 12, 1_000
FEW, MANY = 50, 500  # of each member's risks, and of its actions, shared with the small and with the large partnership
OBJECTIVES = 4
BEGAN = date(2020, 1, 1)

ROW = "(SELECT x.id FROM {table} x WHERE x.organisation_id = e.organisation_id AND x.code = '{letter}' || {number})"
ENTRY = """
    (SELECT x.id FROM risk_entry x JOIN risk_risk r ON r.id = x.risk_id
      WHERE x.organisation_id = e.organisation_id AND r.code = 'X' || n)
"""
THEME = "(ARRAY['online', 'premises', 'training', 'partnership'])[1 + mod(n, 4)]"
APPROVE = """
UPDATE risk_assessment SET status = 'approved', submitted_at = now(), submitted_by_id = %s, approver_id = %s,
       approved_at = now(), approved_by_id = %s WHERE organisation_id = %s
"""
PLACE = """
INSERT INTO actionplans_gathered (organisation_id, reported_id, plan_id, objective_id, placed_at, placed_by_id)
SELECT partnership_id, id, %s, (%s::bigint[])[1 + mod(id, %s)], now(), %s
  FROM actionplans_reportedaction WHERE partnership_id = %s
"""


def measure(yardstick_of: Place) -> Iterator[Measurement]:
    """The partnership's pages, and the lists of a member that chooses what to share, each against the bare page."""
    small, large = _board("Valley Partnership"), _board("County Partnership")
    members = [_member(number, small, large) for number in range(1, MEMBERS + 1)]
    plans_of = [_gather(board) for board in (small, large)]
    plain = bare_page(yardstick_of)
    few, many, member = small.client(), large.client(), members[0].client()
    for id_, name, addresses, bar in (
        ("P2", "risks of members", ["/risk/members/"] * 2, 2.5),
        ("P1", "members' actions", ["/action-plans/gathered/?place=all"] * 2, 1.8),
        ("P2", "plan that gathers", plans_of, 2.5),
        ("P2", "board that gathers", ["/action-plans/board/"] * 2, 2.5),
        ("P2", "owners of what is gathered", ["/action-plans/by-owner/"] * 2, 2.5),
    ):
        page, of_few, yardstick = in_turns(get(many, addresses[1]), get(few, addresses[0]), plain)
        yield Measurement(f"{id_} {name}, {MEMBERS} members, {FEW} each", of_few, yardstick, bar)
        yield Measurement(f"{id_} {name}, {MEMBERS} members, {MANY} each", page, yardstick, bar)
        yield Measurement(f"{id_} {name}, {MANY} each against {FEW}", page, of_few, 1.2)
    for name, address in (("risks to share", "/risk/sharing/"), ("actions to report", "/action-plans/reporting/")):
        page, yardstick = in_turns(get(member, address), plain)
        yield Measurement(f"P1 {name}, 50 of {RISKS:,} rows", page, yardstick, 1.8)


def _board(name: str) -> Place:
    """A partnership with a plan that has a few objectives."""
    place = fill(name, 0)
    acting = place.acting
    with acting_system("provision"):
        Organisation.objects.filter(pk=acting.organisation_id).update(kind=Organisation.Kind.PARTNERSHIP)
    with acting_as(acting):
        plan = rooms.write_plan(acting).plan
        for number in range(OBJECTIVES):
            plans.add_objective(plan_id=plan.pk, title=f"Objective {number}", by=acting, now=timezone.now())
    return place


def _member(number: int, *boards: Place) -> Place:
    """A member with an approved register and an active plan of 1,000 rows each, part of them shared with each board."""
    place = fill(f"Member{number} Council", 0)
    acting = place.acting
    with acting_system("provision"):
        for board in boards:
            PartnershipMember.objects.create(
                organisation=board.acting.organisation, member=acting.organisation, starts_on=BEGAN
            )
        author = Membership.objects.create(organisation=acting.organisation, name="Author", starts_on=BEGAN)
    rooms.fill_rooms(acting, RISKS)
    with connections["owner"].cursor() as cursor:
        me = acting.membership_id
        cursor.execute(APPROVE, [author.pk, me, me, acting.organisation_id])
    with acting_as(acting):
        plans.activate_plan(plan_id=Plan.objects.visible_to(acting).get().pk, by=acting, now=timezone.now())
        entry = Entry.objects.visible_to(acting).order_by("pk")[0]
        action = Action.objects.visible_to(acting).order_by("pk")[0]
        first = [_first(acting, board, entry, action) for board in boards]
    for letter, count, (shared, reported) in zip("st", (FEW, MANY), first, strict=True):
        _more(letter, count, shared, reported)
    return place


def _first(acting: Acting, board: Place, entry: Entry, action: Action) -> tuple[SharedRisk, ReportedAction]:
    to, now = board.acting.organisation_id, timezone.now()
    return (
        risks.share_risk(
            risk_id=entry.risk_id, partnership_id=to, entry_id=entry.pk, comment="Ours", by=acting, now=now
        ),
        plans.report_action(
            action_id=action.pk, partnership_id=to, version=action.version, comment="Ours", by=acting, now=now
        ),
    )


def _more(letter: str, count: int, shared: SharedRisk, reported: ReportedAction) -> None:
    reference = f"'{letter}' || e.organisation_id || '-' || lpad(to_hex(n), 5, '0')"
    with connections["owner"].cursor() as cursor:
        rooms.copy_rows(
            cursor,
            SharedRisk,
            shared.pk,
            count - 1,
            {
                "reference": reference,
                "risk_id": ROW.format(table=Risk._meta.db_table, letter="X", number="n"),
                "entry_id": ENTRY,
                "title": "'Risk ' || md5(n::text)",
                "theme": THEME,
                "likelihood": "1 + mod(n, 5)",
                "impact": "1 + mod(n / 5, 5)",
            },
        )
        rooms.copy_rows(
            cursor,
            ReportedAction,
            reported.pk,
            count - 1,
            {
                "reference": reference,
                "action_id": ROW.format(table=Action._meta.db_table, letter="A", number="(n + 10)"),
                "code": "'A' || (n + 10)",
                "title": "'Action ' || md5(n::text)",
                "due_on": "DATE '2026-12-01' + mod(n, 700)",
            },
        )


def _gather(board: Place) -> str:
    """Every reported action in the partnership's plan, whose address this gives back."""
    acting = board.acting
    with acting_as(acting):
        plan = Plan.objects.visible_to(acting).get()
        objectives = list(Objective.objects.visible_to(acting).filter(plan=plan).values_list("pk", flat=True))
    with connections["owner"].cursor() as cursor:
        cursor.execute(PLACE, [plan.pk, objectives, OBJECTIVES, acting.membership_id, acting.organisation_id])
        for model in (SharedRisk, ReportedAction, Gathered, Assessment):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return plan.get_absolute_url()
