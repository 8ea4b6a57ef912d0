"""Workers killed while they make a real compliance report."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compliance.models import ComplianceReport
from compliance.workflow import ReportStatus
from foundation.core.acting import Acting, acting_as
from foundation.files.models import StoredFile
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.ledger.models import Event
from foundation.organisations.roles import Role
from tests.conftest import acting_of, make_membership, make_organisation
from tests.factories.compliance import ask_for_report
from tests.foundation.jobs.ground import SHORT_LEASE, Process, Redis, wait_until

pytestmark = pytest.mark.faults

Backup = Callable[..., Any]


@pytest.fixture
def asker(redis: Redis) -> Acting:
    now = timezone.now()
    return acting_of(make_membership(make_organisation(), Role.PREVENT_LEAD), at=now)


@pytest.fixture
def worker(start: Callable[..., Process], tmp_path: Path) -> Callable[..., Process]:
    """``worker(FAULT="…")``: a worker that keeps its files where this test looks for them."""
    return lambda **environment: start("worker", LEASE_SECONDS=SHORT_LEASE, PORTAL_VAR_DIR=str(tmp_path), **environment)


@pytest.fixture
def comes_to(often: Callable[[], None], backup: Backup) -> Callable[[Status], None]:
    """``comes_to(Status.DONE)``: let the clock tick until the newest job is there."""

    def wait_for(status: Status) -> None:
        def is_there() -> bool:
            often()
            time.sleep(0.5)
            return backup(Job).latest("pk").status == status

        wait_until(is_there, 120)

    return wait_for


def state_of(report: ComplianceReport, by: Acting) -> str:
    with acting_as(by):
        return ComplianceReport.objects.visible_to(by).with_state().get(pk=report.pk).state


def is_made_once(backup: Backup) -> bool:
    documents = backup(StoredFile).filter(purpose="compliance.report").count()
    return (documents, backup(Event).filter(verb="report.made").count()) == (1, 1)


def test_a_worker_killed_while_it_draws_is_followed_by_one_that_makes_one_document(
    asker: Acting, worker: Callable[..., Process], comes_to: Callable[[Status], None], backup: Backup
) -> None:
    unlucky = worker()
    report = ask_for_report(asker, now=timezone.now() - timedelta(seconds=1))
    wait_until(lambda: backup(Job).get().progress_message == "drawing")

    unlucky.kill_group()
    during = state_of(report, asker)
    worker()
    comes_to(Status.DONE)

    assert during == ReportStatus.REQUESTED
    assert (state_of(report, asker), backup(Job).get().attempts) == (ReportStatus.READY, 2)
    assert is_made_once(backup)


def test_power_lost_while_the_document_is_kept_leaves_one_in_the_end(
    asker: Acting, worker: Callable[..., Process], comes_to: Callable[[Status], None], backup: Backup
) -> None:
    unlucky = worker(FAULT="files.before_commit")
    report = ask_for_report(asker, now=timezone.now() - timedelta(seconds=1))
    wait_until(lambda: b"exitcode 70" in unlucky.log.read_bytes(), 60)
    half = backup(ComplianceReport).get().file_id
    unlucky.kill_group()
    worker()
    comes_to(Status.DONE)

    assert half is None
    assert state_of(report, asker) == ReportStatus.READY
    assert is_made_once(backup)


def test_lost_three_times_the_report_says_failed_and_can_be_made_again(
    asker: Acting,
    worker: Callable[..., Process],
    comes_to: Callable[[Status], None],
    backup: Backup,
    client_for: Callable[[Acting], Client],
) -> None:
    unlucky = worker(FAULT="files.before_commit")
    report = ask_for_report(asker, now=timezone.now() - timedelta(seconds=1))
    comes_to(Status.FAILED)
    unlucky.kill_group()
    lost = backup(Job).get()
    client = client_for(asker)

    page = client.get(report.get_absolute_url()).content.decode()
    client.post(f"{report.get_absolute_url()}again/")
    worker()
    comes_to(Status.DONE)

    assert (lost.attempts, lost.failure_code) == (3, Failure.CRASHED)
    assert "Failed" in page
    assert "The job stopped without a reason three times." in page
    assert "Try again" in page
    assert state_of(report, asker) == ReportStatus.READY
    assert is_made_once(backup)
