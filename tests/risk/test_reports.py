"""Reports of the risk room: asked for by whoever may, made by a job, kept as they were."""

import hashlib
import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.notifications.models import Notice
from foundation.organisations.roles import ROLES
from risk import actions
from risk.models import RiskReport
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories import profiles
from tests.factories import risk as factories

MAKERS = {"prevent_lead", "senior_approver"}


def asked(by, row, kind="board", marking="official_sensitive"):
    with acting_as(by):
        return actions.request_report(assessment_id=row.pk, kind=kind, marking=marking, by=by, now=NOW)


def response_to(by, edition, marking="official_sensitive"):
    with acting_as(by):
        return actions.request_response(edition_id=edition.pk, marking=marking, by=by, now=NOW)


def made(report, by):
    """The report as its job left it, and its document."""
    with acting_as(by):
        jobs.run_here(Job.objects.get(pk=report.job_id), at=NOW)
        report = RiskReport.objects.visible_to(by).with_state().get(pk=report.pk)
        content = report.file.bytes.open().read()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    return report, PdfReader(io.BytesIO(content))


def words(document):
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def state_of(report, by):
    with acting_as(by):
        return RiskReport.objects.visible_to(by).with_state().get(pk=report.pk).state


def fail(report, by):
    with acting_as(by):
        job = Job.objects.get(pk=report.job_id)
    claimed = job_actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    job_actions.failed(claimed, code=Failure.CRASHED, now=NOW)
    return job


@pytest.fixture
def told(lead, draft, entry):
    """The draft with a control, a lowered score with its reason, and a recommendation that bears on its risk."""
    with acting_as(lead):
        actions.add_control(entry_id=entry.pk, version=2, text="Filter online", strength="strong", by=lead, now=NOW)
    factories.score(lead, entry, residual=(2, 2), reason="Fewer visits since the filter")
    row = profiles.recommendation(lead, text="Brief frontline staff")
    profiles.linked(lead, profiles.answered(lead, row), entry.risk)
    return draft


# ---- What the documents say
def test_the_board_reads_the_matrix_the_top_risks_and_who_approved(committed, lead, approver, told):
    factories.send(lead, told, approver)
    row = factories.approve(approver, told)
    report, document = made(asked(lead, row), lead)

    text = words(document)
    assert (document.trailer["/Root"]["/MarkInfo"]["/Marked"], document.trailer["/Root"]["/Lang"]) == (True, "en-GB")
    assert report.pages == len(document.pages)
    for said in (
        "Risk 2026", "Top risks", "R1 Drawn in online", "4: Unlikely, Moderate", "Approver", "Checks outstanding",
        "Nobody owns this risk", report.reference, "National threat level",
    ):  # fmt: skip
        assert said in text
    assert "DRAFT" not in text
    assert "Fewer visits since the filter" not in text
    with acting_as(lead):
        assert Notice.objects.filter(kind="risk.report_ready", target_reference=report.reference).count() == 1


def test_the_full_version_tells_controls_reasons_and_recommendations(committed, lead, told):
    _report, document = made(asked(lead, told, "full"), lead)

    text = words(document)
    for said in (
        "Filter online (Effective)", "Current from 9: Likely, Serious to 4: Unlikely, Moderate",
        "Fewer visits since the filter", "R1, Local profile 2026: Accepted", "Nobody owns this risk",
    ):  # fmt: skip
        assert said in text


def test_what_is_not_approved_says_draft_and_its_marking_on_every_page(committed, lead, told):
    _report, document = made(asked(lead, told, "full"), lead)

    pages = [page.extract_text() for page in document.pages]
    assert [("DRAFT" in page, "OFFICIAL-SENSITIVE" in page) for page in pages] == [(True, True)] * len(pages)
    assert len(pages) > 3


def test_the_board_reads_what_changed_since_the_last_approval(committed, lead, approver, approved):
    later = NOW + timedelta(days=1)
    with acting_as(lead):
        copied = actions.copy_forward(
            assessment_id=approved.pk, title="Risk 2027", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31),
            by=lead, now=later,
        )  # fmt: skip
        entry = copied.entries.get()
    factories.score(lead, entry, inherent=(4, 4), residual=(4, 4), now=later)
    _report, document = made(asked(lead, copied), lead)

    text = words(document)
    assert "Compared with Risk 2026" in text
    assert "Score raised" in text
    assert "Raised by 7" in text


