import hashlib
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance import actions, reports, verification
from compliance.models import ComplianceReport
from compliance.models.library import CountsAs
from compliance.workflow import ReportStatus
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.models import StoredFile
from foundation.ledger.models import Event
from foundation.organisations.models import Membership, Organisation, RoleGrant
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.compliance import ask_for_report as ask
from tests.factories.compliance import give_answer
from tests.foundation.documents.pdf_checks import assert_is_accessible

TODAY = NOW.date()


def titles_in_outline(pdf):
    def within(items):
        return [title for item in items for title in (item.title.partition(" ")[2], *within(item.children))]

    with pikepdf.open(BytesIO(pdf)) as opened, opened.open_outline() as outline:
        return within(outline.root)


def make(by, report):
    with acting_as(by):
        jobs.run_here(report.job, at=NOW)
        return ComplianceReport.objects.with_state().select_related("file__bytes").get(pk=report.pk)


@pytest.fixture
def finished(committed, lead, requirement):
    give_answer(
        lead, requirement("LA-05"), status="partly_met", comment="The board meets <quarterly> & minutes are kept."
    )
    return make(lead, ask(lead))


def test_a_finished_report_is_kept_with_its_hash(finished, lead):
    with acting_as(lead), finished.file.bytes.open() as content:
        pdf = content.read()

    assert finished.state == ReportStatus.READY
    assert finished.sha256 == hashlib.sha256(pdf).hexdigest()
    assert finished.pages == len(pikepdf.open(BytesIO(pdf)).pages)


def test_the_pdf_is_tagged_titled_and_says_what_it_is(finished, lead):
    with acting_as(lead), finished.file.bytes.open() as content:
        pdf = content.read()

    assert_is_accessible(pdf)
    titles = titles_in_outline(pdf)
    assert "Summary" in titles
    assert "What is not ready, by whom and when" in titles
    assert "LA-05 A multi-agency group agrees risk and coordinates activity" in titles


def test_a_report_of_today_is_as_at_the_moment_it_is_made_and_one_of_a_past_day_as_at_its_end(committed, lead):
    today, past = ask(lead), ask(lead, as_at=date(2026, 10, 31))

    with acting_as(lead):
        documents = [reports.build_compliance(acting=lead, report=each, now=NOW).document for each in (today, past)]

    assert documents[0].as_at == documents[0].generated_at == NOW
    assert str(documents[1].as_at_in_london)[:16] == "2026-10-31 23:59"


def test_each_step_of_a_report_is_in_the_ledger(finished, lead):
    with acting_as(lead):
        verbs = list(Event.objects.filter(target_type="compliance.compliancereport").order_by("pk").values_list("verb"))

    assert verbs == [("report.requested",), ("report.made",)]


def test_the_same_job_delivered_twice_keeps_one_document(finished, lead):
    with acting_as(lead):
        again = actions.store_report(report_id=finished.pk, pdf=b"other", pages=1, by=lead, now=NOW)

    assert again.sha256 == finished.sha256
    with acting_as(lead):
        assert StoredFile.objects.filter(purpose="compliance.report").count() == 1


def test_a_copy_is_genuine_altered_or_unknown(finished, lead):
    with acting_as(lead), finished.file.bytes.open() as content:
        pdf = content.read()
    copies = {"genuine": pdf, "altered": pdf + b"\n%changed", "unknown": b"%PDF-1.7 nothing"}

    for expected, copy in copies.items():
        with acting_as(lead):
            verdict = verification.check(SimpleUploadedFile("copy.pdf", copy), acting=lead, now=NOW)
        assert verdict.code == expected


def test_another_organisations_report_is_unknown_here(finished, lead, other_organisation):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    with acting_as(lead), finished.file.bytes.open() as content:
        pdf = content.read()

    with acting_as(stranger):
        verdict = verification.check(SimpleUploadedFile("copy.pdf", pdf), acting=stranger, now=NOW)
    assert (verdict.code, verdict.report) == ("unknown", None)


@pytest.mark.parametrize("role", ["staff", "board_member", "records_manager", "organisation_admin"])
def test_who_may_not_report_is_refused(acting_for, library, role):
    with pytest.raises(PermissionDenied):
        ask(acting_for(role))


def test_a_day_in_the_future_is_refused(lead, library):
    with pytest.raises(RuleBroken, match="today or in the past"):
        ask(lead, as_at=TODAY + timedelta(days=1))


def test_a_day_before_the_organisation_began_is_refused(lead, library):
    with pytest.raises(RuleBroken, match="did not exist on that day"):
        ask(lead, as_at=date(2019, 12, 31))


def test_a_day_after_the_organisation_closed_is_refused(lead, library):
    with acting_as(lead):
        Organisation.objects.filter(pk=lead.organisation_id).update(active_to=date(2026, 3, 31))
        membership = Membership.objects.select_related("organisation", "user").get(pk=lead.membership_id)
    closed = acting_of(membership)

    with pytest.raises(RuleBroken, match="closed on 31 March 2026"):
        ask(closed, as_at=date(2026, 4, 1))


def test_the_content_is_of_one_theme_where_one_was_asked_for(lead, requirement):
    report = ask(lead, theme_code="TRAIN")

    with acting_as(lead):
        content = reports.build_compliance(acting=lead, report=report, now=NOW)
    assert {line.theme_code for line in content.lines} == {"TRAIN"}
    assert [summary.theme.code for summary in content.summaries] == ["TRAIN"]


def test_what_is_not_ready_comes_with_the_law_first_and_the_worst_first(lead, requirement):
    give_answer(lead, requirement("LA-05"), status="not_met")
    give_answer(lead, requirement("LA-06"), status="partly_met")

    report = ask(lead)
    with acting_as(lead):
        content = reports.build_compliance(acting=lead, report=report, now=NOW)
    forces = [line.force for line in content.open_lines]
    shoulds = [line for line in content.open_lines if line.force == "should"]
    assert forces == sorted(forces, key=["must", "should", "good"].index)
    assert shoulds[0].counts_as == CountsAs.NOT_MET


def test_the_page_of_the_job_offers_the_document_to_who_may_still_have_it(finished, lead, client_for):
    client = client_for(lead)
    with acting_as(lead):
        page = client.get(f"/jobs/{finished.job.reference}/").content.decode()
    address = f"{finished.get_absolute_url()}download/"

    document = client.get(address)
    received = b"".join(document.streaming_content)
    document.close()
    with acting_as(lead):
        RoleGrant.objects.update(ends_on=date(2026, 11, 1))
    refused = client.get(address)

    assert f'href="{address}"' in page
    assert "Download the PDF" in page
    assert f'href="{finished.get_absolute_url()}"' in page
    assert hashlib.sha256(received).hexdigest() == finished.sha256
    assert refused.status_code == 403
