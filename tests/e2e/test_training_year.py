"""A training manager imports 1,000 staff, asks some for a course, sees how they stand, reminds them and exports."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import Model, QuerySet
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions as jobs
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.e2e import staff_file
from tests.e2e.axe import assert_accessible
from tests.e2e.going import follow, press
from tests.e2e.test_yearly_cycle import day
from tests.factories import asked
from tests.factories.training import make_course
from tests.foundation.jobs.ground import Process
from training import upkeep
from training.models import Requirement

COURSE, RULE = "Making a referral", "Making a referral for the front line"
JOB_SECONDS = 60
Rows = Callable[[type[Model]], QuerySet]


@pytest.fixture
def manager(committed: None, acting_for: Callable[..., Acting]) -> Acting:
    """Runs the training of a council, and keeps its people too."""
    return acting_for(Role.TRAINING_MANAGER, Role.ORGANISATION_ADMIN, name="Leila Farouk")


@pytest.fixture
def awareness(manager: Acting) -> Requirement:
    """Asked of everybody since the first of January: four people, of whom one is in date. Worked out in October, so
    it must stand before a worker runs that would do it today.
    """
    colleagues = asked.employ(manager, ["Ola Overdue", "Ida Indate", "Cy Certificate"])
    row = asked.require(manager, "Prevent awareness", months=None)
    asked.work_out(manager)
    asked.did(manager, colleagues[1], row, date(2026, 6, 1))
    return row


def test_a_manager_imports_staff_asks_them_reminds_them_and_exports(
    manager: Acting, awareness: Requirement, worker: Process, page_for: Callable[..., Page], backup: Rows
) -> None:
    make_course("making-a-referral", title=COURSE)
    page = page_for(manager)
    day_before = timezone.localdate() - timedelta(days=1)
    yesterday = figures_of(page, on=day_before)

    import_staff(page)
    ask_the_front_line(page)
    upkeep.work_out_changed(now=timezone.now())  # what the clock does twice a minute
    figures_add_up(page)
    remind_all_overdue(page, backup)
    export_one_team(page)
    record_late(manager, awareness)

    assert figures_of(page)["Prevent awareness"] == "0% 2 of 1,004"
    assert figures_of(page, on=day_before) == yesterday == {"Prevent awareness": "25% 1 of 4"}


# ---- People
def import_staff(page: Page) -> None:
    upload(page, staff_file.as_csv(staff_file.WRONG))
    assert counts(page) == {"New people": 1_000 - 8, "Changed": 0, "Unchanged": 0, "New teams": 4, "Refused": 8}
    wrong = [[str(row), str(100_001 + row - 2), said] for row, (_heading, _value, said) in staff_file.WRONG.items()]
    assert list(table(page)) == wrong
    press(page, "Apply the file")
    expect(page.get_by_role("alert")).to_contain_text("Some rows are refused. Correct the file")

    upload(page, staff_file.as_csv())
    assert counts(page) == {"New people": 1_000, "Changed": 0, "Unchanged": 0, "New teams": 4, "Refused": 0}
    press(page, "Apply the file")
    wait_for(page, "See what was done")
    expect(page.get_by_role("heading", name="What the file did")).to_be_visible()
    assert_accessible(page)

    upload(page, staff_file.as_csv())
    assert counts(page) == {"New people": 0, "Changed": 0, "Unchanged": 1_000, "New teams": 0, "Refused": 0}
    expect(page.get_by_text("There is nothing to apply: everybody in the file is as the file says.")).to_be_visible()


def upload(page: Page, content: bytes) -> None:
    """Up to what the file would do."""
    page.goto("/organisations/people/import/")
    assert_accessible(page)
    page.locator("input[type=file]").set_input_files({"name": "staff.csv", "mimeType": "text/csv", "buffer": content})
    press(page, "Upload")
    assert_accessible(page)
    press(page, "Check the file")
    wait_for(page, "See what the file would do")
    assert_accessible(page)


def wait_for(page: Page, result: str) -> None:
    """On a job's page: until it is done, and on to what came of it."""
    assert_accessible(page)
    done = page.get_by_role("button", name=result, exact=True)
    for _ in range(JOB_SECONDS):
        if done.count():
            break
        page.wait_for_timeout(1_000)
        jobs.dispatch(now=timezone.now())  # what the clock does: Redis may have been slow to take a message
    expect(done).to_be_visible()
    with page.expect_navigation():
        done.click()


def counts(page: Page) -> dict[str, int]:
    names = page.locator(".govuk-summary-list__key").all_inner_texts()
    return dict(zip(names, map(number_in, page.locator(".govuk-summary-list__value").all_inner_texts()), strict=True))


def table(page: Page) -> Iterator[list[str]]:
    for row in page.locator("tbody tr").all():
        yield row.locator("th, td").all_inner_texts()


