"""The page of the matrix that an organisation scores with."""

import pytest

from foundation.core.acting import acting_as
from risk.models import Assessment, Entry, Settings


def settings_typed(**changes):
    return {
        "version": 0,
        "likelihood": "Rare\nPossible\nLikely",
        "impact": "Minor\nModerate\nMajor",
        "bands": "2 Low\n4 Medium\n9 High",
        "marking": "official",
        "review_every_months": 6,
        "confirmed": "",
    } | changes


def test_a_matrix_that_shrinks_shows_what_it_would_change_and_waits_for_a_yes(browser, lead, entry):
    shown = browser.post("/risk/settings/", settings_typed())

    page = shown.content.decode()
    assert "Scores that would change" in page
    assert "Inherent: 4 × 4 becomes 3 × 3" in page
    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().score("inherent") == 16
        assert Settings.objects.visible_to(lead).count() == 0
    key = page.split('name="confirmed" value="')[1].split('"')[0]

    browser.post("/risk/settings/", settings_typed(confirmed=key))

    with acting_as(lead):
        row = Entry.objects.visible_to(lead).get()
        assert (row.score("inherent"), row.score("residual"), row.version) == (9, 9, 3)
        assert Assessment.objects.visible_to(lead).get().scale.highest == 9


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("bands", "Low", "Write each band as a number and a name"),
        ("bands", "4 Low\n2 High", "The bands must rise, and the last must end at the highest score, 9"),
        ("impact", "One\nTwo", "Enter from 3 to 6 steps of impact"),
        ("likelihood", "Same\nSame\nOther", "Give each step of likelihood a name of its own"),
    ],
)
def test_what_is_no_matrix_is_refused_on_its_field(browser, lead, field, value, says):
    page = browser.post("/risk/settings/", settings_typed(**{field: value})).content.decode()

    assert says in page
    with acting_as(lead):
        assert Settings.objects.visible_to(lead).count() == 0
