import pytest

from compliance import queries
from compliance.grouping import GroupBy, Grouping, with_headings
from foundation.core.acting import acting_as
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.compliance import give_answer

TODAY = NOW.date()


@pytest.fixture
def college_lead(_database):
    return acting_of(make_membership(make_organisation("College", sectors=["FE"]), "prevent_lead"))


def grouped(acting, asked):
    with acting_as(acting):
        register = queries.register(acting, TODAY)
        grouping = Grouping(register, asked)
        return grouping, grouping.groups(register.lines)


def test_the_nine_headings_hold_the_rows_that_the_library_puts_under_them(college_lead, library):
    _grouping, groups = grouped(college_lead, "outline")

    assert [group.title for group in groups] == [
        "1. Leadership",
        "2. Partnership",
        "3. Staff training",
        "4. Online safety",
        "5. Welfare and pastoral support",
        "6. Speakers and events",
        "7. Site security",
        "8. British values",
        "9. Learner engagement",
        "Under no heading",
    ]
    assert [line.code for line in groups[0].lines] == ["FE-01", "FE-02", "FE-05", "FE-06"]


def test_a_row_under_two_headings_counts_under_both(college_lead, library):
    _grouping, groups = grouped(college_lead, "outline")

    assert [group.title for group in groups if "FE-10" in {line.code for line in group.lines}] == [
        "3. Staff training",
        "8. British values",
    ]


def test_what_stands_under_no_heading_is_not_lost(college_lead, library):
    _grouping, groups = grouped(college_lead, "outline")

    rest = {line.code for line in groups[-1].lines}
    assert {"FE-19", "FE-20", "FE-21", "GEN-01"} <= rest
    assert "FE-01" not in rest


def test_a_heading_says_how_far_it_has_come(college_lead, requirement):
    give_answer(college_lead, requirement("FE-01"), status="not_met")
    give_answer(college_lead, requirement("FE-02"), status="met")

    _grouping, groups = grouped(college_lead, "outline")

    summary = groups[0].summary
    assert (summary.total, summary.ready, groups[0].percent) == (4, 0, 0)
    assert summary.reason == "0 of 4 ready. 1 not met. 2 not assessed."


@pytest.mark.parametrize(("asked", "by"), [("theme", GroupBy.THEME), ("framework", GroupBy.FRAMEWORK), ("x", None)])
def test_an_outline_is_offered_only_where_the_library_has_one(lead, library, asked, by):
    grouping, _groups = grouped(lead, asked)

    assert [choice.value for choice in grouping.choices] == ["", "theme", "framework"]
    assert grouping.by == by


def test_asking_for_an_outline_that_is_not_there_shows_the_register_without_groups(lead, library):
    grouping, groups = grouped(lead, "outline")

    assert (grouping.by, groups) == (None, [])


@pytest.mark.parametrize("asked", ["theme", "framework"])
def test_every_line_is_in_one_group(lead, library, asked):
    _grouping, groups = grouped(lead, asked)

    placed = [line.code for group in groups for line in group.lines]
    with acting_as(lead):
        assert sorted(placed) == sorted(line.code for line in queries.register(lead, TODAY).lines)


def test_an_export_names_the_heading_of_each_row(college_lead, library):
    _grouping, groups = grouped(college_lead, "outline")

    rows = list(with_headings(groups, lambda line: [line.code]))
    assert rows[0] == ["1. Leadership", "FE-01"]
    assert [heading for heading, code in rows if code == "FE-10"] == ["3. Staff training", "8. British values"]


def test_the_page_shows_the_headings_and_keeps_them_while_filtering(college_lead, client_for, library):
    page = client_for(college_lead).get("/compliance/requirements/?group=outline&theme=TRAIN")

    assert [group.title for group in page.context["groups"]] == [
        "3. Staff training", "8. British values", "Under no heading",
    ]  # fmt: skip
    assert '<input type="hidden" name="group" value="outline" id="id_group">' in page.content.decode()
