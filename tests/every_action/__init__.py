"""Every action that a person does, with what must stand before it and arguments that work: a table for tests."""

from tests.every_action import (
    agreements,
    certificates,
    duty,
    learning,
    own_courses,
    people,
    plans,
    records,
    registers,
    requirements,
    risks,
    sessions,
    training_reports,
)
from tests.every_action.ground import Action, Ground

__all__ = ["ACTIONS", "ELSEWHERE", "Action", "Ground"]

ACTIONS: dict[str, Action] = duty.ACTIONS | people.ACTIONS | risks.ACTIONS | registers.ACTIONS | plans.ACTIONS
ACTIONS |= certificates.ACTIONS | learning.ACTIONS | records.ACTIONS | requirements.ACTIONS | agreements.ACTIONS
ACTIONS |= training_reports.ACTIONS | own_courses.ACTIONS | sessions.ACTIONS
ELSEWHERE = {
    **risks.ELSEWHERE,
    **plans.ELSEWHERE,
    **certificates.ELSEWHERE,
    **requirements.ELSEWHERE,
    **agreements.ELSEWHERE,
    **training_reports.ELSEWHERE,
    **sessions.ELSEWHERE,
    **own_courses.ELSEWHERE,
    "accounts.add_app": "tests/foundation/accounts/test_factors.py: it needs a code that an app has shown",
    "accounts.add_passkey": "tests/foundation/accounts/test_factors.py: it needs what a browser has signed",
    "accounts.remove_factor": "tests/foundation/accounts/test_factors.py: it needs two of them",
    "accounts.renew_recovery_codes": "tests/foundation/accounts/test_factors.py: it needs one of them",
    "compliance.make_again": "tests/compliance/test_reports.py: it needs a report that was cancelled",
    "jobs.done": "tests/foundation/jobs/test_attempts.py: a worker does it, who holds a lease",
    "jobs.fence": "tests/foundation/jobs/test_attempts.py: a worker does it, who holds a lease",
    "jobs.lock_for_another_try": "a part of other actions",
    "jobs.retry": "tests/foundation/jobs/test_requests.py: it needs a job that failed",
    "notifications.notify_many": "tests/training/sessions/test_hundreds.py: it tells many what notify tells one",
    "organisations.end_sessions": "a part of other actions",
    "organisations.may_open_export_file": "only answers a question",
}
