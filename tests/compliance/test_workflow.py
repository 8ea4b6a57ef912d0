import pytest

from compliance.workflow import (
    WITHOUT_DOCUMENT,
    WITHOUT_DOCUMENT_AND_JOB,
    ReportStatus,
    check_may_be_made_again,
)
from foundation.core.exceptions import RuleBroken
from foundation.jobs.workflow import Status as JobStatus


def test_every_state_of_a_job_says_how_a_report_without_its_document_stands():
    assert {job.value: state.value for job, state in WITHOUT_DOCUMENT.items()} == {
        "queued": "requested",
        "delayed": "requested",
        "running": "requested",
        "done": "failed",
        "failed": "failed",
        "cancelled": "cancelled",
    }
    assert set(WITHOUT_DOCUMENT) == set(JobStatus)
    assert WITHOUT_DOCUMENT_AND_JOB == ReportStatus.FAILED


@pytest.mark.parametrize("state", [ReportStatus.FAILED, ReportStatus.CANCELLED])
def test_what_failed_or_was_cancelled_may_be_made_again(state):
    check_may_be_made_again(state)


@pytest.mark.parametrize("state", [ReportStatus.REQUESTED, ReportStatus.READY])
def test_what_is_being_made_or_ready_may_not(state):
    with pytest.raises(RuleBroken, match=f"This document is {state.label.lower()}, so it cannot be made again"):
        check_may_be_made_again(state)
