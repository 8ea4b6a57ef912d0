"""The quarterly report: what a quarter brought, beside the one before."""

import io
import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from actionplans import actions, quarterly, queries
from actionplans.models import Action, Plan, PlanReport
from actionplans.quarters import Quarter, offered
from compliance import actions as compliance
from compliance.models import Requirement
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as risks
from tests.factories.actionplans import action, complete, plan
from tests.factories.compliance import give_answer
from tests.factories.evidence import note

AUTUMN, SUMMER = date(2026, 10, 1), date(2026, 7, 1)


@pytest.fixture(autouse=True)
def today_is_now():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def of(lead):
    return plan(lead, title="Delivery plan", now=datetime(2026, 4, 1, 9, tzinfo=UTC))


def ask(by, of, quarter=AUTUMN, *, decisions="", kind="quarterly", now=NOW) -> PlanReport:
    with acting_as(by):
        return actions.request_report(
            plan_id=of.pk, kind=kind, quarter_from=quarter, decisions=decisions, marking="official_sensitive",
            by=by, now=now,
        )  # fmt: skip


def content(by, of, quarter=AUTUMN) -> quarterly.Content:
    report = ask(by, of, quarter)
    with acting_as(by):
        lines = queries.lines(Action.objects.visible_to(by).filter(plan=of), NOW.date())
        return quarterly.build(by, report, lines)


def made(by, of, quarter=AUTUMN, **asked) -> tuple[PlanReport, list[str]]:
    """The finished report, and the text of each page."""
    report = ask(by, of, quarter, **asked)
    with acting_as(by):
        jobs.run_here(report.job)
        report.refresh_from_db()
        document = PdfReader(io.BytesIO(report.file.bytes.open().read()))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    return report, [" ".join(page.extract_text().split()) for page in document.pages]


def linked(by, row, entry) -> None:
    with acting_as(by):
        actions.link_risk(action_id=row.pk, risk_id=entry.risk_id, by=by, now=NOW)


def ready(by, code, now) -> None:
    """A requirement that is met, with evidence that does not expire."""
    requirement = Requirement.objects.get(code=code)
    give_answer(by, requirement, now=now)
    item = note(by, now=now)
    with acting_as(by):
        compliance.link_evidence(requirement_id=requirement.pk, evidence_id=item.pk, by=by, now=now)


@pytest.fixture
def answered(lead):
    """B6 was ready before the autumn, B8 became it in November."""
    ready(lead, "B6", datetime(2026, 9, 1, 9, tzinfo=UTC))
    ready(lead, "B8", NOW)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_each_day_lies_in_a_calendar_quarter(day, first, last):
    quarter = Quarter.of(day)

    assert (quarter.first, quarter.last) == (first, last)


def test_a_quarter_begins_and_ends_at_midnight_in_london_whatever_the_clocks_do():
    begins, ends = Quarter(AUTUMN).moments

    assert begins.astimezone(UTC) == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert ends.astimezone(UTC) == datetime(2027, 1, 1, 0, tzinfo=UTC)


def test_quarters_that_have_begun_and_lie_in_the_plan_are_offered_newest_first():
    found = offered(date(2026, 4, 1), date(2027, 3, 31), date(2026, 11, 23))

    assert [quarter.in_words for quarter in found] == [
        "October to December 2026",
        "July to September 2026",
        "April to June 2026",
    ]


def test_a_plan_that_has_not_begun_is_offered_no_quarter():
    assert offered(date(2027, 4, 1), date(2028, 3, 31), date(2026, 11, 23)) == []


def test_only_what_was_done_from_its_first_to_its_last_day_belongs_to_the_quarter(lead, of):
    for title, day in (("Before", date(2026, 9, 30)), ("First day", AUTUMN), ("Last so far", date(2026, 11, 23))):
        row = action(lead, of, title=title, starts_on=date(2026, 9, 1))
        complete(lead, row, finished_on=day)

    found = content(lead, of)

    assert sorted(line.action.title for line in found.done) == ["First day", "Last so far"]
    assert (found.figures["done"], found.figures["open"]) == (2, 0)


