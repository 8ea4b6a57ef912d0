"""The figures of the first page, each with exactly the list behind it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories import asked
from tests.factories.records import partner_return
from tests.training.browsing import cells as words
from training.figures import Figure
from training.seeing import overview
from training.seeing.overview import rating

ADDRESS = "/training/overview/"


def line_of(response, requirement):
    return next(line for line in response.context["found"].lines if line.requirement == requirement)


def numbers(response):
    """Every number of the page that has a list behind it."""
    found = response.context["found"]
    cells = [line.cell for line in found.lines] + [cell for group in found.groups for cell in group.cells if cell]
    return [
        *(number for cell in cells for number in (cell.good, cell.counted, cell.overdue)),
        *(number for line in found.lines for number in line.numbers),
    ]


def listed(browser, number):
    page = browser.get(number.url).context["page"]
    assert not page.total_is_capped
    return page.total


def test_a_percentage_stands_beside_its_numerator_and_denominator(scene, browser):
    response = browser.get(ADDRESS)

    figure = line_of(response, scene.awareness).cell.figure
    assert (figure.percent, figure.in_date, figure.counted) == (40, 2, 5)
    assert "Awareness A small course 40% 2 in date, Awareness of 5 counted, Awareness 85% Below target" in words(
        response
    )


def test_waived_and_away_are_counted_apart_and_new_starters_among_the_counted(scene, browser):
    line = line_of(browser.get(ADDRESS), scene.awareness)

    assert {str(number.label): number.count for number in line.numbers} == {
        "Expiring soon": 1,
        "Still has time": 1,
        "In progress": 0,
        "Not started": 0,
        "Overdue": 2,
        "Waived": 1,
        "Away for long": 1,
    }


@pytest.mark.parametrize("by", ["team", "staff_group", "job_title"])
@pytest.mark.parametrize("on", ["", "2026-10-15"])
def test_every_number_is_as_many_as_its_list_has(scene, browser, by, on):
    response = browser.get(ADDRESS, {"by": by, "on": on})

    found = {number.url: number.count for number in numbers(response)}
    assert len(found) > 10
    assert {url: listed(browser, number) for number in numbers(response) for url in [number.url]} == found


@pytest.mark.parametrize("by", ["team", "staff_group", "job_title"])
def test_the_groups_of_a_requirement_add_up_to_it(scene, browser, by):
    found = browser.get(ADDRESS, {"by": by}).context["found"]

    for place, requirement in enumerate(found.columns):
        line = next(line for line in found.lines if line.requirement == requirement)
        cells = [group.cells[place] for group in found.groups if group.cells[place]]
        assert sum(cell.counted.count for cell in cells) == line.cell.counted.count
        assert sum(cell.good.count for cell in cells) == line.cell.good.count


def test_what_comes_later_does_not_change_a_day_gone_by(scene, browser):
    before = browser.get(ADDRESS, {"on": "2026-11-22"})
    counts = {number.url: number.count for number in numbers(before)}

    asked.did(scene.manager, scene.people["Ola Overdue"], scene.awareness, date(2026, 2, 2), now=NOW)
    after = browser.get(ADDRESS, {"on": "2026-11-22"})

    assert {number.url: number.count for number in numbers(after)} == counts
    assert line_of(browser.get(ADDRESS), scene.awareness).cell.good.count == 3
    assert "As at 22 November 2026, as it was known then" in words(after)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2026-11-24", "Enter today or a day before it: what will be is not known yet"),
        ("yesterday", "Enter a real date, like 27 3 2026"),
        ("1999-12-31", "Enter a day after 1 January 2000"),
    ],
)
@pytest.mark.parametrize("address", [ADDRESS, "/training/people/", "/training/matrix/"])
def test_a_day_that_cannot_be_shown_is_refused_with_a_sentence(scene, browser, address, on, sentence):
    response = browser.get(address, {"on": on})

    assert sentence in words(response)
    assert "as it was known then" not in words(response)


@pytest.mark.parametrize("address", [ADDRESS, "/training/people/", "/training/matrix/"])
def test_the_day_is_typed_in_three_boxes_and_kept_in_them(scene, browser, address):
    response = browser.get(address, {"on_0": "22", "on_1": "11", "on_2": "2026"})

    assert "As at 22 November 2026, as it was known then" in words(response)
    body = response.content.decode()
    assert [f'name="on_{box}" value="{value}"' in body for box, value in enumerate((22, 11, 2026))] == [True] * 3
    assert 'type="date"' not in body


def test_the_lists_behind_a_day_typed_in_boxes_are_of_that_day(scene, browser):
    response = browser.get(ADDRESS, {"on_0": "15", "on_1": "10", "on_2": "2026"})

    assert {number.url for number in numbers(response) if "on=2026-10-15" not in number.url} == set()


def test_a_line_manager_sees_only_themself_and_those_they_lead(scene, client_for):
    me = asked.make_membership(scene.manager.organisation, Role.STAFF, name="Lin Leader")
    with asked.acting_as(scene.manager):
        for name in ("Ola Overdue", "Ida Indate"):
            scene.people[name].line_manager = me
            scene.people[name].save(update_fields=["line_manager"])
    asked.work_out(scene.manager)
    browser = client_for(asked.acting_for_person(me))

    response = browser.get(ADDRESS)

    assert line_of(response, scene.awareness).cell.counted.count == 3
    assert "You see your own training and that of the people you lead." in words(response)
    shown = {item["membership__name"] for item in browser.get("/training/people/").context["page"].items}
    assert shown == {"Lin Leader", "Ola Overdue", "Ida Indate"}
    assert {line.name for line in browser.get("/training/matrix/").context["lines"]} == shown
    assert {
        name: browser.get(f"/training/people/{person.reference}/").status_code for name, person in scene.people.items()
    } == {name: 200 if name in shown else 404 for name in scene.people}


def test_those_overdue_for_longest_stand_first_with_a_way_to_all(scene, browser):
    response = browser.get(ADDRESS)

    assert [row["membership__name"] for row in response.context["overdue"]] == ["Meg Manager", "Ola Overdue"]
    assert browser.get(response.context["overdue_url"]).context["page"].total == 2


def test_the_trend_reads_each_month_end_as_it_was_known(scene, browser):
    response = browser.get(ADDRESS, {"requirement": scene.awareness.reference})

    rows = dict(response.context["chart"].rows)
    assert rows["31 Oct 26"] == "40% (2 of 5)"
    assert rows["23 Nov 26"] == "40% (2 of 5)"
    assert "Target" in response.context["chart"].svg


@pytest.mark.parametrize(
    ("counts", "target", "label", "colour"),
    [
        ({"in_date": 85, "overdue": 15}, 85, "On target", "green"),
        ({"in_date": 84, "overdue": 16}, 85, "Just below target", "orange"),
        ({"in_date": 75, "overdue": 25}, 85, "Just below target", "orange"),
        ({"in_date": 74, "overdue": 26}, 85, "Below target", "red"),
        ({"in_date": 74, "overdue": 26}, None, "No target", "grey"),
        ({"waived": 2}, 85, "Nobody is counted", "grey"),
    ],
)
def test_a_rating_says_in_words_what_its_colour_says(counts, target, label, colour):
    found = rating(Figure(counts), target)

    assert (found.label, found.colour) == (label, colour)


def test_more_people_cost_no_more_queries(scene, browser):
    addresses = [ADDRESS, "/training/people/", "/training/matrix/", "/training/"]
    addresses.append(f"/training/people/{scene.people['Ida Indate'].reference}/")
    few = {address: queries(browser, address) for address in addresses}
    asked.employ(scene.manager, [f"Person {number}" for number in range(120)], team=scene.homes)
    asked.work_out(scene.manager)

    many = {address: queries(browser, address) for address in addresses}

    assert many == few
    assert max(few.values()) <= 15 + SHELL


SHELL = 8  # what every page asks before its own: the session, the person, notices


def queries(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    return len(captured)


@pytest.mark.parametrize("address", [ADDRESS, "/training/people/", "/training/matrix/"])
@pytest.mark.parametrize(("role", "is_led"), [(Role.TRAINING_MANAGER, True), (Role.ASSURER, False)])
def test_nothing_asked_says_so_and_leads_on_whoever_may_change_it(acting_for, client_for, role, is_led, address):
    response = client_for(acting_for(role)).get(address)

    assert "Nothing is asked yet" in words(response)
    assert ("Begin from the default matrix" in words(response)) is is_led
    assert 'name="on_0"' not in response.content.decode()


def test_more_groups_than_fit_are_said(scene, browser, monkeypatch):
    monkeypatch.setattr(overview, "MOST_GROUPS", 2)

    found = browser.get(ADDRESS).context["found"]

    assert (len(found.groups), found.more_groups) == (2, 1)


def test_partners_numbers_stand_apart_each_with_its_return(scene, browser, client_for, acting_for):
    row = partner_return(scene.manager)

    response = browser.get(ADDRESS)

    assert [found for found, _of_what in response.context["partners"]] == [row]
    assert f'href="{row.get_absolute_url()}"' in response.content.decode()
    assert line_of(response, scene.awareness).cell.counted.count == 5
    assert browser.get(ADDRESS, {"on": "2026-10-15"}).context["partners"] == []
    assert client_for(acting_for(Role.STAFF)).get(ADDRESS).context["partners"] == []
