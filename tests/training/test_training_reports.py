"""Reports of training: asked for by whoever may, made by a job, kept as they were, with the figures of their day."""

import csv
import hashlib
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pypdf import PdfReader

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.documents import copies
from foundation.jobs import actions as job_actions
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from tests.conftest import acting_of, make_membership
from tests.factories import for_all as asked
from tests.factories.organisations import team
from tests.factories.training import make_course
from training.actions import reporting
from training.models import TrainingReport

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def manager(organisation):
    return acting_of(make_membership(organisation, "training_manager", "organisation_admin", name="Mair Manager"))


@pytest.fixture
def required(organisation, manager):
    """Asked of Ann, who did it, and of Bob, who is a month late."""
    course, housing = make_course(title="Prevent awareness"), team(manager, "Housing")
    people = [make_membership(organisation, name=name, with_user=False) for name in ("Ann Able", "=Bob Late")]
    with acting_as(manager):
        for person in people:
            Membership.objects.filter(pk=person.pk).update(team=housing, staff_group="Front line")
    row = asked.requirement(
        manager,
        course,
        target=90,
        scope=asked.Scope(staff_groups=("Front line",)),
        starts_on=TODAY - timedelta(days=58),
        now=NOW - timedelta(days=60),
    )
    asked.done(manager, people[0], course, TODAY - timedelta(days=5), now=NOW - timedelta(days=5))
    return row


def request(by, **changes):
    wanted = {"kind": "figures", "as_at": TODAY, "marking": "official"} | changes
    with acting_as(by):
        return reporting.request_report(**wanted, by=by, now=NOW)


def made(by, **changes) -> tuple[TrainingReport, bytes]:
    report = request(by, **changes)
    with acting_as(by):
        jobs.run_here(report.job)
        report.refresh_from_db()
        content = report.file.bytes.open().read()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    return report, content


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_figures_show_numerator_denominator_target_rule_and_method(committed, manager, required):
    report, content = made(manager)

    text = words(content)
    assert report.pages == len(PdfReader(io.BytesIO(content)).pages)
    for each in (
        "Awareness for all 1 2 50% 90% Not reached",
        "Course: Prevent awareness. Staff group: Front line. Done, it counts for 36 months from that day.",
        "Who comes under it has 28 days to do it.",
        "Housing 1 2 50% 1",
        "Waived 0",
        "Percentages are rounded down",
        report.reference,
    ):
        assert each in text
    assert "Bob Late" not in text


def test_who_is_overdue_is_named_only_if_that_was_chosen(committed, manager, required):
    _report, content = made(manager, with_names=True)

    text = words(content)
    assert "=Bob Late Housing Awareness for all" in text
    assert "Ann Able" not in text


def test_a_past_day_reads_as_it_was_known_then(committed, manager, required):
    _report, content = made(manager, as_at=TODAY - timedelta(days=10))

    assert "Awareness for all 0 2 0% 90% Not reached" in words(content)


def test_a_day_before_anybody_was_asked_says_so(committed, manager, required):
    _report, content = made(manager, as_at=date(2020, 1, 1))

    assert "Nobody was asked for training on this day." in words(content)


def test_the_register_as_rows_names_everybody_and_runs_nothing(committed, manager, required):
    report, content = made(manager, kind="csv")

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    head = rows.index([]) + 1
    lines = sorted((dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]), key=lambda row: row["Person"])
    assert report.pages is None
    assert ["Report ID", report.reference] in rows
    assert [(each["Person"], each["Standing"], each["Where the record comes from"]) for each in lines] == [
        ("'=Bob Late", "Overdue", ""),
        ("Ann Able", "In date", "Recorded by a training manager"),
    ]
    assert lines[1]["Done"] == (TODAY - timedelta(days=5)).isoformat()


def test_the_register_as_a_spreadsheet_has_dates_as_dates(committed, manager, required):
    _report, content = made(manager, kind="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    titles, *rows = sheet.iter_rows(values_only=True)
    people = [dict(zip(titles, row, strict=True)) for row in rows]
    done = {person["Person"]: person["Done"] and person["Done"].date() for person in people}
    assert done == {"Ann Able": TODAY - timedelta(days=5), "=Bob Late": None}


def test_the_register_on_paper_lists_everybody(committed, manager, required):
    _report, content = made(manager, kind="register")

    text = words(content)
    assert "Ann Able" in text
    assert "Bob Late" in text


def test_it_is_made_once_and_whoever_asked_is_told(committed, manager, required):
    report, _content = made(manager)
    with acting_as(manager):
        again = reporting.store_report(report_id=report.pk, document=b"other", pages=1, by=manager, now=NOW)

    with acting_as(manager):
        assert again.sha256 == report.sha256
        assert list(Notice.objects.visible_to(manager).values_list("kind", flat=True)) == ["training.report_ready"]


def test_a_copy_is_known_to_those_who_may_report_and_to_nobody_else(
    committed, organisation, other_organisation, manager, required
):
    report, content = made(manager)
    sha256 = hashlib.sha256(content).hexdigest()
    member = acting_of(make_membership(organisation, name="Member"))
    theirs = acting_of(make_membership(other_organisation, "training_manager"))

    found = []
    for who in (manager, member, theirs):
        with acting_as(who):
            row = copies.by_checksum(who, sha256)
            found.append(row.reference if row else None)

    assert found == [report.reference, None, None]


def test_a_day_to_come_is_refused(manager, within):
    within(manager)

    with pytest.raises(RuleBroken, match="Enter today or a day that has passed"):
        reporting.request_report(
            kind="figures", as_at=TODAY + timedelta(days=1), marking="official", by=manager, now=NOW
        )


def test_only_roles_that_report_may_ask(acting_for, within):
    assurer = within(acting_for("assurer"))

    with pytest.raises(PermissionDenied, match="Your role does not let you make reports of training"):
        reporting.request_report(kind="figures", as_at=TODAY, marking="official", by=assurer, now=NOW)


def test_a_cancelled_report_is_made_after_all_and_a_ready_one_is_not_made_again(committed, manager, required):
    report = request(manager)
    with acting_as(manager):
        job_actions.cancel(job_id=report.job_id, by=manager, now=NOW)
        report = reporting.make_report_again(report_id=report.pk, by=manager, now=NOW)
    with acting_as(manager):
        jobs.run_here(report.job)

    with acting_as(manager), pytest.raises(RuleBroken, match="ready, so it cannot"):
        reporting.make_report_again(report_id=report.pk, by=manager, now=NOW)


# ---- The pages
def test_from_the_form_to_the_document(committed, manager, required, client_for):
    browser = client_for(manager)
    day = {f"as_at_{part}": each for part, each in enumerate((TODAY.day, TODAY.month, TODAY.year))}

    answer = browser.post("/training/reports/new/", {"kind": "figures", "marking": "official", **day})
    with acting_as(manager):
        report = TrainingReport.objects.visible_to(manager).get()
        jobs.run_here(report.job)
    page = browser.get(f"/training/reports/{report.reference}/").content.decode()
    document = browser.get(f"/training/reports/{report.reference}/download/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/jobs/{report.job.reference}/")
    assert "Download the PDF" in page
    assert b"".join(document.streaming_content)[:5] == b"%PDF-"
    assert report.reference in browser.get("/training/reports/").content.decode()


def test_a_wrong_day_stays_on_the_form(manager, client_for):
    page = client_for(manager).post(
        "/training/reports/new/",
        {"kind": "figures", "marking": "official", "as_at_0": "1", "as_at_1": "1", "as_at_2": "2100"},
    )

    assert "Enter today or a day that has passed" in page.content.decode()
