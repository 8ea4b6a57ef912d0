from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from compliance.models.library import CountsAs
from compliance.readiness import EvidenceLine, Flag, Line, flags_of, worst

TODAY = date(2026, 11, 23)
LIMITS = {"stale_before": date(2025, 9, 23), "expiry_warning_until": date(2027, 1, 22)}

MET = Line(
    requirement_id=1,
    code="LA-05",
    title="Board",
    text="",
    theme_code="PART",
    force="should",
    framework_code="LA",
    framework_title="Local authorities",
    is_local=False,
    verified=True,
    on=TODAY,
    status="met",
    status_label="Met",
    counts_as=CountsAs.MET,
    owner_id=7,
    last_change_on=date(2026, 6, 1),
)


def evidence(expires_on: date | None) -> EvidenceLine:
    return EvidenceLine(1, 1, "AAAA-BBBB", "Minutes", "file", None, expires_on, datetime(2026, 1, 1, tzinfo=UTC))


def flags(**changes) -> set[Flag]:
    return set(flags_of(replace(MET, **changes), **LIMITS))


def test_met_with_lasting_evidence_has_no_flag():
    assert flags(evidence=(evidence(None),)) == set()


def test_met_without_evidence_is_flagged_and_not_ready():
    assert flags() == {Flag.NO_EVIDENCE}
    assert replace(MET).is_ready is False


@pytest.mark.parametrize(
    ("expires_on", "expected"),
    [
        (date(2026, 11, 22), {Flag.EVIDENCE_EXPIRED}),
        (date(2026, 11, 23), {Flag.EVIDENCE_EXPIRES_SOON}),
        (date(2027, 1, 22), {Flag.EVIDENCE_EXPIRES_SOON}),
        (date(2027, 1, 23), set()),
    ],
)
def test_evidence_counts_until_the_end_of_its_last_day(expires_on, expected):
    assert flags(evidence=(evidence(expires_on),)) == expected


def test_expired_evidence_makes_a_good_answer_visibly_not_ready():
    line = replace(MET, evidence=(evidence(date(2026, 11, 22)), evidence(None)), flags=(Flag.EVIDENCE_EXPIRED,))

    assert (line.is_ready, line.state_text, line.state_colour) == (False, "Not ready: evidence expired", "red")


def test_a_review_is_overdue_the_day_after():
    held = (evidence(None),)

    assert flags(evidence=held, next_review_on=date(2026, 11, 22)) == {Flag.REVIEW_OVERDUE}
    assert flags(evidence=held, next_review_on=TODAY) == set()


def test_no_change_since_before_the_limit_is_stale():
    held = (evidence(None),)

    assert flags(evidence=held, last_change_on=date(2025, 9, 22)) == {Flag.STALE}
    assert flags(evidence=held, last_change_on=date(2025, 9, 23)) == set()


def test_an_answer_without_an_owner_and_a_wording_nobody_checked_are_flagged():
    assert flags(evidence=(evidence(None),), owner_id=None, verified=False) == {
        Flag.NO_OWNER,
        Flag.WORDING_NOT_VERIFIED,
    }


def test_what_does_not_apply_or_is_answered_elsewhere_is_never_flagged():
    assert flags(applies=False, why_not="We have none.") == set()
    assert flags(answered_through=("SCH-01",)) == set()


def test_nothing_answered_is_not_nagged_about_evidence_or_owner():
    assert flags(counts_as=CountsAs.NOTHING, owner_id=None, last_change_on=None) == set()


@pytest.mark.parametrize("state", [CountsAs.NOTHING, CountsAs.NOT_MET, CountsAs.PARTLY_MET])
def test_only_met_or_better_is_ready(state):
    assert replace(MET, counts_as=state, evidence=(evidence(None),)).is_ready is False


def test_of_several_answers_to_one_question_the_weakest_counts():
    assert worst([CountsAs.MET, CountsAs.NOT_MET, CountsAs.EXCEEDED]) == CountsAs.NOT_MET
    assert worst([CountsAs.NOT_MET, CountsAs.NOTHING]) == CountsAs.NOTHING
