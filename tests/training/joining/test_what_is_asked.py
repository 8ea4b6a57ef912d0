"""Who is asked for what after two entries were joined, and that past days stay as they were known."""

from collections import Counter
from datetime import date, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.factories.asked import away, did, make_team, require, standing_row, waived, work_out
from training import reminding, upkeep
from training.models import Absence, Assignment, Requirement, Waiver
from training.scope import Scope
from training.workflow import Standing

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def standings(twice, on=TODAY, today=TODAY):
    with acting_as(twice.manager):
        rows = Assignment.objects.visible_to(twice.manager).asked(on, today=today)
        return Counter(
            rows.filter(membership__in=[twice.kept.membership_id, twice.ended.membership_id]).values_list(
                "membership_id", "standing"
            )
        )


@pytest.fixture
def awareness(twice) -> Requirement:
    requirement = require(twice.manager)
    work_out(twice.manager)
    return requirement


def test_what_was_done_under_the_other_entry_answers_what_is_asked_of_the_kept_one(twice, awareness):
    did(twice.manager, twice.ended.membership, awareness, date(2026, 9, 1))
    assert standings(twice) == {
        (twice.kept.membership_id, Standing.OVERDUE): 1,
        (twice.ended.membership_id, Standing.IN_DATE): 1,
    }

    twice.join()

    assert standings(twice) == {(twice.kept.membership_id, Standing.IN_DATE): 1}


def test_days_before_stay_as_they_were_known(twice, awareness):
    did(twice.manager, twice.ended.membership, awareness, date(2026, 9, 1))
    before = standings(twice, on=YESTERDAY)

    twice.join()

    assert standings(twice, on=YESTERDAY) == before
    assert sum(before.values()) == 2


def test_today_read_tomorrow_is_what_was_known_when_today_was_over(twice, awareness):
    twice.join()

    tomorrow = TODAY + timedelta(days=1)
    assert standings(twice, on=TODAY, today=tomorrow) == {(twice.kept.membership_id, Standing.OVERDUE): 1}


def test_the_one_who_ended_is_never_asked_again(twice, awareness):
    twice.join()
    upkeep.work_out_changed(now=NOW + timedelta(minutes=5))
    work_out(twice.manager, now=NOW + timedelta(hours=1))

    with acting_as(twice.manager):
        assert not Assignment.objects.filter(membership=twice.ended.membership_id, known_until=None).exists()


def test_joining_gives_nobody_more_time(twice, awareness):
    """Asked as somebody of a team under the other entry, for long: the kept one, who comes into the team now, has no
    new days of grace."""
    housing = make_team(twice.manager, "Housing")
    with acting_as(twice.admin):
        Membership.objects.filter(pk=twice.ended.membership_id).update(team=housing)
    referrals = require(twice.manager, "Referrals", scope=Scope(teams=(housing.pk,)))
    work_out(twice.manager)
    before = standing_row(twice.manager, twice.ended.membership, referrals)

    twice.join()

    after = standing_row(twice.manager, twice.kept.membership, referrals)
    assert (after.starts_on, after.due_on) == (before.starts_on, before.due_on)


def test_what_was_agreed_goes_over_unless_the_kept_one_has_it_too(twice, awareness, backup):
    waived(twice.manager, twice.ended.membership, awareness)
    away(twice.manager, twice.ended.membership)
    away(twice.manager, twice.kept.membership)

    twice.join()

    holds = {"ended_at": None, "membership_id": twice.kept.membership_id}
    waiver = backup(Waiver).get(**holds)
    assert (waiver.reason, waiver.recorded_by_id) == ("Does it with another employer", twice.manager.membership_id)
    assert backup(Absence).filter(**holds).count() == 1
    assert not backup(Absence).filter(ended_at=None, membership_id=twice.ended.membership_id).exists()
    assert standings(twice) == {(twice.kept.membership_id, Standing.WAIVED): 1}


def test_only_the_kept_one_is_reminded(twice, backup):
    require(twice.manager, starts_on=date(2026, 10, 25))  # due yesterday, with four weeks to do it in
    work_out(twice.manager)
    twice.join()

    reminding.remind(now=NOW)

    told = set(backup(Notice).values_list("membership_id", flat=True))
    assert twice.kept.membership_id in told
    assert twice.ended.membership_id not in told
