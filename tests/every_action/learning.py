"""Actions of a learner on the way through a course."""

from typing import Any

from tests.every_action.ground import BOTH_ONCE, EVERYBODY, Action, Ground, of_nobody
from tests.factories import learning as made
from tests.factories.training import make_course
from training import actions as training


def begun(ground: Ground) -> dict[str, Any]:
    return {"attempt_id": made.begin(ground.me, make_course()).pk}


def before_the_scenario(ground: Ground) -> dict[str, Any]:
    attempt = made.up_to(ground.me, made.begin(ground.me, make_course()), "a-worry")
    return {"attempt_id": attempt.pk, "page": "a-worry", "number": 1, "chosen": {"a-worry": [0]}}


ACTIONS: dict[str, Action] = {
    "training.begin": of_nobody(
        training.begin, "training.begun", EVERYBODY,
        lambda ground: {"course_id": make_course().pk, "sector": "LA"}, own=True, **BOTH_ONCE,
    ),
    "training.begin_anew": Action(training.begin_anew, "training.begun_anew", EVERYBODY, begun, own=True),
    "training.finish_page": Action(
        training.finish_page, "training.page_done", EVERYBODY,
        lambda ground: {**begun(ground), "page": "welcome"}, own=True, **BOTH_ONCE,
    ),
    "training.answer": Action(
        training.answer, "training.answered", EVERYBODY, before_the_scenario, own=True, **BOTH_ONCE
    ),
}  # fmt: skip
