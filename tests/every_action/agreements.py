"""What is agreed with people about what they are asked, and reminding them."""

from datetime import date
from typing import Any

from tests.every_action.ground import BOTH, BOTH_ONCE, TODAY, Action, Ground, of_nobody
from tests.factories import asked as made
from training.actions import agreements, together

MANAGERS = frozenset({"prevent_lead", "training_manager"})
LAST = date(2026, 12, 31)


def asked(ground: Ground) -> dict[str, Any]:
    somebody = ground.somebody()
    requirement = made.require(ground.lead)
    made.work_out(ground.lead)
    return {"assignment_id": made.standing_row(ground.lead, somebody, requirement).pk}


def several(ground: Ground, **said: Any) -> dict[str, Any]:
    return {"assignment_ids": [asked(ground)["assignment_id"]], **said}


def waived(ground: Ground) -> dict[str, Any]:
    somebody = ground.somebody()
    requirement = made.require(ground.lead)
    made.work_out(ground.lead)
    made.waived(ground.lead, somebody, requirement)
    return {"assignment_id": made.standing_row(ground.lead, somebody, requirement).pk}


def away(ground: Ground) -> dict[str, Any]:
    somebody = ground.somebody()
    made.away(ground.lead, somebody)
    return {"membership_id": somebody.pk}


ACTIONS: dict[str, Action] = {
    "training.waive": Action(
        agreements.waive, "training.waived", MANAGERS,
        lambda ground: {**asked(ground), "starts_on": TODAY, "ends_on": LAST, "reason": "Elsewhere"},
        hidden=True, **BOTH,
    ),
    "training.end_waiver": Action(agreements.end_waiver, "training.waiver_ended", MANAGERS, waived, hidden=True),
    "training.extend": Action(
        agreements.extend, "training.extended", MANAGERS,
        lambda ground: {**asked(ground), "due_on": LAST, "reason": "On shift"}, hidden=True,
    ),
    "training.record_absence": Action(
        agreements.record_absence, "training.absence_recorded", MANAGERS,
        lambda ground: {
            "membership_id": ground.somebody().pk, "starts_on": TODAY, "ends_on": None, "kind": "leave",
        }, **BOTH,
    ),
    "training.end_absence": Action(agreements.end_absence, "training.absence_ended", MANAGERS, away),
    "training.waive_together": of_nobody(
        together.waive_together, "training.waived", MANAGERS,
        lambda ground: several(ground, starts_on=TODAY, ends_on=LAST, reason="Elsewhere"), **BOTH,
    ),
    "training.extend_together": of_nobody(
        together.extend_together, "training.extended", MANAGERS,
        lambda ground: several(ground, due_on=LAST, reason="On shift"), **BOTH_ONCE,
    ),
}  # fmt: skip

ELSEWHERE = {
    "training.sorted_out": "only answers a question: tests/training/seeing/test_person_page.py",
    "training.remind_now": "tests/training/seeing/test_person_page.py: reminding goes on where one notice fails",
}
