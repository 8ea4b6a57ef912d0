"""One person with posts in two organisations: each asks, reminds and counts for itself, and sees only its own."""

from collections import Counter
from datetime import date, timedelta

import pytest

from foundation.core.acting import Acting, acting_as
from foundation.ledger import acting_system
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.conftest import LONG_AGO, NOW, acting_of, make_membership
from tests.factories.asked import require, work_out
from tests.factories.certificates import content
from tests.factories.learning import begin
from tests.factories.records import declared
from tests.factories.training import make_course
from training import actions, queries, reminding
from training.models import Assignment, Attempt, Came, Completion
from training.seeing import own
from training.seeing.of_one import asked_of_oneself
from training.workflow import RecordStatus, Standing

TODAY = NOW.date()


class Both:
    """A governor of a school who works for the council. ``council`` and ``school``: as they act for each."""

    def __init__(self, organisation, other_organisation) -> None:
        post = make_membership(organisation, name="Gwen Governor")
        with acting_system("provision"):
            self.second = Membership.objects.create(
                organisation=other_organisation, user=post.user, name="G Governor", email="gwen@school.example",
                starts_on=LONG_AGO,
            )  # fmt: skip
        self.council, self.school = acting_of(post), acting_of(self.second)
        self.council_manager, self.school_manager = (
            acting_of(make_membership(each, Role.TRAINING_MANAGER, name="Manager"))
            for each in (organisation, other_organisation)
        )
        self.course = make_course("prevent-awareness", content())
        self.council_asks = require(self.council_manager, "Awareness", course=self.course, months=24)
        self.school_asks = require(self.school_manager, "Governors' awareness", course=self.course, months=12)
        for manager in (self.council_manager, self.school_manager):
            work_out(manager)

    def complete(self, by: Acting, now=NOW) -> None:
        with acting_as(by):
            attempt = actions.begin(course_id=self.course.pk, by=by, now=now)
            actions.answer(attempt_id=attempt.pk, page="final-check", number=1, chosen={"duty-1": [0]}, by=by, now=now)


@pytest.fixture
def both(committed, organisation, other_organisation) -> Both:
    return Both(organisation, other_organisation)


def standing(by: Acting) -> list[tuple[str, str]]:
    with acting_as(by):
        rows = Assignment.objects.visible_to(by).asked(TODAY, today=TODAY).of(by.membership_id)
        return list(rows.values_list("requirement__title", "standing"))


def seen_by(manager: Acting, model) -> set[str]:
    with acting_as(manager):
        return set(model.objects.visible_to(manager).values_list("membership__name", flat=True))


def test_each_organisation_asks_for_its_own(both):
    assert standing(both.council) == [("Awareness", Standing.OVERDUE)]
    assert standing(both.school) == [("Governors' awareness", Standing.OVERDUE)]
    with acting_as(both.council):
        rows = asked_of_oneself(both.council, TODAY)
        assert [each.row.requirement.title for each in own.asked(rows, {}, {})] == ["Awareness"]


def test_a_course_counts_for_the_organisation_for_which_it_was_done_and_for_no_other(both):
    both.complete(both.council)

    assert standing(both.council) == [("Awareness", Standing.IN_DATE)]
    assert standing(both.school) == [("Governors' awareness", Standing.OVERDUE)]
    assert "Gwen Governor" in seen_by(both.council_manager, Completion)
    assert seen_by(both.school_manager, Completion) == set()


def test_it_counts_in_the_other_once_somebody_there_has_seen_the_certificate(both):
    both.complete(both.council)
    with acting_as(both.council):
        number = queries.completions(both.council).get().certificate.reference
    said = declared(both.school, both.course, on=TODAY, number=number)
    waiting = standing(both.school)

    with acting_as(both.school_manager):
        actions.accept(completion_id=said.pk, by=both.school_manager, now=NOW)

    assert waiting == [("Governors' awareness", Standing.OVERDUE)]
    assert standing(both.school) == [("Governors' awareness", Standing.IN_DATE)]


def test_each_counts_it_as_long_as_its_own_rule_says(both, backup):
    both.complete(both.council)
    both.complete(both.school)

    until = dict(
        backup(Assignment)
        .filter(known_until=None, membership_id__in=[both.council.membership_id, both.school.membership_id])
        .values_list("membership_id", "valid_until")
    )
    assert until == {
        both.council.membership_id: date(2028, 11, 23),
        both.school.membership_id: date(2027, 11, 23),
    }


def test_the_same_course_is_begun_and_done_for_each_by_itself(both, backup):
    here, there = begin(both.council, both.course), begin(both.school, both.course)

    with acting_as(both.school):
        found = [each.pk for each in queries.open_attempts(both.school)]
    with acting_as(both.council), pytest.raises(Attempt.DoesNotExist):
        actions.finish_page(attempt_id=there.pk, page="final-check", by=both.council, now=NOW)

    assert found == [there.pk] != [here.pk]


def test_what_was_done_for_one_shows_in_no_page_of_the_other(both, client_for):
    both.complete(both.council)
    client = client_for(both.council)

    for address in ("/training/", "/training/courses/prevent-awareness/"):
        assert "23 November 2026" in client.get(address).content.decode()
    client.post("/organisations/switch/", {"organisation": str(both.school.organisation_id)})

    for address in ("/training/", "/training/courses/prevent-awareness/"):
        page = client.get(address).content.decode()
        assert "23 November 2026" not in page
        assert "Elsewhere District Council" in page


def test_a_managers_pages_of_the_person_show_their_own_organisation_alone(both, client_for):
    both.complete(both.council)

    theirs = client_for(both.school_manager).get(f"/training/people/{both.second.reference}/")
    ours = client_for(both.school_manager).get(f"/training/people/{both.council.membership.reference}/")

    assert theirs.status_code == 200
    assert "Governors&#x27; awareness" in theirs.content.decode()
    assert "Gwen Governor" not in theirs.content.decode()
    assert ours.status_code == 404


def test_each_reminds_of_its_own_until_it_is_done_there(both, backup):
    both.complete(both.council)

    reminding.remind(now=NOW)

    told = Counter(backup(Notice).filter(kind=reminding.OVERDUE).values_list("organisation_id", "membership_id"))
    assert told[both.council.organisation_id, both.council.membership_id] == 0
    assert {organisation for organisation, member in told if member == both.second.pk} <= {both.school.organisation_id}
    with acting_as(both.council):
        assert not Notice.objects.visible_to(both.council).filter(membership=both.second.pk).exists()


def test_a_day_before_is_read_for_each_by_itself(both):
    both.complete(both.council)

    for manager, title in ((both.council_manager, "Awareness"), (both.school_manager, "Governors' awareness")):
        with acting_as(manager):
            rows = Assignment.objects.visible_to(manager).asked(TODAY - timedelta(days=1), today=TODAY)
            assert set(rows.values_list("requirement__title", flat=True)) == {title}


def test_leaving_one_changes_nothing_in_the_other(both, backup):
    both.complete(both.school)
    with acting_as(both.council_manager):
        Membership.objects.filter(pk=both.council.membership_id).update(ends_on=TODAY - timedelta(days=1))
    work_out(both.council_manager, now=NOW)

    assert standing(both.council) == []
    assert standing(both.school) == [("Governors' awareness", Standing.IN_DATE)]
    assert backup(Completion).get().came == Came.PORTAL
    assert backup(Completion).get().status == RecordStatus.COUNTS
