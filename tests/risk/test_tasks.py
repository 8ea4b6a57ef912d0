"""Tasks to assess risks again: who is asked, who may say that it is done, and what was touched since."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations import actions as organisations
from risk import actions, tasks_queries
from risk.models import Assessment, Entry, ReviewTask, ScoreChange
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import profiles

LATER = NOW + timedelta(days=1)


def finish(by, task, outcome: str = "Score unchanged") -> ReviewTask:
    with acting_as(by):
        return actions.finish_task(task_id=task.pk, outcome=outcome, by=by, now=LATER)


def told(acting) -> dict[int, str]:
    with acting_as(acting):
        return dict(Notice.objects.filter(kind="risk.reassess").values_list("membership_id", "target_reference"))


def test_each_risk_gets_a_dated_task_and_owners_and_leads_one_notice_each(lead, acting_for):
    owner, colleague = acting_for("board_member"), acting_for("prevent_lead", name="Second lead")
    first = profiles.risk(lead, "R-1")
    second = profiles.risk(lead, "R-2", owner_id=owner.membership_id)
    third = profiles.risk(lead, "R-3", owner_id=owner.membership_id)

    raised = profiles.tasks(lead, third, first, second)

    with acting_as(lead):
        events = Event.objects.filter(verb="review_task.raised").count()
        facts = "".join(Event.objects.values_list("facts", flat=True))
    assert [(task.risk_id, task.cause, task.due_on) for task in raised] == [
        (row.pk, "incident", profiles.DUE) for row in (first, second, third)
    ]
    assert events == 3
    assert "Leaflets" not in facts
    assert told(lead) == {
        owner.membership_id: raised[1].reference,
        colleague.membership_id: raised[0].reference,
    }


def test_an_owner_who_left_is_not_told(lead, acting_for):
    owner = acting_for("board_member")
    row = profiles.risk(lead, owner_id=owner.membership_id)
    with acting_as(acting_for("organisation_admin")) as admin:
        organisations.end_person(membership_id=owner.membership_id, last_day=date(2026, 11, 1), by=admin, now=NOW)

    profiles.tasks(lead, row)

    assert told(lead) == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cause": "ctlp"}, "raises its own tasks"),
        ({"cause": "threat_level"}, "raises its own tasks"),
        ({"note": "  "}, "Say what happened"),
        ({"due_on": date(2026, 11, 22)}, "today or later"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_and_nobody_is_told(lead, acting_for, changes, sentence):
    acting_for("prevent_lead", name="Second lead")
    row = profiles.risk(lead)

    with pytest.raises(RuleBroken, match=sentence):
        profiles.tasks(lead, row, **changes)

    with acting_as(lead):
        assert ReviewTask.objects.count() == 0
    assert told(lead) == {}


def test_a_risk_that_stands_only_in_a_superseded_assessment_is_not_asked_about(lead):
    row = profiles.risk(lead)
    with acting_as(lead):
        Assessment.objects.update(
            status="superseded",
            submitted_at=NOW,
            submitted_by=lead.membership,
            approver=lead.membership,
            approved_at=NOW,
            approved_by=make_membership(lead.organisation),
            superseded_at=NOW,
        )

    with pytest.raises(RuleBroken, match="not closed"):
        profiles.tasks(lead, row)


def test_a_risk_that_was_taken_out_of_the_assessment_is_not_asked_about(lead):
    row = profiles.risk(lead)
    with acting_as(lead):
        Entry.objects.update(removed_at=NOW, removed_by=lead.membership)

    with pytest.raises(RuleBroken, match="not closed"):
        profiles.tasks(lead, row)


def test_what_came_of_it_is_said_once_and_in_words(lead):
    [task] = profiles.tasks(lead, profiles.risk(lead))

    with pytest.raises(RuleBroken, match="Say what came of it"):
        finish(lead, task, "  ")
    done = finish(lead, task, " Raised to 12. ")
    with pytest.raises(RuleBroken, match="already said"):
        finish(lead, task)

    with acting_as(lead):
        event = Event.objects.get(verb="review_task.done")
    assert (done.outcome, done.done_at, done.done_by_id) == ("Raised to 12.", LATER, lead.membership_id)
    assert (event.target_reference, event.facts) == (task.reference, '{"cause":"incident"}')


def test_the_owner_of_the_risk_may_say_it_and_no_other_reader(lead, acting_for):
    owner, reader = acting_for("board_member", name="Owner"), acting_for("board_member", name="Reader")
    [task] = profiles.tasks(lead, profiles.risk(lead, owner_id=owner.membership_id))

    with pytest.raises(PermissionDenied, match="owner of the risk"):
        finish(reader, task)

    assert finish(owner, task).done_by_id == owner.membership_id


@pytest.mark.parametrize("role", ["staff", "board_member", "senior_approver", "inspector", "organisation_admin"])
def test_only_a_lead_asks_for_risks_to_be_assessed_again(lead, acting_for, role):
    row = profiles.risk(lead)

    with pytest.raises(PermissionDenied):
        profiles.tasks(acting_for(role), row)


def test_another_organisation_neither_sees_nor_ends_a_task(lead, other_organisation):
    [task] = profiles.tasks(lead, profiles.risk(lead))
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    with pytest.raises(ReviewTask.DoesNotExist):
        finish(stranger, task)

    with acting_as(stranger):
        assert ReviewTask.objects.count() == 0


def test_of_many_who_end_a_task_at_once_one_does(committed, lead, backup):
    [task] = profiles.tasks(lead, profiles.risk(lead))
    ready, outcomes = threading.Barrier(4), []

    def end(number: int) -> None:
        try:
            ready.wait()
            finish(lead, task, f"Outcome {number}")
            outcomes.append(f"Outcome {number}")
        except RuleBroken:
            outcomes.append("late")
        finally:
            connection.close()

    people = [threading.Thread(target=end, args=[number]) for number in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    winner = next(each for each in outcomes if each != "late")
    assert sorted(outcomes) == sorted([winner, "late", "late", "late"])
    assert backup(ReviewTask).get().outcome == winner


@pytest.mark.parametrize(
    "wrong", [{"done_at": NOW}, {"outcome": "Done"}, {"cause": "ctlp"}, {"cause": "threat_level"}, {"note": ""}]
)
def test_the_database_refuses_a_task_that_makes_no_sense(lead, wrong):
    profiles.tasks(lead, profiles.risk(lead))

    with acting_as(lead), pytest.raises(IntegrityError):
        ReviewTask.objects.update(**wrong)


# ---- What was touched since
def asked(lead, edition) -> list[tuple[str, bool]]:
    with acting_as(lead):
        return [(each.task.risk.code, each.is_untouched) for each in tasks_queries.asked_by(lead, edition)]


def test_a_risk_is_touched_by_a_change_of_its_entry_or_a_score_after_the_edition_was_recorded(lead):
    rows = {code: profiles.risk(lead, code) for code in ("R-1", "R-2", "R-3", "R-4")}
    edition = profiles.edition(lead, reassess="all")
    before = asked(lead, edition)
    with acting_as(lead):
        entries = {entry.risk.code: entry for entry in Entry.objects.select_related("risk")}
    profiles.touched(lead, entries["R-1"], 2, LATER)
    profiles.touched(lead, entries["R-3"], 2, NOW - timedelta(days=1))
    with acting_as(lead):
        ScoreChange.objects.create(
            organisation=lead.organisation,
            entry=entries["R-2"],
            risk=rows["R-2"],
            kind="residual",
            likelihood=2,
            impact=3,
            changed_at=LATER,
            changed_by=lead.membership,
        )

    after = asked(lead, edition)

    assert before == [("R-1", True), ("R-2", True), ("R-3", True), ("R-4", True)]
    assert after == [("R-3", True), ("R-4", True), ("R-1", False), ("R-2", False)]


def test_my_tasks_are_the_open_ones_of_risks_i_own_soonest_first(lead, acting_for):
    owner = acting_for("board_member")
    mine = [profiles.risk(lead, f"R-{number}", owner_id=owner.membership_id) for number in range(3)]
    profiles.tasks(lead, profiles.risk(lead, "R-9"))
    profiles.tasks(lead, mine[0], due_on=date(2027, 3, 1))
    profiles.tasks(lead, mine[1], due_on=date(2027, 2, 1))
    [done] = profiles.tasks(lead, mine[2], due_on=date(2027, 1, 1))
    finish(lead, done)

    with acting_as(owner):
        found = [task.code for task in tasks_queries.my_tasks(owner)]

    assert found == ["R-1", "R-0"]
