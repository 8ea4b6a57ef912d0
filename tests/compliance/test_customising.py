"""What an organisation adds to the duty and how it keeps its assessment."""

from compliance import actions
from foundation.core.acting import acting_as
from foundation.ledger.models import Event
from tests.conftest import NOW


def test_changed_settings_stand_in_the_ledger_as_they_were_and_as_they_are(lead):
    wanted = {"stale_after_months": 12, "expiry_warning_days": 30, "highest_score": 4}

    with acting_as(lead):
        row = actions.change_settings(version=1, **wanted, by=lead, now=NOW)
        actions.change_settings(version=2, **wanted | {"highest_score": None}, by=lead, now=NOW)
        facts = [event.facts for event in Event.objects.filter(verb="compliance.settings_changed").order_by("pk")]

    said = '{{"expiry_warning_days":{},"highest_score":{},"stale_after_months":{}}}'.format
    assert (row.stale_after_months, row.expiry_warning_days, row.highest_score) == (12, 30, 4)
    assert facts == [
        f'{{"after":{said(30, 4, 12)},"before":{said(60, "null", 14)}}}',
        f'{{"after":{said(30, "null", 12)},"before":{said(30, 4, 12)}}}',
    ]
