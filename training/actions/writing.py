"""Writing a course of the organisation's own: what it says, its parts, pages, questions and pictures."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as files
from foundation.files.examination import Examined
from training import course_checks, course_memory, permissions, queries
from training import course_editing as editing
from training.content import Content, Page, Picture, Question, Source
from training.models import CourseDraft, CoursePicture, Level
from training.models import writing as parts

PICTURE = "training.picture"
PASS_MARK, MINUTES = 80, 20
Change = Callable[[Content], Content]


@dataclass(frozen=True)
class About:
    """What stands around the pages of a course."""

    title: str
    summary: str = ""
    for_whom: str = ""
    level: str = Level.AWARENESS
    minutes: int = MINUTES
    pass_mark: int = PASS_MARK
    reviewed_on: date | None = None
    review_due_on: date | None = None
    sources: tuple[Source, ...] = ()


@transaction.atomic
def begin_course(*, title: str, copy_of_id: int | None = None, by: Acting, now: datetime) -> CourseDraft:
    """Begin a course of the organisation's own: empty, or with what a course of the portal says.

    Of a course with versions by sector the pages for everybody are taken.
    """
    permissions.check_can_write_courses(by)
    title = _title(title)
    if copy_of_id is None:
        content = Content(title, "", "", Level.AWARENESS, MINUTES, PASS_MARK, ())
    else:
        course = queries.portal_courses(by).filter(pk=copy_of_id).first()
        if course is None:
            raise RuleBroken(_("Choose one of the portal's courses."))
        content = editing.own(course_memory.content_of(queries.latest_version(course).pk), title)
    draft = CourseDraft.objects.create(
        organisation=by.organisation,
        title=title,
        content=content.as_plain(),
        content_hash=content.content_hash,
        created_at=now,
        created_by=by.membership,
    )
    ledger.record("training.course_begun", actor=by, target=draft, at=now, is_copy=copy_of_id is not None)
    return draft


@transaction.atomic
def change_course(*, draft_id: int, version: int, about: About, by: Acting, now: datetime) -> CourseDraft:
    """Change what stands around the pages: title, whom it is for, pass mark, sources."""
    title = _title(about.title)
    said = {name: getattr(about, name) for name in About.__dataclass_fields__} | {"title": title}
    return _change(draft_id, parts.ABOUT, version, lambda content: replace(content, **said), by, now)


@transaction.atomic
def add_module(*, draft_id: int, title: str, by: Acting, now: datetime) -> CourseDraft:
    """Add a part at the end of the course."""
    name = editing.new_name()
    put = partial(editing.put_module, slug=name, title=_title(title))
    return _change(draft_id, parts.of_part(name), None, put, by, now)


@transaction.atomic
def change_module(*, draft_id: int, version: int, module: str, title: str, by: Acting, now: datetime) -> CourseDraft:
    """Give a part of the course another title."""

    def change(content: Content) -> Content:
        return editing.put_module(content, editing.module_of(content, module).slug, _title(title))

    return _change(draft_id, parts.of_part(module), version, change, by, now)


@transaction.atomic
def move_module(*, draft_id: int, module: str, way: str, by: Acting, now: datetime) -> CourseDraft:
    """Move a part one place ``up`` or ``down``."""
    return _change(draft_id, "", None, lambda content: editing.move_module(content, module, way), by, now)


@transaction.atomic
def remove_module(*, draft_id: int, version: int, module: str, by: Acting, now: datetime) -> CourseDraft:
    """Take a part out of the draft with all its pages and questions. Published versions keep it.

    Raises StaleVersion where any of them was changed after ``version``.
    """
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by)
    gone = editing.module_of(Content.from_plain(draft.content), module)
    draft.check_part(parts.of_part(module), version)
    for page in gone.pages:
        _check_page(draft, page, version)
    for question in gone.questions:
        draft.check_part(parts.of_question(question.code), version)
    return _save(draft, parts.of_part(module), lambda content: editing.remove_module(content, module), by, now)


@transaction.atomic
def add_page(*, draft_id: int, module: str, page: Page, by: Acting, now: datetime) -> CourseDraft:
    """Add a page at the end of a part. Its ``slug`` is a new name."""
    _check_video(page)
    change = partial(editing.put_page, module=module, page=page)
    return _change(draft_id, parts.of_page(page.slug), None, change, by, now)


@transaction.atomic
def change_page(*, draft_id: int, version: int, page: Page, by: Acting, now: datetime) -> CourseDraft:
    """Change what a page says. Its pictures stay: they have actions of their own."""
    _check_video(page)

    def change(content: Content) -> Content:
        standing = editing.page_of(content, page.slug)
        return editing.change_page(content, replace(page, pictures=standing.pictures, sectors=standing.sectors))

    return _change(draft_id, parts.of_page(page.slug), version, change, by, now)


@transaction.atomic
def move_page(*, draft_id: int, page: str, way: str, by: Acting, now: datetime) -> CourseDraft:
    """Move a page one place ``up`` or ``down``, at the end of a part into the next one."""
    return _change(draft_id, "", None, lambda content: editing.move_page(content, page, way), by, now)


@transaction.atomic
def remove_page(*, draft_id: int, version: int, page: str, by: Acting, now: datetime) -> CourseDraft:
    """Take a page out of the draft. Published versions keep it.

    Raises StaleVersion where it or one of its pictures was changed after ``version``.
    """
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by)
    _check_page(draft, editing.page_of(Content.from_plain(draft.content), page), version)
    return _save(draft, parts.of_page(page), lambda content: editing.remove_page(content, page), by, now)


@transaction.atomic
def add_question(*, draft_id: int, module: str, question: Question, by: Acting, now: datetime) -> CourseDraft:
    """Add a question to the bank of a part. Its ``code`` is a new name."""
    change = partial(editing.put_question, module=module, question=question)
    return _change(draft_id, parts.of_question(question.code), None, change, by, now)


@transaction.atomic
def change_question(*, draft_id: int, version: int, question: Question, by: Acting, now: datetime) -> CourseDraft:
    """Change a question of a bank."""

    def change(content: Content) -> Content:
        return editing.put_question(content, editing.module_of_question(content, question.code).slug, question)

    return _change(draft_id, parts.of_question(question.code), version, change, by, now)


@transaction.atomic
def remove_question(*, draft_id: int, version: int, question: str, by: Acting, now: datetime) -> CourseDraft:
    """Take a question out of the bank. Published versions keep it."""
    change = partial(editing.remove_question, code=question)
    return _change(draft_id, parts.of_question(question), version, change, by, now)


@transaction.atomic
def add_picture(
    *, draft_id: int, page: str, upload: Examined, alt: str, caption: str = "", by: Acting, now: datetime
) -> CourseDraft:
    """Put a picture on a page. ``alt`` says what it shows, for those who do not see it."""
    permissions.check_can_write_courses(by)
    alt = _alt(alt)
    draft = lock_draft(draft_id, by)
    number = editing.next_number(editing.page_of(Content.from_plain(draft.content), page))
    stored = files.receive(examined=upload, purpose=PICTURE, by=by, now=now)
    CoursePicture.objects.create(organisation=by.organisation, draft=draft, file=stored, added_at=now)

    def change(content: Content) -> Content:
        picture = Picture(number, stored.reference, alt, caption.strip())
        return editing.change_page(content, editing.put_picture(editing.page_of(content, page), picture))

    return _save(draft, parts.of_picture(page, number), change, by, now)


@transaction.atomic
def change_picture(
    *, draft_id: int, version: int, page: str, number: int, alt: str, caption: str, by: Acting, now: datetime
) -> CourseDraft:
    """Say otherwise what a picture shows, or what stands below it."""

    def change(content: Content) -> Content:
        found = editing.page_of(content, page)
        picture = replace(editing.picture_of(found, number), alt=_alt(alt), caption=caption.strip())
        return editing.change_page(content, editing.put_picture(found, picture))

    return _change(draft_id, parts.of_picture(page, number), version, change, by, now)


@transaction.atomic
def remove_picture(*, draft_id: int, version: int, page: str, number: int, by: Acting, now: datetime) -> CourseDraft:
    """Take a picture off a page. Published versions keep it."""

    def change(content: Content) -> Content:
        return editing.change_page(content, editing.remove_picture(editing.page_of(content, page), number))

    return _change(draft_id, parts.of_picture(page, number), version, change, by, now)


def _change(draft_id: int, part: str, version: int | None, change: Change, by: Acting, now: datetime) -> CourseDraft:
    """Change a draft. ``part`` is what a form wrote, seen in ``version``; none of either for what rewrites nothing."""
    permissions.check_can_write_courses(by)
    draft = lock_draft(draft_id, by)
    if version is not None:
        draft.check_part(part, version)
    return _save(draft, part, change, by, now)


def _save(draft: CourseDraft, part: str, change: Change, by: Acting, now: datetime) -> CourseDraft:
    before = Content.from_plain(draft.content)
    content = change(before)
    draft.title, draft.content, draft.content_hash = content.title, content.as_plain(), content.content_hash
    draft.count_up(by_id=by.membership_id, now=now)
    if part:
        draft.changed_in = draft.changed_in | {part: draft.version}
    draft.save(update_fields=["title", "content", "content_hash", "changed_in", *CourseDraft.SAVED])
    _withdraw_pictures(draft, before.files - content.files, by, now)
    ledger.record("training.course_changed", actor=by, target=draft, at=now, part=part)
    return draft


def _withdraw_pictures(draft: CourseDraft, gone: Collection[str], by: Acting, now: datetime) -> None:
    """Nobody opens a picture again that was taken out before it was ever published."""
    pictures = CoursePicture.objects.visible_to(by).filter(draft=draft, published_at__isnull=True)
    for number in pictures.filter(file__reference__in=gone).values_list("file_id", flat=True) if gone else ():
        files.withdraw(stored_file_id=number, by=by, now=now)


def lock_draft(draft_id: int, by: Acting, *, put_away: bool = False) -> CourseDraft:
    """The draft alone: what is read beside a row that somebody else holds is as it was before they were done.

    Raises RuleBroken for one that was put away, unless that is what is looked for.
    """
    draft = CourseDraft.objects.visible_to(by).select_for_update(no_key=True).get(pk=draft_id)
    if draft.is_put_away and not put_away:
        raise RuleBroken(_("This draft was put away. Take it up again to go on with it."))
    return draft


def _check_page(draft: CourseDraft, page: Page, version: int) -> None:
    draft.check_part(parts.of_page(page.slug), version)
    for picture in page.pictures:
        draft.check_part(parts.of_picture(page.slug, picture.number), version)


def _check_video(page: Page) -> None:
    """A link of another kind never gets as far as a page that shows it."""
    if page.video and page.video.address and (wrong := course_checks.address_reason(page.video.address)):
        raise RuleBroken(f"{capfirst(wrong)}.")


def _title(title: str) -> str:
    if not title.strip():
        raise RuleBroken(_("Enter a title."))
    return title.strip()


def _alt(alt: str) -> str:
    if not alt.strip():
        raise RuleBroken(_("Say what the picture shows."))
    return alt.strip()
