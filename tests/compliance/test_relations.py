from datetime import date

import pytest

from compliance import library_memory, queries
from compliance.models import Requirement
from compliance.relations import relations_of
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.compliance import give_answer

TODAY = NOW.date()


def relations(acting, code):
    with acting_as(acting):
        row = Requirement.objects.visible_to(acting).get(code=code)
        return relations_of(row, queries.register(acting, TODAY), library_memory.library())


def codes(links) -> list[str]:
    return [row.code for row in links.rows]


def test_a_benchmark_names_what_it_replaced_with_the_days_on_which_that_was_in_force(lead, library):
    found = relations(lead, "B7")

    assert [(row.code, row.in_force_from, row.in_force_to, row.mark) for row in found.replaces.rows] == [
        ("B2018-06", date(2018, 1, 1), date(2024, 2, 11), "INF"),
        ("B2018-08", date(2018, 1, 1), date(2024, 2, 11), "INF"),
    ]
    assert codes(relations(lead, "B2018-06").replaced_by) == ["B7"]


def test_see_also_reads_both_ways(lead, library):
    assert "LA-20" in codes(relations(lead, "B7").see_also)
    assert "B7" in codes(relations(lead, "LA-20").see_also)


def test_a_row_says_what_it_answers_and_by_what_it_is_answered_with_where_those_stand(lead, requirement):
    give_answer(lead, requirement("LA-01"), status="partly_met")

    general = relations(lead, "GEN-03")

    assert "LA-01" in codes(general.answered_by)
    assert [(row.code, str(row.line.state_text)) for row in general.answered_by.asked] == [("LA-01", "Partly met")]
    assert codes(relations(lead, "LA-01").answers) == ["GEN-03"]


def test_what_only_others_are_asked_is_counted_apart(lead, library):
    links = relations(lead, "GEN-03").answered_by

    assert [row.code for row in links.asked] == ["LA-01"]
    assert links.others == len(links.rows) - 1 > 0


def test_a_requirement_of_our_own_hangs_together_with_nothing_and_asks_nothing(
    lead, library, django_assert_num_queries
):
    own = Requirement(organisation=lead.organisation, code="OWN-1")
    with acting_as(lead):
        register, known = queries.register(lead, TODAY), library_memory.library()

        with django_assert_num_queries(0):
            assert relations_of(own, register, known).present == []


@pytest.mark.parametrize("code", ["GEN-03", "B8"])
def test_the_library_in_memory_answers_without_a_query(library, code, django_assert_num_queries):
    acting = acting_of(make_membership(make_organisation(), "prevent_lead"))
    with acting_as(acting):
        row, register = Requirement.objects.get(code=code), queries.register(acting, TODAY)
        known = library_memory.library()

        with django_assert_num_queries(0):
            assert relations_of(row, register, known).present
