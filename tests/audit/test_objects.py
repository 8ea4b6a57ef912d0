"""The history of one thing, and who saw it (AD-6)."""

from datetime import timedelta

from django.urls import reverse

from audit import queries
from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from tests.audit.conftest import happen
from tests.conftest import NOW


def test_the_history_of_a_thing_is_its_events_alone_latest_first(lead, acting_for):
    other = acting_for(Role.PREVENT_LEAD, name="Somebody Else")
    happen(lead, "person.added", target=lead.membership, at=NOW - timedelta(days=2))
    happen(lead, "person.changed", target=lead.membership, at=NOW)
    happen(lead, "person.changed", target=other.membership, at=NOW)

    with acting_as(lead):
        trail = queries.trail_of(lead, lead.membership)

        assert [event.verb for event in trail] == ["person.changed", "person.added"]


def test_the_history_is_found_by_reference_and_by_id(browser, lead):
    happen(lead, "person.added", target=lead.membership)

    pages = [
        browser.get(reverse("audit:object", args=["organisations.membership", key]))
        for key in (lead.membership.reference, lead.membership.pk)
    ]

    assert [page.status_code for page in pages] == [200, 200]
    assert [[line.what for line in page.context["lines"]] for page in pages] == [["Added a person"]] * 2


def test_a_thing_that_nothing_happened_to_is_not_found(browser):
    assert browser.get(reverse("audit:object", args=["organisations.membership", "ZZZZ-ZZZZ"])).status_code == 404
    assert browser.get(reverse("audit:object", args=["x", "9" * 30])).status_code == 404


def test_who_saw_a_thing_counts_reads_by_person_and_leaves_changes_out(lead, acting_for):
    reader = acting_for(Role.PREVENT_LEAD, name="Rita Reader")
    happen(reader, "file.opened", target=lead.membership, at=NOW - timedelta(hours=2))
    happen(reader, "file.opened", target=lead.membership, at=NOW - timedelta(hours=1))
    happen(lead, "file.opened", target=lead.membership, at=NOW)
    happen(lead, "person.changed", target=lead.membership, at=NOW)

    with acting_as(lead):
        readers = queries.who_saw(lead, "organisations.membership", lead.membership.pk)

    assert [(each.name, each.times, each.first_at, each.last_at) for each in readers] == [
        (lead.membership.name, 1, NOW, NOW),
        ("Rita Reader", 2, NOW - timedelta(hours=2), NOW - timedelta(hours=1)),
    ]


def test_who_saw_a_thing_takes_two_queries_however_many_saw_it(lead, acting_for, django_assert_num_queries):
    for number in range(4):
        happen(acting_for(Role.STAFF, name=f"Reader {number}"), "file.opened", times=5, target=lead.membership)

    with acting_as(lead), django_assert_num_queries(2):
        readers = queries.who_saw(lead, "organisations.membership", lead.membership.pk)

    assert len(readers) == 4


def test_recent_activity_leaves_reading_and_notices_out(lead, records_manager):
    happen(lead, "team.added", at=NOW)
    happen(lead, "audit.log_read", at=NOW + timedelta(minutes=1))
    happen(lead, "access.refused", at=NOW + timedelta(minutes=2))
    happen(lead, "notice.given", at=NOW + timedelta(minutes=3))

    with acting_as(records_manager):
        (latest,) = [each for each in queries.recent(records_manager) if each.person == lead.membership.name]

    assert (latest.sentence, latest.at) == ("Added a team", NOW)


def test_recent_activity_is_told_to_those_who_may_read_the_log_only(lead, acting_for):
    happen(lead, "team.added", at=NOW)
    staff = acting_for(Role.STAFF)

    with acting_as(staff):
        assert queries.recent(staff) == []