# ---- What is asked
def ask_the_front_line(page: Page) -> None:
    page.goto("/training/requirements/new/")
    assert_accessible(page)
    page.get_by_label("Title", exact=True).fill(RULE)
    page.get_by_label("Course", exact=True).select_option(label=COURSE)
    page.get_by_label("Staff groups", exact=True).fill("Front line")
    page.get_by_label("Months", exact=True).fill("24")
    page.get_by_label("Target in per cent", exact=True).fill("85")
    day(page, "Asked from", date(2026, 9, 1))
    press(page, "See whom it asks")
    expect(page.get_by_role("heading", name="It asks 400 of 1,004 people")).to_be_visible()
    first = [row[0] for row in table(page)]
    assert (len(first), set(first) <= set(front_line())) == (10, True)
    assert_accessible(page)
    press(page, "Save the requirement")
    if page.get_by_role("link", name="Watch how far it is").count():
        follow(page, "Watch how far it is")
        wait_for(page, "See whom it asks")
    assert_accessible(page)
    expect(page.get_by_text("Rows 1 to 50 of 400")).to_be_visible()


def front_line() -> list[str]:
    return [each["Name"] for each in staff_file.people() if each["Staff group"] == "Front line"]


# ---- Figures
def figures_of(page: Page, on: date | None = None) -> dict[str, str]:
    """Per cent and both numbers of each requirement, as its row says."""
    page.goto(f"/training/overview/?on={on or ''}")
    assert_accessible(page)
    rows = page.locator("section[aria-labelledby=requirements-heading] tbody tr").all()
    return {row.locator("th a").inner_text(): shown(row.locator("td").first) for row in rows}


def shown(cell: Locator) -> str:
    """As it is seen, without the words for who hears it."""
    good, counted = (f"{number_in(text):,}" for text in cell.locator("a").all_inner_texts())
    return f"{cell.locator('strong').inner_text()} {good} of {counted}"


def figures_add_up(page: Page) -> None:
    """Every number of the overview is as many as its list has, and the groups add up to the whole."""
    assert figures_of(page) == {"Prevent awareness": "0% 1 of 1,004", RULE: "0% 0 of 400"}
    links = page.locator("main td a[href^='/training/people/?']").all()
    numbers = {link.get_attribute("href") or "": number_in(link.inner_text()) for link in links}
    wholes = [
        number_in(text) for text in page.locator("#groups-heading ~ .portal-scroll td a:nth-child(2)").all_inner_texts()
    ]
    assert len(numbers) > 10
    assert sum(wholes) == 1_004 + 400
    for address, number in numbers.items():
        page.goto(address)
        assert rows_listed(page) == number, address
    assert_accessible(page)


def number_in(text: str) -> int:
    found = re.match(r"[\d,]+", text.strip())
    assert found is not None, text
    return int(found[0].replace(",", ""))


def rows_listed(page: Page) -> int:
    count = page.locator(".portal-pages__count")
    return number_in(count.inner_text().split(" of ")[1]) if count.count() else 0


# ---- What is done about it
def remind_all_overdue(page: Page, backup: Rows) -> None:
    page.goto("/training/people/")
    page.get_by_label("Requirement", exact=True).select_option(label=RULE)
    page.get_by_label("Standing", exact=True).select_option(label="Overdue")
    press(page, "Apply")
    assert rows_listed(page) == 400
    assert_accessible(page)
    page.get_by_label("For all that the filter shows, 500 at most").check()
    press(page, "Remind them")
    expect(page.get_by_text("This is for 400 people:")).to_be_visible()
    assert_accessible(page)
    press(page, "Remind all of them")
    expect(page.get_by_text("Done for 400 people.")).to_be_visible()
    told = backup(Notice).filter(kind="training.reminded").values_list("membership__name", flat=True)
    assert sorted(told) == sorted(front_line())


def export_one_team(page: Page) -> None:
    """The file has exactly the rows of the filter."""
    page.get_by_label("Team", exact=True).select_option(label="Libraries")
    press(page, "Apply")
    assert rows_listed(page) == 100
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV file").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    wanted = [each["Name"] for each in staff_file.people() if each["Team"] == "Libraries"]
    assert sorted(row["Name"] for row in rows) == sorted(set(wanted) & set(front_line()))
    assert {(row["Requirement"], row["Standing"], row["Team"]) for row in rows} == {(RULE, "Overdue", "Libraries")}


def record_late(manager: Acting, awareness: Requirement) -> None:
    """A certificate of the spring comes to light."""
    with acting_as(manager):
        person = Membership.objects.get(name="Cy Certificate")
    asked.did(manager, person, awareness, date(2026, 3, 2), now=timezone.now())
