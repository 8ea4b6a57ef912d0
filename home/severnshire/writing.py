"""The county's training manager writes courses: one is published and taken, another is a draft in work."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from foundation.core.acting import Acting
from foundation.files.examination import IMAGES, examine
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry
from training import actions, course_files
from training.actions.writing import About
from training.content import Content, Page
from training.course_editing import new_name, tidy
from training.models import Course, CourseDraft

HERE = Path(__file__).parent
AUTHOR = f"{COUNTY}/training"
OWN, COPIED = "prevent-in-our-libraries", "refresher"
PLAN = "Plan of a library: computers and a children's corner on the left, shelves, a meeting room and the help desk"
CAPTION = "Where things are in Severn Road Library. The other libraries are much the same."


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """What its author did, where the organisation is the county."""
    if entry.key == COUNTY:
        yield Deed(cast.moments.at_work(1.6, "own course"), AUTHOR, _write_and_publish)
        yield Deed(cast.moments.at_work(0.2, "course in work"), AUTHOR, _begin_another)


def _write_and_publish(by: Acting, now: datetime) -> None:
    (said,) = (file.content for file in course_files.read_courses(HERE / "courses"))
    draft = actions.begin_course(title=said.title, by=by, now=now)
    about = About(**{name: getattr(said, name) for name in About.__dataclass_fields__})
    draft = actions.change_course(draft_id=draft.pk, version=draft.version, about=about, by=by, now=now)
    for module in said.modules:
        draft = actions.add_module(draft_id=draft.pk, title=module.title, by=by, now=now)
        name = Content.from_plain(draft.content).modules[-1].slug
        for page in module.pages:
            _add_page(draft, name, page, by, now)
        for question in module.questions:
            actions.add_question(draft_id=draft.pk, module=name, question=question, by=by, now=now)
    with (HERE / "pictures/library-plan.png").open("rb") as picture:
        upload = examine(picture, "library-plan.png", IMAGES)
    draft = actions.add_picture(
        draft_id=draft.pk, page=said.pages[0].slug, upload=upload, alt=PLAN, caption=CAPTION, by=by, now=now
    )
    actions.publish_course(draft_id=draft.pk, version=draft.version, by=by, now=now)


def _begin_another(by: Acting, now: datetime) -> None:
    """A copy of the portal's refresher, with a page that still has no text."""
    copied = Course.objects.visible_to(by).get(organisation=None, code=COPIED)
    draft = actions.begin_course(title="Refresher for front line teams", copy_of_id=copied.pk, by=by, now=now)
    first = Content.from_plain(draft.content).modules[0].slug
    _add_page(draft, first, Page(new_name(), "Who to ring in Severnshire"), by, now)


def _add_page(draft: CourseDraft, module: str, page: Page, by: Acting, now: datetime) -> None:
    actions.add_page(draft_id=draft.pk, module=module, page=tidy(replace(page, sectors=())), by=by, now=now)
