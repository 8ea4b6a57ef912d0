"""What the start page tells somebody who owns requirements of the duty."""

from datetime import date, timedelta

import pytest
import time_machine

from compliance import actions
from compliance.models import Requirement
from foundation.core.acting import Acting, acting_as
from tests.conftest import NOW
from tests.factories import asked
from tests.factories.compliance import give_answer
from tests.factories.evidence import note


@pytest.fixture(autouse=True)
def _today_is_now():
    with time_machine.travel(NOW, tick=True):
        yield


def own(lead: Acting, code: str, *, review: date) -> None:
    """A requirement that the lead owns, met and with evidence: nothing is wrong but what the review date says."""
    requirement = Requirement.objects.get(code=code)
    give_answer(lead, requirement, owner_id=lead.membership_id, next_review_on=review, now=NOW - timedelta(days=100))
    item = note(lead)
    with acting_as(lead):
        actions.link_evidence(requirement_id=requirement.pk, evidence_id=item.pk, by=lead, now=NOW)


def test_work_says_that_a_review_is_overdue_however_good_the_answer_is(lead, client_for):
    own(lead, "LA-10", review=date(2026, 11, 1))

    page = client_for(lead).get("/")

    assert [line.code for line in page.context["start"].mine] == ["LA-10"]
    assert "Review by 1 November 2026 · Review is overdue" in page.content.decode()


def test_what_waits_for_the_library_alone_is_nobodys_work(lead, client_for):
    own(lead, "LA-10", review=date(2027, 11, 1))

    start = client_for(lead).get("/").context["start"]

    assert [line.code for line in start.register.lines if line.flags and line.code == "LA-10"] == ["LA-10"]
    assert start.mine == []


def test_what_is_asked_of_somebody_is_said_where_it_is_their_training_alone(acting_for, client_for):
    manager, somebody = acting_for("training_manager"), acting_for("staff")
    asked.require(manager)
    asked.work_out(manager)

    page = client_for(somebody).get("/").content.decode()

    assert "Only the training that stands under" in page
    assert "Nothing is asked of you today" not in page


@pytest.mark.parametrize(("role", "is_led"), [("training_manager", True), ("prevent_lead", True), ("staff", False)])
def test_who_runs_training_is_led_to_the_people_who_are_overdue(acting_for, client_for, role, is_led):
    page = client_for(acting_for(role)).get("/").content.decode()

    assert ('href="/training/people/?standing=overdue"' in page) is is_led