@pytest.mark.parametrize("template", ["prompts", "short"])
def test_a_form_without_scores_has_a_layout_without_scores(committed, lead, template):
    row = factories.assessment(lead, "Nursery", template=template)
    entry = factories.risk(lead, row, "Visiting speakers")
    with acting_as(lead):
        actions.answer_prompts(
            entry_id=entry.pk, version=1, description="", management="Speakers are checked",
            further_action="Write it down", owner_id=None, target_on=None, next_review_on=None, by=lead, now=NOW,
        )  # fmt: skip
    _report, document = made(asked(lead, row, "full"), lead)

    text = words(document)
    assert "Speakers are checked" in text
    assert "More is needed: Write it down" in text
    assert not [word for word in ("Top risks", "Likelihood", "score", "Not scored") if word in text]


def test_what_is_typed_is_shown_as_text_and_loads_nothing(committed, lead):
    row = factories.assessment(lead, summary='<img src="http://example.com/x.png"><script>alert(1)</script>')
    _report, document = made(asked(lead, row), lead)

    assert '<img src="http://example.com/x.png"><script>alert(1)</script>' in words(document)


def test_a_response_holds_the_answers_and_nothing_else_of_the_profile(committed, lead, entry):
    edition = profiles.edition(lead, held_at="Blue cabinet", note="Heard at the briefing")
    row = profiles.recommendation(lead, edition, code="R1", text="Brief frontline staff")
    profiles.linked(lead, profiles.answered(lead, row, "not_accepted", "We did so in May"), entry.risk)
    profiles.recommendation(lead, edition, code="R2", text="Map venues")
    report, document = made(response_to(lead, edition), lead)

    text = words(document)
    for said in (
        "Local profile 2026", "Brief frontline staff", "Not accepted", "We did so in May", "Map venues",
        "Not answered yet", "ask the originator before you pass it on", report.reference,
    ):  # fmt: skip
        assert said in text
    assert not [each for each in ("Blue cabinet", "Heard at the briefing") if each in text]
    assert all("OFFICIAL-SENSITIVE" in page.extract_text() for page in document.pages)


# ---- Who may, and what is refused
@pytest.mark.parametrize("role", sorted(set(ROLES) - MAKERS))
def test_who_may_not_report_gets_none(lead, acting_for, draft, role):
    reader, edition = acting_for(role), profiles.recommendation(lead).edition

    with acting_as(reader):
        with pytest.raises(PermissionDenied, match="does not include making risk reports"):
            actions.request_report(assessment_id=draft.pk, kind="board", marking="official", by=reader, now=NOW)
        with pytest.raises(PermissionDenied, match="does not include making risk reports"):
            actions.request_response(edition_id=edition.pk, marking="official", by=reader, now=NOW)
    with acting_as(lead):
        assert RiskReport.objects.count() == 0


def test_a_marking_below_that_of_the_content_is_refused(lead, draft):
    edition = profiles.recommendation(lead).edition

    with pytest.raises(RuleBroken, match="the report tells what has that marking"):
        asked(lead, draft, marking="official")
    with pytest.raises(RuleBroken, match="the report tells what has that marking"):
        response_to(lead, edition, marking="public")


def test_an_edition_without_recommendations_has_no_response(lead):
    edition = profiles.edition(lead)

    with pytest.raises(RuleBroken, match="nothing to answer"):
        response_to(lead, edition)


@pytest.mark.parametrize("change", [{"kind": "response"}, {"edition": 1}, {"sha256": "x"}, {"pages": 1}])
def test_the_database_refuses_a_report_of_nothing_and_half_a_document(lead, draft, change):
    edition, report = profiles.edition(lead), asked(lead, draft)
    change = {"edition": edition} if "edition" in change else change

    with acting_as(lead), pytest.raises(IntegrityError, match="risk_report_"), transaction.atomic():
        RiskReport.objects.filter(pk=report.pk).update(**change)


# ---- After a failure, a cancel and a loss
def test_a_report_stays_as_it_was_when_it_is_delivered_twice(committed, lead, draft):
    report, _document = made(asked(lead, draft), lead)
    with acting_as(lead):
        again = actions.store_report(report_id=report.pk, document=b"%PDF-1.7 other", pages=9, by=lead, now=NOW)

    assert (again.sha256, again.pages) == (report.sha256, report.pages)


