"""When people are reminded, who is due, and the figures of quarter ends, as people see them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.conftest import acting_of, make_membership
from tests.factories import for_all as asked
from tests.factories.training import make_course
from training import quarter_ends
from training.models import ReminderSettings

TODAY = timezone.localdate()
TYPED = {"version": "1", "days_before": "7; 60 30", "days_after": "", "escalate_days_after": "5", "digest_on": ""}
TYPED |= {"session_days_before": "4"}


@pytest.fixture
def manager(organisation):
    return acting_of(make_membership(organisation, "training_manager", name="Mair Manager"))


@pytest.fixture
def leader(organisation):
    return acting_of(make_membership(organisation, name="Lew Leader"))


@pytest.fixture
def required(organisation, manager, leader):
    """Asked of Ann, whom Lew leads, and of Bob, whom nobody does. Both are late."""
    course = make_course(title="Prevent awareness")
    people = [make_membership(organisation, name=name, with_user=False) for name in ("Ann Able", "Bob Late")]
    with acting_as(manager):
        Membership.objects.filter(pk__in=[each.pk for each in people]).update(staff_group="Front line")
        Membership.objects.filter(pk=people[0].pk).update(line_manager=leader.membership)
    begun = timezone.now() - timedelta(days=60)
    return asked.requirement(
        manager, course, scope=asked.Scope(staff_groups=("Front line",)), starts_on=timezone.localdate(begun), now=begun
    )


def test_the_days_are_kept_in_order(manager, client_for):
    answer = client_for(manager).post("/training/reminders/", TYPED)

    with acting_as(manager):
        row = ReminderSettings.objects.visible_to(manager).get()
    assert answer.status_code == 302
    assert (row.days_before, row.days_after, row.escalate_days_after, row.digest_on) == ([60, 30, 7], [], 5, None)
    assert row.session_days_before == 4


@pytest.mark.parametrize("typed", ["soon", "0", "366", "1 2 3 4 5 6", "7.5"])
def test_days_that_are_none_are_refused(manager, client_for, typed):
    page = client_for(manager).post("/training/reminders/", TYPED | {"days_before": typed})

    assert "Enter at most 5 numbers from 1 to 365, such as 30, 7" in page.content.decode()


def test_who_leads_sees_their_own_people_and_a_training_manager_all(committed, required, leader, manager, client_for):
    pages = [client_for(who).get("/training/reminders/due/").content.decode() for who in (leader, manager)]

    assert [[name in page for name in ("Ann Able", "Bob Late")] for page in pages] == [[True, False], [True, True]]


def test_who_leads_nobody_sees_nobody(committed, required, organisation, client_for):
    page = client_for(acting_of(make_membership(organisation, name="Alone"))).get("/training/reminders/due/")

    assert "Nobody is due" in page.content.decode()
    assert "Ann Able" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_asks_no_more_for_more_people(
    committed, organisation, manager, client_for, django_assert_num_queries, count
):
    for number in range(count):
        make_membership(organisation, name=f"Person {number}", with_user=False)
    begun = timezone.now() - timedelta(days=60)
    asked.requirement(manager, make_course(), starts_on=timezone.localdate(begun), now=begun)
    browser = client_for(manager)
    browser.get("/training/reminders/due/")

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        page = browser.get("/training/reminders/due/")

    assert page.content.decode().count("Overdue") >= count


QUERIES_OF_THE_LIST = 8


def test_the_figures_of_a_quarter_end_and_their_file(committed, required, manager, client_for):
    end = quarter_ends.last_quarter_end(TODAY)
    if end < timezone.localdate(timezone.now() - timedelta(days=60)):
        end = quarter_ends.last_quarter_end(TODAY + timedelta(days=92))
    after = datetime.combine(end + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=1)
    quarter_ends.keep(now=after)
    browser = client_for(manager)

    page = browser.get("/training/reports/quarter-ends/?group=all").content.decode()
    file = b"".join(browser.get("/training/reports/quarter-ends/?export=csv").streaming_content).decode("utf-8-sig")

    assert "Awareness for all" in page
    header, line = file.splitlines()
    assert header.startswith("Quarter ended,Requirement,Course,Figures of,Group,Asked,Counted,In date")
    assert line.startswith(f"{end.isoformat()},Awareness for all,Prevent awareness,Everybody,Everybody,2,2,0,0,")


def test_before_the_first_quarter_ends_the_page_says_so(manager, client_for):
    assert "No quarter is kept yet" in client_for(manager).get("/training/reports/quarter-ends/").content.decode()
