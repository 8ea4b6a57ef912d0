"""What the clock tells people about training: each step once, and to nobody to whom it no longer matters."""

from datetime import date, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.notifications.models import Notice, OutgoingMail
from foundation.organisations.models import Membership
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import for_all as asked
from tests.factories.training import make_course
from training import assigning, reminding
from training.actions import agreements, reminders
from training.models import Assignment, ReminderSettings
from training.reminding import Step, step_for_leader, step_for_person

DUE = date(2026, 12, 21)


def at(days_after_due: int):
    return NOW + (DUE - NOW.date()) + timedelta(days=days_after_due)


@pytest.fixture
def manager(organisation):
    return acting_of(make_membership(organisation, "training_manager", name="Mair Manager"))


@pytest.fixture
def leader(organisation):
    """Leads one person, and is asked for nothing."""
    return acting_of(make_membership(organisation, name="Lew Leader"))


@pytest.fixture
def learner(organisation, leader, manager):
    """The one person who is asked, with a line manager."""
    membership = make_membership(organisation, name="Ann Learner")
    change(manager, membership, line_manager=leader.membership, staff_group="Front line")
    return acting_of(membership)


@pytest.fixture
def course(_database):
    return make_course(title="Prevent awareness")


@pytest.fixture
def required(manager, course, learner):
    return asked.requirement(manager, course, scope=asked.Scope(staff_groups=("Front line",)))


def change(by, membership, **fields):
    with acting_as(by):
        for name, value in fields.items():
            setattr(membership, name, value)
        membership.save(update_fields=list(fields))
        assigning.work_out(by.organisation_id, [membership.pk], now=NOW)


def told(person) -> list[str]:
    with acting_as(person):
        rows = Notice.objects.visible_to(person).with_things().order_by("pk")
        return [row.sentence for row in rows]


SOON, LATE = "The course “Prevent awareness” is due soon", "The course “Prevent awareness” is overdue"
STAYS_LATE = "Somebody you look after is still overdue with the course “Prevent awareness”"


# ---- Which step a day is
@pytest.mark.parametrize(
    ("days", "step"),
    [
        (-31, None), (-30, Step("training.due_soon", "before-30")), (-8, Step("training.due_soon", "before-30")),
        (-7, Step("training.due_soon", "before-7")), (0, Step("training.due_soon", "before-7")),
        (1, Step("training.overdue", "after-1")), (7, Step("training.overdue", "after-1")), (8, None), (13, None),
        (14, Step("training.overdue", "after-14")), (20, Step("training.overdue", "after-14")), (21, None), (400, None),
    ],
)  # fmt: skip
def test_the_step_is_the_last_one_reached(days, step):
    assert step_for_person(ReminderSettings(), DUE, DUE + timedelta(days=days)) == step


@pytest.mark.parametrize("days", [-30, 0, 1, 14])
def test_without_days_nobody_is_reminded(days):
    settings = ReminderSettings(days_before=[], days_after=[], escalate_days_after=None)

    assert step_for_person(settings, DUE, DUE + timedelta(days=days)) is None
    assert step_for_leader(settings, DUE, DUE + timedelta(days=days)) is None


@pytest.mark.parametrize(("days", "is_told"), [(13, False), (14, True), (20, True), (21, False)])
def test_the_leader_is_told_from_the_chosen_day_for_a_week(days, is_told):
    assert (step_for_leader(ReminderSettings(), DUE, DUE + timedelta(days=days)) is not None) == is_told


# ---- Who is told
def test_each_step_is_told_once_and_names_the_course(committed, required, learner, leader, manager):
    counts = [reminding.remind(now=at(day)) for day in (-28, -27, -7, 0, 1, 1, 14, 15, 60)]

    assert counts == [1, 0, 1, 0, 1, 0, 2, 0, 0]
    assert told(learner) == [SOON, SOON, LATE, LATE]
    assert told(leader) == [STAYS_LATE]
    assert told(manager) == []


def test_two_schedulers_at_once_tell_once(committed, required, learner):
    counts = at_once(lambda: reminding.remind(now=at(-28)), lambda: reminding.remind(now=at(-28)))

    assert sum(counts) == 1
    assert told(learner) == [SOON]


def test_the_letter_says_nothing_but_that_there_is_something(committed, required, learner, backup):
    reminding.remind(now=at(-28))

    [mail] = backup(OutgoingMail)
    assert (mail.membership_id, mail.about) == (learner.membership_id, OutgoingMail.About.NOTICE)


def test_training_managers_stand_in_for_a_line_manager_who_left(committed, required, learner, leader, manager):
    change(manager, leader.membership, ends_on=DUE)

    reminding.remind(now=at(14))

    assert (told(leader), told(manager)) == ([], [STAYS_LATE])


