"""Actions of those who write the organisation's own courses."""

from dataclasses import replace
from typing import Any

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.every_action.ground import BOTH, Action, Ground, of_nobody
from tests.factories import own_courses as made
from tests.factories.training import question
from training import actions as training
from training.models import CourseDraft

WRITERS = frozenset({"prevent_lead", "training_manager"})
CHANGED = "training.course_changed"


def seen(draft: CourseDraft) -> dict[str, Any]:
    return {"draft_id": draft.pk, "version": draft.version}


def draft(ground: Ground) -> dict[str, Any]:
    return seen(made.written(ground.me))


def unseen(ground: Ground) -> dict[str, Any]:
    return {"draft_id": made.written(ground.me).pk}


def in_part(ground: Ground) -> dict[str, Any]:
    found = made.written(ground.me)
    return {"draft_id": found.pk, "module": made.part_of(found)}


def of_part(ground: Ground) -> dict[str, Any]:
    found = made.written(ground.me)
    return {**seen(found), "module": made.part_of(found)}


def two_parts(ground: Ground) -> dict[str, Any]:
    found = made.written(ground.me)
    with acting_as(ground.me) as by:
        training.add_module(draft_id=found.pk, title="More", by=by, now=NOW)
    return {"draft_id": found.pk, "module": made.part_of(found), "way": "down"}


def pictured(ground: Ground) -> dict[str, Any]:
    found = made.with_picture(ground.me, made.written(ground.me))
    return {**seen(found), "page": "welcome", "number": 1}


def published(ground: Ground, *, withdrawn: bool = False) -> dict[str, Any]:
    found = made.written(ground.me)
    made.published(ground.me, found)
    if withdrawn:
        with acting_as(ground.me) as by:
            training.withdraw_course(draft_id=found.pk, by=by, now=NOW)
    return {"draft_id": found.pk}


def put_away(ground: Ground) -> dict[str, Any]:
    found = draft(ground)
    with acting_as(ground.me) as by:
        training.put_draft_away(**found, by=by, now=NOW)
    return {"draft_id": found["draft_id"]}


def change(do: Any, lay: Any, **more: Any) -> Action:
    return Action(do, CHANGED, WRITERS, lay, **more)


ACTIONS: dict[str, Action] = {
    "training.begin_course": of_nobody(
        training.begin_course, "training.course_begun", WRITERS, lambda _: {"title": "Ours"}, **BOTH
    ),
    "training.change_course": change(training.change_course, lambda ground: {**draft(ground), "about": made.ABOUT}),
    "training.add_module": change(training.add_module, lambda ground: {**unseen(ground), "title": "More"}, **BOTH),
    "training.change_module": change(training.change_module, lambda ground: {**of_part(ground), "title": "Other"}),
    "training.move_module": change(training.move_module, two_parts, **BOTH),
    "training.remove_module": change(training.remove_module, of_part),
    "training.add_page": change(
        training.add_page, lambda ground: {**in_part(ground), "page": replace(made.WELCOME, slug="more")}, **BOTH
    ),
    "training.change_page": change(
        training.change_page, lambda ground: {**draft(ground), "page": replace(made.WELCOME, body="Else.")}
    ),
    "training.move_page": change(
        training.move_page, lambda ground: {**unseen(ground), "page": "welcome", "way": "down"}, **BOTH
    ),
    "training.remove_page": change(training.remove_page, lambda ground: {**draft(ground), "page": "welcome"}),
    "training.add_question": change(
        training.add_question, lambda ground: {**in_part(ground), "question": question("q-3")}, **BOTH
    ),
    "training.change_question": change(
        training.change_question, lambda ground: {**draft(ground), "question": question("q-1", text="Else?")}
    ),
    "training.remove_question": change(training.remove_question, lambda ground: {**draft(ground), "question": "q-1"}),
    "training.add_picture": change(
        training.add_picture,
        lambda ground: {**unseen(ground), "page": "welcome", "upload": made.picture(), "alt": "A plan"},
        **BOTH,
    ),
    "training.change_picture": change(
        training.change_picture, lambda ground: {**pictured(ground), "alt": "Another plan", "caption": ""}
    ),
    "training.remove_picture": change(training.remove_picture, pictured),
    "training.publish_course": Action(training.publish_course, "training.course_published", WRITERS, draft),
    "training.withdraw_course": Action(training.withdraw_course, "training.course_withdrawn", WRITERS, published),
    "training.offer_course": Action(
        training.offer_course, "training.course_offered", WRITERS, lambda ground: published(ground, withdrawn=True)
    ),
    "training.put_draft_away": Action(training.put_draft_away, "training.draft_put_away", WRITERS, draft),
    "training.take_draft_up": Action(training.take_draft_up, "training.draft_taken_up", WRITERS, put_away),
}
ELSEWHERE = {"training.lock_draft": "a part of other actions"}
