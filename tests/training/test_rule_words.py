"""A rule as a report says it."""

from datetime import date

from training.models import Anchor, Rule
from training.rule_words import sentences
from training.scope import Scope


def said(scope: Scope = Scope(), **fields) -> list[str]:  # noqa: B008 -- frozen
    return sentences(Rule(scope=scope.to_json(), **{"months": 36, "grace_days": 28} | fields), {7: "Housing"})


def test_a_rule_for_everybody():
    assert said() == [
        "Asks everybody.",
        "Done, it counts for 36 months from that day.",
        "Who comes under it has 28 days to do it.",
    ]


def test_each_condition_is_a_sentence_with_all_that_it_names():
    scope = Scope(
        teams=(7, 8),
        staff_groups=("Front line", "Clinical"),
        job_titles=("nurse",),
        employments=("agency",),
        roles=("prevent_lead",),
        started_from=date(2026, 1, 1),
        started_to=date(2026, 6, 30),
    )

    assert said(scope)[:-2] == [
        "Team, or part of it: Housing, a team that is no more.",
        "Staff group: Front line, Clinical.",
        "Post: job title with “nurse”.",
        "Employment: Agency.",
        "Role in the portal: Prevent or safeguarding lead.",
        "Began on 1 January 2026 or later.",
        "Began on 30 June 2026 or before.",
    ]


def test_for_ever_once_a_period_and_one_of_each():
    window = {"anchor": Anchor.WINDOW, "window_from": date(2026, 4, 1), "months": 12}

    assert said(months=None)[1] == "Done once, it counts for ever."
    assert said(**window)[1] == "Once in each period of 12 months, counted from 1 April 2026."
    assert said(months=1, grace_days=1)[1:] == [
        "Done, it counts for 1 month from that day.",
        "Who comes under it has 1 day to do it.",
    ]
