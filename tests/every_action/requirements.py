"""Who must do what, and what counts for what."""

from typing import Any

from tests.every_action.ground import BOTH, Action, Ground, of_nobody
from tests.factories import requirements as made
from tests.factories.training import make_course
from training.actions import equivalences, requirements

MANAGERS = frozenset({"prevent_lead", "training_manager"})
COURSE = {"title": "A day", "provider": "The police", "level": "awareness", "minutes": 60, "summary": "What to notice."}


def of_two_courses(_ground: Ground) -> dict[str, Any]:
    done, other = make_course("done", title="Done"), make_course("other", title="Other")
    return {
        "done_id": done.pk, "counts_for_id": other.pk, "months": None, "only_after": False, "reason": "The same.",
    }  # fmt: skip


def of_a_requirement(ground: Ground, **changes: Any) -> dict[str, Any]:
    course = make_course()
    requirement = made.ask(ground.me, course)
    return {
        "requirement_id": requirement.pk,
        "version": 1,
        "asked": made.asked(course, title="Another title", starts_on=requirement.starts_on),
    }


def without_what_is_asked(ground: Ground) -> dict[str, Any]:
    found = of_a_requirement(ground)
    del found["asked"]
    return found


def of_an_equivalence(ground: Ground) -> dict[str, Any]:
    row = made.equivalence(ground.me, make_course("done", title="Done"), make_course("other", title="Other"))
    return {"equivalence_id": row.pk}


ACTIONS: dict[str, Action] = {
    "training.make": of_nobody(
        requirements.make, "training.requirement_made", MANAGERS, lambda _: {"asked": made.asked(make_course())}
    ),
    "training.change": Action(requirements.change, "training.requirement_changed", MANAGERS, of_a_requirement),
    "training.withdraw": Action(
        requirements.withdraw, "training.requirement_withdrawn", MANAGERS, without_what_is_asked
    ),
    "training.work_out_again": Action(
        requirements.work_out_again, "training.requirement_asked_again", MANAGERS,
        lambda ground: {"requirement_id": made.ask(ground.me).pk}, **BOTH,
    ),
    "training.add_equivalence": of_nobody(
        equivalences.add_equivalence, "training.equivalence_added", MANAGERS, of_two_courses
    ),
    "training.end_equivalence": Action(
        equivalences.end_equivalence, "training.equivalence_ended", MANAGERS, of_an_equivalence
    ),
    "training.add_outside_course": of_nobody(
        equivalences.add_outside_course, "training.outside_course_added", MANAGERS, lambda _: dict(COURSE)
    ),
    "training.withdraw_outside_course": Action(
        equivalences.withdraw_outside_course, "training.outside_course_withdrawn", MANAGERS,
        lambda ground: {"course_id": made.outside_course(ground.me).pk},
    ),
}  # fmt: skip

ELSEWHERE = {
    "training.work_out": "a part of a job: tests/training/test_requirement_pages.py",
    "training.worked_out": "a part of a job: tests/training/test_requirement_pages.py",
}
