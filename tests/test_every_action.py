"""Every action: it stands with its event or not at all, is refused to whom it is not for, and is done once at once.

What an action does is in the tests of its room. A new one belongs in the table of tests/every_action/.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, connections

from foundation.core.acting import Acting, acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.organisations.roles import Role
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.every_action import ACTIONS, ELSEWHERE, Action, Ground

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = {"django_session", "django_cache", "django_migrations", "portal_cache"}


@pytest.fixture(params=ACTIONS)
def action(request) -> Action:
    return ACTIONS[request.param]


@pytest.fixture
def ground(committed, organisation, action) -> Ground:
    return Ground(organisation, action.role)


def call(action: Action, by: Acting, arguments: dict) -> Callable[[], object]:
    def deed() -> object:
        with acting_as(by):
            return action.do(**arguments, by=by, now=NOW)

    return deed


def everything() -> dict[str, str]:
    """A hash of all that each table holds, as the backup role sees it: past every policy."""
    with connections["backup"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [
            name for (name,) in cursor.fetchall() if name not in NOT_OURS and not name.startswith("django_celery")
        ]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
                for table in tables
            )
        )
        return dict(cursor.fetchall())


@contextmanager
def nothing_can_be_recorded() -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_event DROP CONSTRAINT nothing_more")


def test_it_stands_with_its_event_or_not_at_all(action, ground, backup):
    arguments = action.lay(ground)
    before, events = everything(), backup(Event).filter(verb=action.verb).count()

    with nothing_can_be_recorded(), pytest.raises(IntegrityError, match="nothing_more"):
        call(action, ground.me, arguments)()
    after_failing = everything()
    call(action, ground.me, arguments)()

    assert after_failing == before
    assert everything() != before
    assert backup(Event).filter(verb=action.verb).count() == events + 1


def test_it_is_refused_to_whom_it_is_not_for_and_changes_nothing(action, ground, other_organisation):
    arguments = action.lay(ground)
    wrong_role = [ground.person(role) for role in sorted(set(Role.values) - (action.roles or set(Role.values)))]
    with_every_role = [role for role in Role.values if role != Role.INSPECTOR]
    out_of_reach = [acting_of(make_membership(other_organisation, *with_every_role))] if action.of_somebody else []
    if action.own and action.of_somebody:
        out_of_reach.append(ground.colleague)
    before = everything()

    for other in wrong_role:
        with pytest.raises((PermissionDenied, ObjectDoesNotExist) if action.own or action.hidden else PermissionDenied):
            call(action, other, arguments)()
    for other in out_of_reach:
        with pytest.raises((PermissionDenied, ObjectDoesNotExist, RuleBroken)):
            call(action, other, arguments)()

    assert everything() == before


def test_done_twice_at_once_it_is_done_as_often_as_it_should(action, ground, backup):
    arguments = action.lay(ground)
    events = backup(Event).filter(verb=action.verb).count()
    second = ground.me if action.own else ground.colleague

    results = at_once(call(action, ground.me, arguments), call(action, second, arguments))

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(each) for each in refused if not isinstance(each, RuleBroken)] == []
    assert len(results) - len(refused) == action.wins
    assert backup(Event).filter(verb=action.verb).count() == events + action.events


# ---- Nothing is missing here
def actions_in_the_code() -> set[str]:
    """``room.function`` of every public function in an ``actions`` module that takes ``by``."""
    found = set()
    rooms = ("actionplans", "audit", "compliance", "home", "risk", "training")
    for room in [*(ROOT / "foundation").iterdir(), *(ROOT / name for name in rooms)]:
        for path in [*room.glob("actions.py"), *room.glob("actions/*.py")]:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    taken = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                    found |= {f"{room.name}.{node.name}"} if "by" in taken else set()
    return found


def test_every_action_is_in_the_table_or_says_where_else():
    assert actions_in_the_code() - ELSEWHERE.keys() == ACTIONS.keys()
