"""Actions about reminders and reports of training."""

from datetime import date
from typing import Any

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.every_action.ground import BOTH, BOTH_ONCE, TODAY, Action, Ground, of_nobody
from tests.factories.training import make_course
from training.actions import reminders, reporting, return_choices

MANAGERS = frozenset({"prevent_lead", "training_manager"})
REPORTERS = MANAGERS | {"senior_approver"}
REPORT = {"kind": "figures", "as_at": TODAY, "with_names": False, "marking": "official"}


def report(ground: Ground) -> dict[str, Any]:
    with acting_as(ground.me) as by:
        return {"report_id": reporting.request_report(**REPORT, by=by, now=NOW).pk}


ACTIONS: dict[str, Action] = {
    "training.change_reminders": of_nobody(
        reminders.change_reminders, "training.reminders_changed", MANAGERS,
        lambda ground: {
            "version": 1, "days_before": [30], "days_after": [1], "escalate_days_after": 7, "digest_on": None,
            "session_days_before": 3,
        },
    ),
    "training.request_report": of_nobody(
        reporting.request_report, "training.report_requested", REPORTERS, lambda ground: REPORT, **BOTH
    ),
    "training.choose_for_return": of_nobody(
        return_choices.choose_for_return, "training.return_chosen", MANAGERS,
        lambda ground: {"definition": "ofs-yearly", "version": 1, "chosen": {"induction": [make_course().pk]}},
    ),
    "training.request_return_report": of_nobody(
        reporting.request_return_report, "training.return_requested", REPORTERS,
        lambda ground: {"definition": "nhs-quarterly", "period_from": date(2026, 10, 1), "marking": "official"}, **BOTH,
    ),
    "training.store_report": Action(
        reporting.store_report, "training.report_made", REPORTERS,
        lambda ground: {**report(ground), "document": b"%PDF-2.0", "pages": 1}, hidden=True, **BOTH_ONCE,
    ),
}  # fmt: skip
ELSEWHERE = {
    "training.make_report_again": "tests/training/test_training_reports.py: it needs a report that was cancelled"
}