def test_the_own_rating_and_what_dates_say_stand_beside_each_other(lead, of):
    late = action(lead, of, title="Late", due_on=date(2026, 11, 1))
    action(lead, of, title="Nobody rated it")
    with acting_as(lead):
        actions.start(action_id=late.pk, by=lead, now=NOW)
        late.refresh_from_db()
        actions.rate(action_id=late.pk, version=late.version, rag="green", reason="Nearly", by=lead, now=NOW)

    found = content(lead, of)

    assert found.ratings[0] == ("On track", 0, 0, 1)
    assert found.ratings[3] == ("Not rated", 0, 1, 0)
    assert (found.figures["overdue"], found.figures["drifting"], found.figures["green"]) == (1, 1, 1)


def test_due_dates_moved_in_the_quarter_are_told_with_their_reason(lead, of):
    row = action(lead, of)
    with acting_as(lead):
        moved = actions.move_due(
            action_id=row.pk, version=row.version, due_on=date(2027, 2, 1), reason="Trainer is ill", by=lead, now=NOW
        )

    found = content(lead, of)

    assert [(each.pk, each.reason) for each in found.moved] == [(moved.pk, "Trainer is ill")]
    assert content(lead, of, SUMMER).moved == []


def test_a_linked_risk_moves_from_where_it_stood_before_the_quarter_to_where_it_ended(lead, of):
    before = datetime(2026, 9, 1, 9, tzinfo=UTC)
    draft = risks.assessment(lead)
    entry = risks.score(lead, risks.risk(lead, draft), residual=(4, 4), now=before)
    risks.score(lead, entry, residual=(4, 2), reason="First step")
    risks.score(lead, entry, residual=(3, 2), reason="Hirers signed")
    not_linked = risks.score(lead, risks.risk(lead, draft, "Not of this plan"), residual=(4, 4), now=before)
    risks.score(lead, not_linked, residual=(2, 2), reason="Something else")
    linked(lead, action(lead, of), entry)

    found = content(lead, of)

    assert found.risks == [quarterly.RiskMove("R1", "Drawn in online", 16, 6, "Hirers signed", is_approved=False)]
    assert (found.figures["risks_lowered"], found.figures["risks_raised"]) == (1, 0)


def test_a_risk_that_came_back_to_its_score_did_not_move(lead, of):
    before = datetime(2026, 9, 1, 9, tzinfo=UTC)
    entry = risks.score(lead, risks.risk(lead, risks.assessment(lead)), residual=(3, 3), now=before)
    risks.score(lead, entry, residual=(3, 2), reason="Thought so")
    risks.score(lead, entry, residual=(3, 3))
    linked(lead, action(lead, of), entry)

    assert content(lead, of).risks == []


def test_the_document_opens_with_the_decisions_and_is_marked_on_every_page(committed, lead, of):
    complete(lead, action(lead, of, title="Train tutors"), outcome="Ninety tutors trained", finished_on=AUTUMN)

    report, pages = made(lead, of, decisions="Fund a second trainer")

    text = " ".join(pages)
    assert all("OFFICIAL-SENSITIVE" in page for page in pages)
    assert text.index("Fund a second trainer") < text.index("The quarter in figures")
    assert "Quarterly report" in pages[0]
    assert "October to December 2026" in pages[0]
    assert "Ninety tutors trained" in text
    assert "there is nothing to compare with" in text
    assert report.figures["done"] == 1


def test_the_next_report_shows_the_change_against_the_figures_of_the_last(committed, lead, of):
    action(lead, of, title="Open then and now")
    last, _pages = made(lead, of, SUMMER)
    action(lead, of, title="New")
    complete(lead, action(lead, of, title="Done"), finished_on=AUTUMN)

    report, pages = made(lead, of, AUTUMN)

    assert (last.figures["open"], report.figures["open"]) == (1, 2)
    assert "Open actions 2 1 +1" in " ".join(pages)
    assert f"The last figures are those of report {last.reference} on July to September 2026" in " ".join(pages)


def test_a_report_is_compared_with_an_earlier_quarter_of_the_same_plan_alone(committed, lead, of):
    made(lead, of, AUTUMN)
    made(lead, plan(lead, title="Another plan"), SUMMER)

    assert content(lead, of, AUTUMN).last is None


def test_figures_stay_as_the_document_has_them(committed, lead, of):
    report, _pages = made(lead, of)
    with acting_as(lead):
        actions.store_report(report_id=report.pk, document=b"%PDF-1.7", pages=9, figures={"open": 7}, by=lead, now=NOW)
        report.refresh_from_db()

    assert report.figures["open"] == 0