def test_a_cancelled_report_may_be_made(committed, lead, draft):
    report = asked(lead, draft)
    with acting_as(lead):
        job_actions.cancel(job_id=report.job_id, by=lead, now=NOW)
    cancelled = state_of(report, lead)
    with acting_as(lead):
        again = actions.make_report_again(report_id=report.pk, by=lead, now=NOW)

    assert cancelled == "cancelled"
    assert made(again, lead)[0].state == "ready"


def test_a_report_whose_job_was_lost_may_be_made(committed, lead, draft):
    report = asked(lead, draft)
    with acting_as(lead):
        Job.objects.filter(pk=report.job_id).delete()
    lost = state_of(report, lead)
    with acting_as(lead):
        again = actions.make_report_again(report_id=report.pk, by=lead, now=NOW)

    assert lost == "failed"
    assert made(again, lead)[0].state == "ready"


def test_what_is_being_made_or_ready_is_not_made_again(committed, lead, draft):
    report = asked(lead, draft)

    with acting_as(lead), pytest.raises(RuleBroken, match="being made, so it cannot"):
        actions.make_report_again(report_id=report.pk, by=lead, now=NOW)
    made(report, lead)
    with acting_as(lead), pytest.raises(RuleBroken, match="ready, so it cannot"):
        actions.make_report_again(report_id=report.pk, by=lead, now=NOW)


def test_asked_again_twice_at_once_there_is_one_job(committed, lead, draft, backup):
    report = asked(lead, draft)
    fail(report, lead)

    def press():
        with acting_as(lead):
            actions.make_report_again(report_id=report.pk, by=lead, now=NOW)

    outcomes = at_once(press, press)

    assert sorted(type(each) for each in outcomes if each) == [RuleBroken]
    assert backup(Job).filter(status=Status.QUEUED).count() == 1


# ---- The pages
def test_a_report_is_asked_for_followed_and_taken_on_pages(committed, lead, draft, client_for):
    browser = client_for(lead)
    posted = browser.post(f"{draft.get_absolute_url()}report/", {"kind": "board", "marking": "official_sensitive"})
    with acting_as(lead):
        report = RiskReport.objects.visible_to(lead).select_related("job").get()
    waiting = browser.get(report.get_absolute_url()).content.decode()
    made(report, lead)

    page = browser.get(report.get_absolute_url()).content.decode()
    taken = browser.get(f"{report.get_absolute_url()}download/")

    assert posted["Location"] == f"/jobs/{report.job.reference}/"
    assert f'href="/jobs/{report.job.reference}/"' in waiting
    assert f"{report.get_absolute_url()}download/" in page
    assert (taken["Content-Type"], taken["Content-Security-Policy"]) == ("application/pdf", "sandbox")
    assert b"".join(taken.streaming_content).startswith(b"%PDF")


def test_the_page_of_a_failed_report_says_why_and_offers_another_try(committed, lead, draft, client_for):
    report = asked(lead, draft)
    fail(report, lead)
    browser = client_for(lead)

    page = browser.get(report.get_absolute_url()).content.decode()
    pressed = browser.post(f"{report.get_absolute_url()}again/")

    assert "Try again" in page
    with acting_as(lead):
        job = RiskReport.objects.select_related("job").get().job
    assert (job.status, pressed["Location"]) == (Status.QUEUED, f"/jobs/{job.reference}/")


def test_too_low_a_marking_is_said_beside_the_field(lead, draft, client_for):
    page = client_for(lead).post(f"{draft.get_absolute_url()}report/", {"kind": "board", "marking": "public"})

    assert "Select OFFICIAL-SENSITIVE: the report tells what has that marking." in page.content.decode()
    with acting_as(lead):
        assert RiskReport.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_no_more_for_more_reports(lead, draft, client_for, django_assert_max_num_queries, count):
    for _each in range(count):
        asked(lead, draft)
    browser = client_for(lead)
    browser.get("/risk/reports/")

    with django_assert_max_num_queries(16):
        page = browser.get("/risk/reports/")

    assert len(page.context["page"].items) == count


def test_a_board_member_sees_no_reports_and_no_way_to_them(acting_for, draft, client_for):
    browser = client_for(acting_for("board_member"))

    page = browser.get(draft.get_absolute_url())

    assert "report/" not in page.content.decode()
    assert browser.get("/risk/reports/").status_code == 403
