"""The period of a report: which one it is, what changed in it, and where it is said."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from compliance import actions, queries, reports
from compliance.models import ComplianceReport
from compliance.workflow import ReportStatus
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories.compliance import ask_for_report as ask
from tests.factories.compliance import give_answer
from tests.factories.evidence import note

TODAY = NOW.date()
APRIL = date(2026, 4, 1)
EARLIER = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
WITHIN = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)  # 1:30 on the period's first day in London


def content_of(by, **fields):
    report = ask(by, **{"period_from": APRIL} | fields)
    with acting_as(by):
        return reports.build_compliance(acting=by, report=report, now=NOW)


def link_note(by, requirement, *, now, title="Minutes", **fields):
    item = note(by, title, now=now, **fields)
    with acting_as(by):
        actions.link_evidence(requirement_id=requirement.pk, evidence_id=item.pk, by=by, now=now)


# ---- Which period
@pytest.mark.parametrize(
    ("began", "first_answer", "expected"),
    [
        (date(2020, 1, 1), None, date(2025, 11, 23)),
        (date(2020, 1, 1), datetime(2024, 5, 1, tzinfo=UTC), date(2025, 11, 23)),
        (date(2020, 1, 1), datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),
        (date(2026, 2, 3), None, date(2026, 2, 3)),
        (date(2026, 2, 3), datetime(2026, 3, 4, tzinfo=UTC), date(2026, 3, 4)),
        (date(2026, 11, 23), None, date(2026, 11, 23)),
    ],
)
def test_the_period_left_open_is_the_year_before_or_as_long_as_there_is_something_to_tell(
    library, requirement, began, first_answer, expected
):
    council = make_organisation(active_from=began)
    lead = acting_of(make_membership(council, "prevent_lead"))
    if first_answer:
        give_answer(lead, requirement("LA-05"), now=first_answer)

    assert ask(lead).period_from == expected


def test_a_report_of_a_day_before_the_first_answer_begins_on_that_day(lead, requirement):
    give_answer(lead, requirement("LA-05"), now=NOW)

    assert ask(lead, as_at=date(2026, 1, 5)).period_from == date(2026, 1, 5)


def test_a_period_that_begins_after_its_end_is_refused(lead, library):
    with pytest.raises(RuleBroken, match="must begin on or before the day that the report is as at"):
        ask(lead, period_from=date(2026, 11, 24))


def test_a_period_that_begins_before_the_organisation_is_refused(lead, library):
    with pytest.raises(RuleBroken, match=r"did not exist on the first day of the period. It began on 1 January 2020\."):
        ask(lead, period_from=date(2019, 12, 31))


def test_the_database_refuses_a_period_that_ends_before_it_begins(lead, library):
    report = ask(lead)

    with acting_as(lead), pytest.raises(IntegrityError, match="period_begins_before"), transaction.atomic():
        ComplianceReport.objects.filter(pk=report.pk).update(period_from=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (date(2026, 11, 22), "The period must begin on or before the day that the report is as at"),
        (date(2019, 12, 31), "Your organisation began on 1 January 2020. The period cannot begin before that"),
    ],
)
def test_a_wrong_first_day_is_said_at_its_field(lead, library, client_for, first, error):
    fields = {
        "theme_code": "", "marking": "official", "with_evidence": "yes",
        "as_at_0": 21, "as_at_1": 11, "as_at_2": 2026,
        "period_from_0": first.day, "period_from_1": first.month, "period_from_2": first.year,
    }  # fmt: skip

    response = client_for(lead).post("/compliance/reports/new/", fields)

    assert response.context["form"].errors == {"period_from": [error]}
    assert error in response.content.decode()
    with acting_as(lead):
        assert ComplianceReport.objects.count() == 0


@pytest.mark.parametrize(("first", "kept"), [("", date(2025, 11, 21)), ("2026", date(2026, 4, 1))])
def test_the_form_asks_for_a_report_of_the_period(lead, library, client_for, first, kept):
    fields = {
        "theme_code": "", "marking": "official", "with_evidence": "yes",
        "as_at_0": 21, "as_at_1": 11, "as_at_2": 2026,
        "period_from_0": first and 1, "period_from_1": first and 4, "period_from_2": first,
    }  # fmt: skip

    client_for(lead).post("/compliance/reports/new/", fields)

    with acting_as(lead):
        assert ComplianceReport.objects.get().period_from == kept


# ---- The days it is drawn from
@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), ["2026-03-31", "2026-04-01"]),
        (date(2026, 4, 1), date(2026, 9, 30), ["2026-03-31", "2026-06-30", "2026-09-30"]),
        (date(2026, 4, 1), date(2026, 11, 25), ["2026-03-31", "2026-06-30", "2026-09-30", "2026-11-25"]),
    ],
)
def test_a_period_is_drawn_from_the_day_before_it_to_its_last_by_quarters(first, last, days):
    assert [str(day) for day in queries.period_days(first, last)] == days


@pytest.mark.parametrize("years", [1, 2, 3, 7, 50])
def test_a_long_period_is_drawn_from_at_most_ten_days_in_order(years):
    days = queries.period_days(date(2026 - years, 4, 1), TODAY)

    assert len(days) <= 10
    assert days == sorted(set(days))


# ---- What changed in it
def test_what_changed_in_the_period_is_told_with_its_state_before_and_now(lead, requirement):
    give_answer(lead, requirement("LA-05"), status="not_met", now=EARLIER)
    give_answer(lead, requirement("LA-06"), status="met", now=EARLIER)
    give_answer(lead, requirement("LA-05"), status="partly_met", now=WITHIN)

    period = content_of(lead).period

    assert [(change.line.code, change.before, change.line.state_text) for change in period.changes] == [
        ("LA-05", "Not met", "Partly met")
    ]
    assert period.changes[0].line.last_change_on == APRIL
    assert period.gone == []


def test_an_answer_confirmed_in_the_period_counts_as_a_change(lead, requirement):
    give_answer(lead, requirement("LA-05"), status="met", comment="old", now=EARLIER)
    give_answer(lead, requirement("LA-05"), status="met", comment="new", now=WITHIN)

    (change,) = content_of(lead).period.changes

    assert (change.before, change.line.state_text) == ("Met", "Met")


def test_evidence_that_ran_out_in_the_period_counts_as_a_change(lead, requirement):
    give_answer(lead, requirement("LA-05"), status="met", now=EARLIER)
    link_note(lead, requirement("LA-05"), expires_on=date(2026, 6, 1), now=EARLIER)

    (change,) = content_of(lead).period.changes

    assert (change.before, change.line.state_text) == ("Met", "Not ready: evidence expired")
    assert change.line.last_change_on == EARLIER.date()


def test_what_is_asked_anew_and_what_is_no_longer_asked_is_told(lead, library):
    period = content_of(lead, period_from=date(2023, 6, 1)).period

    anew = {change.line.code for change in period.changes if change.before == "Not asked yet"}
    assert "B1" in anew
    assert {line.framework_code for line in period.gone} == {"LA-B2018"}


def test_the_movement_runs_from_the_day_before_to_the_last_day(lead, requirement):
    give_answer(lead, requirement("LA-05"), status="met", now=WITHIN)
    link_note(lead, requirement("LA-05"), now=WITHIN)

    period = content_of(lead).period

    assert (period.registers[0].on, period.registers[-1].on) == (date(2026, 3, 31), TODAY)
    assert (period.before.ready, period.after.ready) == (0, 1)


def test_a_report_of_one_theme_tells_what_changed_in_that_theme(lead, requirement):
    give_answer(lead, requirement("LA-05"), now=WITHIN)  # of another theme

    period = content_of(lead, theme_code="TRAIN").period

    assert period.changes == []
    assert {line.theme_code for line in period.registers[0].lines} == {"TRAIN"}


# ---- Where it is said
@pytest.fixture
def finished(committed, lead, requirement):
    give_answer(lead, requirement("LA-05"), status="partly_met", now=WITHIN)
    link_note(lead, requirement("LA-05"), title="Minutes of the board", now=WITHIN)
    report = ask(lead, period_from=APRIL, with_evidence=False)
    with acting_as(lead):
        jobs.run_here(report.job, at=NOW)
        return ComplianceReport.objects.with_state().select_related("file__bytes").get(pk=report.pk)


def test_the_cover_names_organisation_period_marking_and_report(finished, lead):
    with acting_as(lead), finished.file.bytes.open() as file:
        pages = PdfReader(io.BytesIO(file.read())).pages
        cover = " ".join(pages[0].extract_text().split())
        whole = " ".join(" ".join(page.extract_text() for page in pages).split())

    assert finished.state == ReportStatus.READY
    for fact in (
        "Severnshire County Council",
        "Period 1 April 2026 to 23 November 2026",
        "Marking OFFICIAL",
        f"Report ID {finished.reference}",
    ):
        assert fact in cover
    assert "What changed in the period" in whole
    assert "Minutes of the board" not in whole


def test_the_page_of_the_report_says_the_period(finished, lead, client_for):
    page = client_for(lead).get(finished.get_absolute_url()).content.decode()

    assert "1 April 2026 to 23 November 2026" in page


def exported(client, report, form):
    return b"".join(client.get(f"{report.get_absolute_url()}export/?format={form}").streaming_content)


def test_the_csv_begins_with_what_it_is_and_honours_without_evidence(finished, lead, client_for):
    lines = exported(client_for(lead), finished, "csv").decode("utf-8-sig").splitlines()

    assert lines[:7] == [
        f"Title,Compliance report {finished.reference}",
        "Organisation,Severnshire County Council",
        "Marking,OFFICIAL",
        f"Report ID,{finished.reference}",
        "Period,1 April 2026 to 23 November 2026",
        "As at,2026-11-23",
        "",
    ]
    assert lines[7].startswith("Code,Theme,Framework,")
    assert "Evidence" not in lines[7].split(",")
    assert "Minutes of the board" not in "".join(lines)


def test_the_xlsx_says_what_it_is_on_its_second_sheet_and_honours_without_evidence(finished, lead, client_for):
    book = openpyxl.load_workbook(io.BytesIO(exported(client_for(lead), finished, "xlsx")))

    about = {name.value: value.value for name, value in book["About this file"].iter_rows()}
    assert (about["Report ID"], about["Period"], about["As at"]) == (
        finished.reference,
        "1 April 2026 to 23 November 2026",
        "2026-11-23 23:59",
    )
    cells = {str(cell.value) for row in book["Rows"].iter_rows() for cell in row}
    assert "Evidence" not in cells
    assert not any("Minutes of the board" in cell for cell in cells)


def test_with_evidence_the_file_lists_it(finished, lead, client_for):
    with acting_as(lead):
        ComplianceReport.objects.update(with_evidence=True)

    text = exported(client_for(lead), finished, "csv").decode("utf-8-sig")

    assert "Evidence" in text.splitlines()[7].split(",")
    assert "Minutes of the board" in text


def test_a_report_asked_for_without_its_first_day_is_still_made(committed, lead, library):
    report = ask(lead)
    with acting_as(lead):
        ComplianceReport.objects.update(period_from=None)
        report.refresh_from_db()

        content = reports.build_compliance(acting=lead, report=report, now=NOW)

    assert (content.period.first, content.document.period) == (
        date(2025, 11, 23),
        "23 November 2025 to 23 November 2026",
    )
    assert reports.period_in_words(report) == ""
