"""Two people at the same moment in the register of local profiles and in an assessment."""

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from risk import actions
from risk.models import CtlpRecommendation
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories import profiles
from tests.factories import risk as factories


def test_two_recommendations_do_not_get_the_same_number(committed, lead, acting_for):
    colleague = acting_for("prevent_lead", name="Colleague")
    edition = profiles.edition(lead)
    first, second = (profiles.recommendation(lead, edition, code=code) for code in ("1", "2"))

    def numbered(by, row):
        def deed() -> object:
            with acting_as(by):
                return actions.change_recommendation(
                    recommendation_id=row.pk, version=1, code="9", text="Brief", may_be_recorded=True,
                    recommended_to="All", by=by, now=NOW,
                )  # fmt: skip

        return deed

    results = at_once(numbered(lead, first), numbered(colleague, second))

    with acting_as(lead):
        codes = CtlpRecommendation.objects.visible_to(lead).values_list("code", flat=True)
        assert codes.filter(code="9").count() == 1
    assert [type(each) for each in results if isinstance(each, Exception)] == [RuleBroken]


def test_a_risk_that_somebody_just_took_out_says_so(lead):
    entry = factories.risk(lead, factories.assessment(lead))
    with acting_as(lead):
        actions.remove_entry(entry_id=entry.pk, version=1, reason="Twice", by=lead, now=NOW)

    with pytest.raises(RuleBroken, match="This risk was taken out of the assessment"), acting_as(lead):
        actions.remove_entry(entry_id=entry.pk, version=1, reason="Twice", by=lead, now=NOW)
