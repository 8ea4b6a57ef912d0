"""The heat map counts every risk and shows the fifty highest one by one."""

from datetime import date, timedelta

import pytest

from foundation.core.acting import acting_as
from risk import actions, pictures, standings
from risk.models import Entry
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as factories


@pytest.fixture
def lead(organisation):
    return acting_of(make_membership(organisation, "prevent_lead"))


def of(acting, assessment, earlier=None):
    with acting_as(acting):
        return standings.of(acting, assessment, earlier)


def test_every_cell_is_counted_and_the_highest_stand_first(lead):
    row = factories.assessment(lead)
    for likelihood, impact in ((1, 1), (5, 5), (2, 2), (5, 5), (3, 4)):
        factories.score(lead, factories.risk(lead, row), residual=(likelihood, impact), inherent=(5, 5))
    factories.risk(lead, row, "Not scored")

    found = of(lead, row)

    assert found.counts == {(5, 5): 2, (3, 4): 1, (2, 2): 1, (1, 1): 1, None: 1}
    assert [standing.code for standing in found.highest] == ["R2", "R4", "R5", "R3", "R1"]


def test_the_drawing_says_when_only_the_highest_are_followed(lead):
    row = factories.assessment(lead)
    for _ in range(standings.ONE_BY_ONE + 2):
        factories.score(lead, factories.risk(lead, row), residual=(2, 2), inherent=(3, 3))

    chart = pictures.matrix_chart(row.scale, of(lead, row), chart_id="map")

    assert chart.caption == "Current scores, and how the 50 highest moved since the last approval"
    assert len(chart.rows) == 50
    assert "and 2 more" in chart.svg
    assert ">52<" in chart.svg


def test_movement_is_told_of_each_that_stood_elsewhere(lead):
    [entry] = factories.approved(lead, "Online", scores={"residual": (4, 4), "inherent": (5, 5)})
    year = {"period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
    with acting_as(lead):
        earlier = entry.assessment
        later = actions.copy_forward(assessment_id=earlier.pk, title="Next", by=lead, now=NOW, **year)
        following = Entry.objects.visible_to(lead).get(assessment=later)
    factories.score(lead, following, residual=(2, 4), inherent=(5, 5), reason="Better")

    chart = pictures.matrix_chart(later.scale, of(lead, later, earlier), chart_id="map")

    assert [row[1:] for row in chart.rows] == [("8: Unlikely, Major", "16: Very likely, Major", "Lowered by 8")]


def test_who_may_not_read_risks_is_shown_nothing(organisation, lead):
    row = factories.assessment(lead)
    factories.score(lead, factories.risk(lead, row), residual=(2, 2), inherent=(3, 3))
    staff = acting_of(make_membership(organisation, "staff"))
    stranger = acting_of(make_membership(make_organisation("Ashmere District Council"), "prevent_lead"))

    assert [sum(of(acting, row).counts.values()) for acting in (staff, stranger)] == [0, 0]


def test_a_risk_closed_before_the_approval_is_counted_nowhere_and_one_closed_after_it_still_is(lead):
    row = factories.assessment(lead)
    entries = [factories.risk(lead, row, title) for title in ("Gone", "Closed later", "Open", "Never scored, gone")]
    for entry in entries[:3]:
        factories.score(lead, entry, residual=(2, 2), inherent=(3, 3))
    factories.close(lead, entries[0])
    factories.close(lead, entries[3])
    assert of(lead, row).counts == {(2, 2): 2}

    approver = acting_of(make_membership(lead.organisation, "senior_approver"))
    factories.send(lead, row, approver, now=NOW)
    factories.approve(approver, row, now=NOW + timedelta(hours=1))
    factories.close(lead, entries[1], now=NOW + timedelta(days=1))
    with acting_as(lead):
        row.refresh_from_db()

    found = of(lead, row)
    assert found.counts == {(2, 2): 2}
    assert [standing.title for standing in found.highest] == ["Closed later", "Open"]
