from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from risk.checks import SAYS, Facts, Finding, findings, fix_of

TODAY = date(2026, 11, 23)
SOUND = Facts(
    template="scored",
    inherent=16,
    residual=9,
    has_controls=True,
    response="treat",
    has_tolerator=False,
    tolerated_until=None,
    has_owner=True,
    owner_left_on=None,
    next_review_on=TODAY,
)

WRONG = {
    "current above inherent": ({"residual": 20}, [Finding.RESIDUAL_ABOVE_INHERENT]),
    "current equals inherent without a control": ({"residual": 16, "has_controls": False}, []),
    "lowered without a control": ({"has_controls": False}, [Finding.LOWERED_WITHOUT_CONTROL]),
    "not scored": ({"residual": None}, [Finding.NOT_SCORED]),
    "tolerated by nobody": (
        {"response": "tolerate", "tolerated_until": TODAY},
        [Finding.TOLERATED_BY_NOBODY],
    ),
    "tolerated without an end": ({"response": "tolerate", "has_tolerator": True}, [Finding.TOLERATED_BY_NOBODY]),
    "tolerated until today": (
        {"response": "tolerate", "has_tolerator": True, "tolerated_until": TODAY},
        [],
    ),
    "tolerated until yesterday": (
        {"response": "tolerate", "has_tolerator": True, "tolerated_until": date(2026, 11, 22)},
        [Finding.TOLERATED_TOO_LONG],
    ),
    "no owner": ({"has_owner": False}, [Finding.NO_OWNER]),
    "owner who leaves today": ({"owner_left_on": TODAY}, []),
    "owner who left yesterday": ({"owner_left_on": date(2026, 11, 22)}, [Finding.OWNER_LEFT]),
    "review of yesterday": ({"next_review_on": date(2026, 11, 22)}, [Finding.REVIEW_OVERDUE]),
    "no review": ({"next_review_on": None}, []),
    "a form without scores": ({"template": "prompts", "inherent": None, "residual": None}, []),
    "several, worst first": (
        {"has_owner": False, "residual": 25, "next_review_on": date(2020, 1, 1)},
        [Finding.RESIDUAL_ABOVE_INHERENT, Finding.NO_OWNER, Finding.REVIEW_OVERDUE],
    ),
}


def test_a_sound_risk_has_no_finding():
    assert findings(SOUND, TODAY) == []


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_each_thing_that_is_wrong_is_found_and_nothing_else(changes, expected):
    assert findings(replace(SOUND, **changes), TODAY) == expected


@pytest.mark.parametrize("template", ["scored", "prompts", "short"])
@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_leads_to_a_page_that_is_there(finding, template):
    address = reverse(fix_of(finding, template), args=["AAAA-AAAA", "BBBB-BBBB"])

    assert address.startswith("/risk/assessments/AAAA-AAAA/risks/BBBB-BBBB/")
    assert set(SAYS) == set(Finding)
