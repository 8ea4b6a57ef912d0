from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import actions, library_memory, queries
from compliance.models.library import CountsAs
from foundation.core.acting import acting_as
from foundation.organisations.models import Organisation
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.compliance import give_answer
from tests.factories.evidence import note

TODAY = NOW.date()


def codes(organisation: Organisation, on: date = TODAY) -> set[str]:
    return {row.framework_id for row in library_memory.library().asked_of(organisation, on)}


@pytest.mark.parametrize(
    ("sectors", "nation", "frameworks"),
    [
        (["LA"], "england", {"GEN", "LA", "LA-B2024"}),
        (["FE", "HE"], "england", {"GEN", "FE", "HE"}),
        (["SCH"], "england", {"GEN", "SCH"}),
        (["SCH"], "wales", {"GEN"}),
        (["POL"], "wales", {"GEN", "POL"}),
        (["HLT"], "scotland", set()),
    ],
)
def test_an_organisation_gets_the_frameworks_that_fit_its_sectors_and_nation(library, sectors, nation, frameworks):
    organisation = make_organisation(sectors=sectors, nation=nation)

    assert codes(organisation) == frameworks


def test_a_partner_outside_schedule_6_gets_the_lighter_set(library):
    partner = make_organisation(sectors=["HLT"], is_specified_authority=False)

    asked = library_memory.library().asked_of(partner, TODAY)
    assert {row.asked_of_partners for row in asked} == {True}
    assert len(asked) == 18


def test_a_partnership_answers_what_is_answered_by_the_group(library):
    board = make_organisation("Board", kind=Organisation.Kind.PARTNERSHIP, sectors=["LA"])

    assert {row.code for row in library_memory.library().asked_of(board, TODAY)} == {
        f"B{number}" for number in range(1, 9)
    }


def test_a_framework_that_ended_is_asked_only_on_days_before(library):
    council = make_organisation()

    assert "LA-B2018" in codes(council, date(2023, 6, 1))
    assert "LA-B2018" not in codes(council, TODAY)


def test_the_specific_requirement_answers_the_general_one(lead, requirement):
    give_answer(lead, requirement("LA-01"), status="partly_met")

    with acting_as(lead):
        register = queries.register(lead, TODAY)
    general = register.line("GEN-03")
    assert (general.answered_through, general.counts_as, general.is_counted) == (
        ("LA-01",),
        CountsAs.PARTLY_MET,
        False,
    )


def test_a_specific_requirement_that_does_not_apply_leaves_the_general_one_to_be_answered(lead, requirement):
    give_answer(lead, requirement("LA-01"), applies=False, why_not="Shared with the county.")

    with acting_as(lead):
        line = queries.register(lead, TODAY).line("GEN-03")
    assert (line.answered_through, line.is_counted) == ((), True)


def test_a_past_day_does_not_change_when_later_answers_arrive(lead, requirement):
    row = requirement("LA-05")
    give_answer(lead, row, status="not_met", comment="then", now=datetime(2026, 1, 10, 12, tzinfo=UTC))
    with acting_as(lead):
        before = queries.register(lead, date(2026, 2, 1))

    give_answer(lead, row, status="met", comment="now")

    with acting_as(lead):
        after = queries.register(lead, date(2026, 2, 1))
        today = queries.register(lead, TODAY)
    assert (before.line("LA-05").status, after.line("LA-05").status, after.line("LA-05").comment) == (
        "not_met",
        "not_met",
        "then",
    )
    assert today.line("LA-05").status == "met"


def test_an_answer_counts_on_its_own_day_until_midnight_in_london(lead, requirement):
    give_answer(lead, requirement("LA-05"), now=datetime(2026, 6, 30, 22, 59, tzinfo=UTC))
    give_answer(lead, requirement("LA-06"), now=datetime(2026, 6, 30, 23, 1, tzinfo=UTC))

    with acting_as(lead):
        register = queries.register(lead, date(2026, 6, 30))
    assert (register.line("LA-05").status, register.line("LA-06").status) == ("met", "not_assessed")


def test_a_withdrawn_requirement_of_ones_own_stays_in_the_register_of_earlier_days(lead, library):
    with acting_as(lead):
        row = actions.add_requirement(
            code="OWN-1",
            theme_code="LEAD",
            title="Ours",
            text="Ours",
            force="should",
            review_interval_months=12,
            by=lead,
            now=NOW - timedelta(days=100),
        )
        actions.withdraw_requirement(requirement_id=row.pk, by=lead, now=NOW - timedelta(days=10))

        assert queries.register(lead, TODAY - timedelta(days=50)).line("OWN-1") is not None
        assert queries.register(lead, TODAY).line("OWN-1") is None


def test_the_register_holds_nothing_of_another_organisation(lead, other_organisation, requirement):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    give_answer(stranger, requirement("LA-05"), comment="canary-4411")

    with acting_as(lead):
        register = queries.register(lead, TODAY)
    assert (register.line("LA-05").status, register.line("LA-05").comment) == ("not_assessed", "")


@pytest.mark.parametrize("days", [1, 9])
@pytest.mark.parametrize("answers", [1, 12])
def test_the_register_costs_the_same_queries_for_any_number_of_days_and_answers(lead, requirement, days, answers):
    for number in range(1, answers + 1):
        give_answer(lead, requirement(f"LA-{number:02}"))
    library_memory.library()

    with acting_as(lead), CaptureQueriesContext(connection) as captured:
        queries.registers(lead, queries.quarter_ends(TODAY, days - 1))
    assert len(captured) == 2  # and one more where evidence is linked


def test_quarter_ends_are_the_last_days_of_the_quarters_before():
    assert queries.quarter_ends(date(2026, 11, 23), 5) == [
        date(2025, 9, 30),
        date(2025, 12, 31),
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 11, 23),
    ]


def test_a_theme_says_in_words_why_it_stands_where_it_does(lead, requirement):
    give_answer(lead, requirement("LA-01"), status="not_met", next_review_on=None)

    with acting_as(lead):
        register = queries.register(lead, TODAY)
    leadership = next(summary for summary in register.by_theme if summary.theme.code == "LEAD")
    assert leadership.state == ("Needs attention", "red")
    assert leadership.reason == f"0 of {leadership.total} ready. 1 not met. {leadership.total - 1} not assessed."


def test_a_trend_counts_what_the_registers_of_its_days_count(lead, requirement):
    expires = {1: None, 2: None, 3: None, 4: TODAY - timedelta(days=120)}
    for number, status in enumerate(("met", "not_met", "partly_met", "exceeded"), 1):
        row, then = requirement(f"LA-{number:02}"), NOW - timedelta(days=[30, 200, 300, 400][number - 1])
        give_answer(lead, row, status=status, now=then)
        item = note(lead, expires_on=expires[number], now=then)
        with acting_as(lead):
            actions.link_evidence(requirement_id=row.pk, evidence_id=item.pk, by=lead, now=then)
    give_answer(lead, requirement("LA-07"), applies=False, why_not="The county does it.")

    with acting_as(lead):
        _register, standings = queries.with_trend(lead, TODAY, quarters=8)
        registers = queries.registers(lead, queries.quarter_ends(TODAY, 8))
    assert standings == [register.standing for register in registers]
    assert [standing.ready for standing in standings] == [0, 0, 0, 0, 1, 1, 1, 0, 1]
