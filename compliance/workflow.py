"""The states of a compliance report: those of every report that a job makes."""

from foundation.jobs.reports import (
    MAY_BE_MADE_AGAIN,
    WITHOUT_DOCUMENT,
    WITHOUT_DOCUMENT_AND_JOB,
    ReportStatus,
    check_may_be_made_again,
)

__all__ = [
    "MAY_BE_MADE_AGAIN",
    "WITHOUT_DOCUMENT",
    "WITHOUT_DOCUMENT_AND_JOB",
    "ReportStatus",
    "check_may_be_made_again",
]
