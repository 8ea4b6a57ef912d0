"""Rows that meet what is in the register: stop, skip, update, and what is wrong with a row."""

import json
from datetime import date

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from risk import actions
from risk.models import Entry, ScoreChange
from tests.conftest import NOW
from tests.factories import risk as factories
from tests.risk.register_file import (
    ONLINE,
    TENSION,
    as_csv,
    bring_in,
    check,
    confirm,
    counted,
    entries,
    remarks,
    run,
    upload,
)


def test_stop_refuses_rows_whose_number_is_there(lead, draft):
    run(lead, draft, [ONLINE])

    checked = check(lead, upload(lead, draft, as_csv([ONLINE, TENSION])))

    assert counted(checked) == {"create": 1, "refused": 1}
    assert remarks(lead, checked) == [(2, "code", "there_already")]
    with pytest.raises(RuleBroken, match="Some rows are refused"):
        confirm(lead, checked)


@pytest.mark.parametrize("numbered", [True, False])
def test_the_same_file_twice_with_skip_changes_nothing(lead, draft, numbered):
    rows = [ONLINE, TENSION] if numbered else [["", *row[1:]] for row in (ONLINE, TENSION)]
    run(lead, draft, rows, when_there="skip")
    with acting_as(lead):
        before = list(Entry.objects.order_by("pk").values())

    checked = check(lead, upload(lead, draft, as_csv(rows)), when_there="skip")

    assert counted(checked) == {"skipped": 2}
    with pytest.raises(RuleBroken, match="changes nothing"):
        confirm(lead, checked)
    with acting_as(lead):
        assert list(Entry.objects.order_by("pk").values()) == before


def test_the_same_file_twice_with_update_changes_nothing_either(lead, draft):
    run(lead, draft, [ONLINE, TENSION])

    checked = check(lead, upload(lead, draft, as_csv([ONLINE, TENSION])), when_there="update")

    assert counted(checked) == {"unchanged": 2}


def test_update_changes_what_the_file_says_and_keeps_what_it_does_not(lead, draft):
    run(lead, draft, [ONLINE])

    done = run(
        lead, draft, [["n1", "Drawn in online and alone", "5", "4", "filter; Awareness week", ""]], when_there="update"
    )

    found = entries(lead, draft)["N1"]
    assert counted(done) == {"update": 1}
    assert (found.title, found.score("residual"), found.version) == ("Drawn in online and alone", 20, 2)
    assert [control.text for control in found.controls.all()] == ["Filter", "Awareness week"]
    with acting_as(lead):
        event = Event.objects.get(verb="risk.changed_by_import")
        assert json.loads(event.facts)["fields"] == ["title", "residual", "controls"]


def test_a_score_that_falls_by_update_needs_a_reason_and_keeps_it(lead, draft):
    run(lead, draft, [ONLINE])
    checked = check(
        lead, upload(lead, draft, as_csv([["N1", "Drawn in online", "1", "1", "", ""]])), when_there="update"
    )

    with pytest.raises(RuleBroken, match="Say why scores fall"):
        confirm(lead, checked, reason=" ")
    bring_in(lead, checked, reason="Filter tested")

    with acting_as(lead):
        change = ScoreChange.objects.visible_to(lead).order_by("-pk")[0]
        assert (change.before_likelihood, change.likelihood, change.reason) == (3, 1, "Filter tested")


def test_a_known_risk_comes_into_the_next_assessment_as_the_same_risk(lead, draft):
    run(lead, draft, [ONLINE])
    following = factories.assessment(lead, "Risk 2027", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31))

    done = run(lead, following, [ONLINE], when_there="update")

    assert counted(done) == {"join": 1}
    assert entries(lead, following)["N1"].risk_id == entries(lead, draft)["N1"].risk_id


def test_a_closed_risk_and_one_taken_out_are_not_brought_back_by_a_file(lead, draft):
    run(lead, draft, [ONLINE, TENSION])
    found = entries(lead, draft)
    with acting_as(lead):
        actions.close_risk(risk_id=found["N1"].risk_id, version=1, reason="Gone", by=lead, now=NOW)
        actions.remove_entry(entry_id=found["N2"].pk, version=1, reason="Twice", by=lead, now=NOW)
        actions.reopen_risk(risk_id=found["N2"].risk_id, version=2, reason="Not so", by=lead, now=NOW)
        actions.remove_entry(entry_id=found["N2"].pk, version=3, reason="Twice", by=lead, now=NOW)

    checked = check(lead, upload(lead, draft, as_csv([ONLINE, TENSION])), when_there="update")

    assert remarks(lead, checked) == [(2, "code", "closed"), (3, "code", "closed")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([ONLINE, ["N1", "Other", "", "", "", ""]], [(3, "code", "code_twice")]),
        (
            [["", "Same", "", "", "", ""], ["", "same ", "", "", "", ""]],
            [(2, "title", "title_twice"), (3, "title", "title_twice")],
        ),
        ([["N1", "", "1", "1", "", ""]], [(2, "title", "no_title")]),
        ([["N1", "A", "9", "1", "", ""]], [(2, "residual_likelihood", "outside_the_matrix")]),
        ([["N1", "A", "3", "", "", ""]], [(2, "residual_impact", "half_a_score")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_and_where(lead, draft, rows, expected):
    checked = check(lead, upload(lead, draft, as_csv(rows)))

    assert remarks(lead, checked) == expected
    assert checked.counts["refused"] == len(expected)


def test_refused_rows_are_left_out_only_on_purpose(lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE, ["N2", "", "", "", "", ""]])))

    bring_in(lead, checked, leave_out_refused=True)

    assert list(entries(lead, draft)) == ["N1"]