@pytest.mark.parametrize(
    ("quarter", "sentence"),
    [
        (None, "Select the quarter"),
        (date(2026, 10, 2), "A quarter begins on the first day"),
        (date(2027, 1, 1), "has not begun"),
        (date(2026, 1, 1), "does not reach into that quarter"),
    ],
)
def test_a_quarter_that_cannot_be_reported_is_refused(lead, of, quarter, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        ask(lead, of, quarter)

    with acting_as(lead):
        assert not PlanReport.objects.visible_to(lead).exists()


@pytest.mark.parametrize("role", ["board_member", "assurer", "inspector", "staff"])
def test_who_may_not_report_gets_no_quarterly_report(acting_for, of, role):
    with pytest.raises(PermissionDenied, match="does not include reports"):
        ask(acting_for(role), of)


def test_another_organisations_plan_is_not_there(other_organisation, of):
    outsider = acting_of(make_membership(other_organisation, "prevent_lead"))

    with pytest.raises(Plan.DoesNotExist):
        ask(outsider, of)


def test_the_other_versions_have_neither_quarter_nor_decisions(lead, of):
    report = ask(lead, of, AUTUMN, kind="board", decisions="Something")

    assert (report.quarter_from, report.decisions) == (None, "")


def test_the_database_keeps_a_quarterly_report_with_its_quarter(lead, of):
    report = ask(lead, of)

    with acting_as(lead), pytest.raises(IntegrityError, match="of_a_quarter_or_not"), transaction.atomic():
        PlanReport.objects.visible_to(lead).filter(pk=report.pk).update(quarter_from=None)


def test_the_ledger_says_which_quarter_was_asked_for(lead, of):
    report = ask(lead, of)

    with acting_as(lead):
        event = Event.objects.visible_to(lead).get(verb="plan.report_requested", target_reference=report.reference)
    assert json.loads(event.facts)["quarter_from"] == "2026-10-01"


def test_the_page_asks_for_the_quarter_and_keeps_what_was_typed(lead, of, client_for):
    typed = {"kind": "quarterly", "quarter_from": "", "decisions": "Fund a trainer", "marking": "official"}
    response = client_for(lead).post(f"/action-plans/{of.reference}/report/", typed)

    page = response.content.decode()
    assert "Select the quarter that the report is of" in page
    assert "Fund a trainer" in page
    assert "July to September 2026" in page


def test_a_quarterly_report_is_asked_for_on_the_page(lead, of, client_for):
    typed = {"kind": "quarterly", "quarter_from": "2026-10-01", "decisions": "Fund a trainer", "marking": "official"}
    browser = client_for(lead)
    browser.post(f"/action-plans/{of.reference}/report/", typed)

    with acting_as(lead):
        report = PlanReport.objects.visible_to(lead).get()
    assert (report.kind, report.quarter_from, report.decisions) == ("quarterly", AUTUMN, "Fund a trainer")
    assert "October to December 2026" in browser.get(f"/action-plans/{of.reference}/").content.decode()


def test_the_duty_stands_beside_how_it_stood_before_the_quarter(lead, of, answered):
    found = content(lead, of)

    assert found.duty is not None
    assert (found.duty.before, found.duty.on) == (date(2026, 9, 30), date(2026, 11, 23))
    assert (found.duty.ready_before, found.duty.ready) == (1, 2)
    assert found.figures["duty_ready"] == 2
    assert found.figures["duty_asked"] == found.duty.total == sum(theme.total for theme in found.duty.themes)


def test_a_quarter_that_is_over_shows_the_duty_as_at_its_last_day(lead, of, answered):
    found = content(lead, of, SUMMER)

    assert found.duty is not None
    assert (found.duty.before, found.duty.on) == (date(2026, 6, 30), date(2026, 9, 30))
    assert (found.duty.ready_before, found.duty.ready) == (0, 1)


@pytest.mark.usefixtures("_database")
def test_nothing_is_said_of_a_duty_that_asks_nothing():
    scottish = make_organisation("Lochside Council", nation="scotland")
    lead = acting_of(make_membership(scottish, "prevent_lead"))

    found = content(lead, plan(lead, now=datetime(2026, 4, 1, 9, tzinfo=UTC)))

    assert found.duty is None
    assert "duty_ready" not in found.figures


def test_the_document_says_how_the_duty_stands(lead, of, answered):
    _report, pages = made(lead, of)

    assert any("How the duty stands" in page and "2 of " in page and "it was 1" in page for page in pages)
