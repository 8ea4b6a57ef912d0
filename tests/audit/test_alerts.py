"""AD-6: what should make somebody look."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit import alerts, thresholds
from audit.thresholds import Threshold
from foundation.core.acting import acting_as
from foundation.ledger import sealing, verification
from foundation.ledger.models import SealerState
from tests.audit.conftest import happen
from tests.conftest import NOW
from tests.foundation.ledger.conftest import guards_down


def alerts_of(acting, kind: str, now=NOW) -> list[alerts.Alert]:
    with acting_as(acting):
        return [alert for alert in alerts.current(acting, now) if alert.kind == kind]


def spread(acting, verb: str, count: int, every: timedelta) -> None:
    for number in range(count):
        happen(acting, verb, at=NOW - every * (count - 1 - number))


@pytest.mark.parametrize(
    ("verb", "kind", "limit"), [("file.opened", "mass_reading", 100), ("access.refused", "refusals", 10)]
)
def test_an_alarm_begins_exactly_at_its_threshold(lead, verb, kind, limit):
    spread(lead, verb, limit - 1, timedelta(seconds=2))
    before = alerts_of(lead, kind)
    happen(lead, verb, at=NOW)
    (after,) = alerts_of(lead, kind)

    assert before == []
    assert after.person == lead.membership.reference
    assert after.text == f"{lead.membership.name}: {limit} times within 10 minutes; the alarm is set at {limit}."


def test_the_same_number_spread_over_a_longer_time_is_no_alarm(lead):
    spread(lead, "access.refused", 10, timedelta(seconds=67))

    assert alerts_of(lead, "refusals") == []


def test_the_ten_minutes_begin_anywhere_not_on_the_clock(lead):
    spread(lead, "access.refused", 10, timedelta(seconds=66))

    assert len(alerts_of(lead, "refusals")) == 1


def test_several_people_together_are_no_alarm(lead, acting_for):
    other = acting_for("prevent_lead", name="Somebody Else")
    happen(lead, "access.refused", times=5)
    happen(other, "access.refused", times=5)

    assert alerts_of(lead, "refusals") == []


def test_another_organisations_bursts_are_its_own(lead, outsider):
    happen(outsider, "access.refused", times=20)

    assert alerts_of(lead, "refusals") == []
    assert len(alerts_of(outsider, "refusals")) == 1


def test_an_alarm_goes_after_seven_days(lead):
    happen(lead, "access.refused", times=10, at=NOW - timedelta(days=7, minutes=1))

    assert alerts_of(lead, "refusals") == []


def test_a_threshold_is_the_one_of_its_day(monkeypatch):
    dated = tuple(Threshold("refusals", count, 10, date(2026, month, 1), "test") for count, month in ((10, 1), (20, 6)))
    monkeypatch.setattr(thresholds, "THRESHOLDS", dated)

    counts = [thresholds.threshold("refusals", date(2026, month, 1)).count for month in (5, 6, 7)]

    assert counts == [10, 20, 20]


def test_a_sealer_that_stopped_is_an_alarm(committed, lead):
    sealing.seal()
    ran_at = SealerState.objects.get().ran_at

    assert alerts_of(lead, "unsealed", ran_at + timedelta(minutes=4)) == []
    assert len(alerts_of(lead, "unsealed", ran_at + timedelta(minutes=6))) == 1


def test_a_break_in_the_chain_is_an_alarm_and_stands_on_the_page(committed, organisation, acting_for, client_for):
    keeper = acting_for("records_manager")
    happen(keeper, times=3)
    sealing.seal()
    with guards_down() as cursor:
        cursor.execute("UPDATE ledger_event SET verb = 'x.y' WHERE id = (SELECT max(id) FROM ledger_event)")
    verification.verify()

    (alarm,) = alerts_of(keeper, "chain_break", timezone.now())
    page = client_for(keeper).get("/audit/checks/").content.decode()

    assert alarm.text.endswith("The event was edited after it was sealed.")
    assert "Tampered with" in page
    assert "The event was edited after it was sealed." in page


def test_the_page_of_an_untouched_log_says_it_is_in_order(committed, organisation, acting_for, client_for):
    keeper = acting_for("records_manager")
    happen(keeper, times=3)
    sealing.seal()
    verification.verify()

    page = client_for(keeper).get("/audit/checks/").content.decode()

    assert "In order" in page
    assert "Whole" in page
    assert "There is nothing to look at." in client_for(keeper).get("/audit/alerts/").content.decode()