def test_the_leader_is_told_once_of_several_people_who_are_late_with_the_same(
    committed, organisation, required, learner, leader, manager
):
    colleague = make_membership(organisation, name="Bob Learner")
    change(manager, colleague, line_manager=leader.membership, staff_group="Front line", starts_on=NOW.date())

    reminding.remind(now=at(14))

    assert told(leader) == [STAYS_LATE]


def test_who_has_done_it_is_not_reminded(committed, required, learner, manager, course):
    asked.done(manager, learner.membership, course, date(2026, 11, 23))

    assert [reminding.remind(now=at(day)) for day in (-28, 1, 14)] == [0, 0, 0]


def test_what_is_to_be_done_again_is_a_new_cycle(committed, required, learner, manager, course):
    reminding.remind(now=at(-7))
    asked.done(manager, learner.membership, course, date(2026, 11, 23))
    again = NOW + (date(2029, 11, 23) - NOW.date())

    counts = [reminding.remind(now=again - timedelta(days=days)) for days in (31, 30, 7)]

    assert counts == [0, 1, 1]


def test_who_left_is_not_reminded_even_before_it_is_worked_out(committed, required, learner, manager):
    with acting_as(manager):
        Membership.objects.visible_to(manager).filter(pk=learner.membership_id).update(ends_on=date(2026, 11, 30))

    assert [reminding.remind(now=at(day)) for day in (-7, 14)] == [0, 0]


def test_who_was_let_off_is_not_reminded(committed, required, learner, manager):
    with acting_as(manager):
        [row] = Assignment.objects.visible_to(manager).of(learner.membership_id)
        agreements.waive(
            assignment_id=row.pk, starts_on=NOW.date(), ends_on=DUE, reason="Seconded", by=manager, now=NOW
        )

    assert [reminding.remind(now=at(day)) for day in (-28, -7, 0)] == [0, 0, 0]


def test_who_is_away_is_not_reminded_until_they_are_back(committed, required, learner, manager):
    with acting_as(manager):
        agreements.record_absence(
            membership_id=learner.membership_id, starts_on=NOW.date(), ends_on=DUE, kind="leave", by=manager, now=NOW
        )

    assert [reminding.remind(now=at(day)) for day in (-28, 0, 1)] == [0, 0, 1]


def test_the_organisations_own_days_count(committed, required, learner, leader, manager):
    choose(manager, days_before=[3], days_after=[5], escalate_days_after=2)

    assert [reminding.remind(now=at(day)) for day in (-7, -3, 1, 2, 5)] == [0, 1, 0, 1, 1]


def choose(by, **changes):
    wanted = {
        "days_before": [30, 7],
        "days_after": [1, 14],
        "escalate_days_after": 14,
        "digest_on": 0,
        "session_days_before": 2,
    }
    with acting_as(by):
        return reminders.change_reminders(version=1, **(wanted | changes), by=by, now=NOW)


def test_people_are_told_of_their_own_organisations_training_only(committed, other_organisation, course, required):
    theirs = acting_of(make_membership(other_organisation, "training_manager", name="Theirs"))
    asked.requirement(theirs, course)

    reminding.remind(now=at(-28))

    assert told(theirs) == [SOON]


def test_many_are_reminded_in_chunks(committed, monkeypatch, organisation, manager, course):
    for number in range(5):
        make_membership(organisation, name=f"Person {number}", with_user=False)
    asked.requirement(manager, course)
    monkeypatch.setattr(reminding, "CHUNK", 2)

    assert (reminding.remind(now=at(-28)), reminding.remind(now=at(-28))) == (6, 0)


# ---- The week's digest
def test_the_digest_comes_once_a_week_to_those_who_lead_and_to_training_managers(
    committed, required, learner, leader, manager
):
    monday = NOW
    counts = [reminding.send_digests(now=monday + timedelta(days=days)) for days in (0, 1, 6, 7)]

    assert counts == [2, 0, 0, 2]
    assert told(leader) == ["The week’s training: people you look after are overdue or due soon"] * 2
    assert told(learner) == []


def test_the_digest_waits_for_the_chosen_weekday_and_may_be_off(committed, required, manager):
    choose(manager, digest_on=3)
    before, on_thursday = [reminding.send_digests(now=NOW + timedelta(days=days)) for days in (2, 3)]
    with acting_as(manager):
        reminders.change_reminders(
            version=2, days_before=[], days_after=[], escalate_days_after=None, digest_on=None,
            session_days_before=None, by=manager, now=NOW,
        )  # fmt: skip

    assert (before, on_thursday, reminding.send_digests(now=NOW + timedelta(days=10))) == (0, 2, 0)


def test_without_anybody_due_there_is_no_digest(committed, required, learner, manager, course):
    asked.done(manager, learner.membership, course, date(2026, 11, 23))

    assert reminding.send_digests(now=NOW) == 0
