"""Courses that an organisation writes, from an empty draft to a published version."""

import io
from datetime import date, datetime

from foundation.core.acting import Acting, acting_as
from foundation.files.examination import IMAGES, Examined, examine
from tests.conftest import NOW
from tests.factories.training import question
from tests.foundation.files import samples
from training import actions
from training.actions.writing import About
from training.content import Check, Content, Page
from training.models import CourseDraft, CourseVersion

ABOUT = About(title="Our own course", summary="What to do here.", reviewed_on=date(2026, 10, 1))
WELCOME = Page("welcome", "Welcome", "Read this first.")
FINAL = Page("final-check", "Final check", check=Check(2, from_course=True))


def begun(by: Acting, title: str = ABOUT.title, now: datetime = NOW) -> CourseDraft:
    """An empty draft."""
    with acting_as(by):
        return actions.begin_course(title=title, by=by, now=now)


def written(by: Acting, *pages: Page, title: str = ABOUT.title, now: datetime = NOW) -> CourseDraft:
    """A draft of one part that could be published: a page to read, these pages, two questions and the final check."""
    draft = begun(by, title, now)
    with acting_as(by):
        about = About(**{**ABOUT.__dict__, "title": title})
        draft = actions.change_course(draft_id=draft.pk, version=draft.version, about=about, by=by, now=now)
        draft = actions.add_module(draft_id=draft.pk, title="What to do", by=by, now=now)
        for page in (WELCOME, *pages, FINAL):
            actions.add_page(draft_id=draft.pk, module=part_of(draft), page=page, by=by, now=now)
        for code in ("q-1", "q-2"):
            draft = actions.add_question(
                draft_id=draft.pk, module=part_of(draft), question=question(code), by=by, now=now
            )
    return draft


def part_of(draft: CourseDraft) -> str:
    """The name of its first part."""
    return content_of(draft).modules[0].slug


def content_of(draft: CourseDraft) -> Content:
    return Content.from_plain(draft.content)


def as_it_stands(by: Acting, draft: CourseDraft) -> CourseDraft:
    with acting_as(by):
        return CourseDraft.objects.visible_to(by).with_state().select_related("course", "published").get(pk=draft.pk)


def published(by: Acting, draft: CourseDraft | None = None, now: datetime = NOW, **said: bool) -> CourseVersion:
    draft = as_it_stands(by, draft or written(by, now=now))
    with acting_as(by):
        return actions.publish_course(draft_id=draft.pk, version=draft.version, by=by, now=now, **said)


def picture() -> Examined:
    return examine(io.BytesIO(samples.png()), "plan.png", IMAGES)


def with_picture(
    by: Acting,
    draft: CourseDraft,
    page: str = "welcome",
    now: datetime = NOW,
    *,
    alt: str = "A plan of the floor",
    caption: str = "Ours",
) -> CourseDraft:
    """The same with a picture on a page, which people of the organisation may open."""
    with acting_as(by):
        by.organisation.open_unscanned_files = True
        by.organisation.save(update_fields=["open_unscanned_files"])
        return actions.add_picture(
            draft_id=draft.pk, page=page, upload=picture(), alt=alt, caption=caption, by=by, now=now
        )
