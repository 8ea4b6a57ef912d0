"""Changes to what a course says, as its authors make them. Each gives a new course; touches no database.

Parts, pages, questions and pictures are found by their names. One that is gone raises RuleBroken: somebody else removed
it meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext as _

from foundation.core.exceptions import RuleBroken
from foundation.core.models import new_reference
from training.content import Content, Module, Page, Picture, Question

UP, DOWN = "up", "down"
MOST_PARTS, MOST_PAGES, MOST_QUESTIONS, MOST_PICTURES = 30, 200, 500, 20  # of a course; pictures of a page
T = TypeVar("T")


def new_name() -> str:
    """A lasting name for a part, page or question of an author's course."""
    return new_reference().lower()


def own(content: Content, title: str) -> Content:
    """A course of the portal as the start of one's own: for everybody, without versions by sector."""
    modules = tuple(
        replace(module, slug=new_name(), pages=tuple(map(tidy, module.pages)))
        for module in content.for_sector("").modules
    )
    return replace(content, title=title, modules=modules, sectors=(), before=(), reviewed_on=None, review_due_on=None)


def tidy(page: Page) -> Page:
    """A page of a file as a form would send it: so that saving it without a change changes nothing."""
    video = replace(page.video, transcript=page.video.transcript.strip()) if page.video else None
    return replace(page, body=page.body.strip(), video=video)


# ---- Finding
def module_of(content: Content, slug: str) -> Module:
    return _found(module for module in content.modules if module.slug == slug)


def page_of(content: Content, slug: str) -> Page:
    return _found(page for page in content.pages if page.slug == slug)


def question_of(content: Content, code: str) -> Question:
    return _found(each for module in content.modules for each in module.questions if each.code == code)


def picture_of(page: Page, number: int) -> Picture:
    return _found(each for each in page.pictures if each.number == number)


def _found(matching: Iterable[T]) -> T:
    for each in matching:
        return each
    raise RuleBroken(_("This is no longer in the course. Somebody removed it meanwhile."))


# ---- Parts
def put_module(content: Content, slug: str, title: str) -> Content:
    """Give a part this title, or add one at the end."""
    if any(module.slug == slug for module in content.modules):
        return _with_module(content, slug, lambda module: replace(module, title=title))
    _check_room(len(content.modules), MOST_PARTS, _("A course has at most %(most)s parts."))
    return replace(content, modules=(*content.modules, Module(title, (), slug=slug)))


def move_module(content: Content, slug: str, way: str) -> Content:
    module = module_of(content, slug)
    return replace(content, modules=_moved(content.modules, module, way))


def remove_module(content: Content, slug: str) -> Content:
    """Take a part out, with its pages and its questions."""
    gone = module_of(content, slug)
    return replace(content, modules=tuple(module for module in content.modules if module is not gone))


# ---- Pages
def put_page(content: Content, module: str, page: Page) -> Content:
    """Put a page in the place of the one of its name, or at the end of the part."""

    def put(found: Module) -> Module:
        if any(each.slug == page.slug for each in found.pages):
            return replace(found, pages=tuple(page if each.slug == page.slug else each for each in found.pages))
        _check_room(len(content.pages), MOST_PAGES, _("A course has at most %(most)s pages."))
        return replace(found, pages=(*found.pages, page))

    return _with_module(content, module, put)


def change_page(content: Content, page: Page) -> Content:
    return put_page(content, content.module_of(page_of(content, page.slug).slug).slug, page)


def move_page(content: Content, slug: str, way: str) -> Content:
    """One place up or down; from the end of a part into the next one."""
    page = page_of(content, slug)
    module = content.module_of(slug)
    at_end = module.pages[0] if way == UP else module.pages[-1]
    if page is not at_end:
        return _with_module(content, module.slug, lambda found: replace(found, pages=_moved(found.pages, page, way)))
    place = content.modules.index(module) + (-1 if way == UP else 1)
    if not 0 <= place < len(content.modules):
        return content
    beside = content.modules[place].slug
    content = remove_page(content, slug)
    return _with_module(
        content,
        beside,
        lambda found: replace(found, pages=(*found.pages, page) if way == UP else (page, *found.pages)),
    )


def remove_page(content: Content, slug: str) -> Content:
    gone = page_of(content, slug)
    return _with_module(
        content,
        content.module_of(slug).slug,
        lambda module: replace(module, pages=tuple(each for each in module.pages if each is not gone)),
    )


# ---- Questions of a bank
def put_question(content: Content, module: str, question: Question) -> Content:
    """Put a question in the place of the one of its name, or at the end of the part's bank."""

    def put(found: Module) -> Module:
        if any(each.code == question.code for each in found.questions):
            return replace(
                found, questions=tuple(question if each.code == question.code else each for each in found.questions)
            )
        held = sum(len(each.questions) for each in content.modules)
        _check_room(held, MOST_QUESTIONS, _("A course has at most %(most)s questions."))
        return replace(found, questions=(*found.questions, question))

    return _with_module(content, module, put)


def module_of_question(content: Content, code: str) -> Module:
    return _found(module for module in content.modules if any(each.code == code for each in module.questions))


def remove_question(content: Content, code: str) -> Content:
    module = module_of_question(content, code)
    return _with_module(
        content,
        module.slug,
        lambda found: replace(found, questions=tuple(each for each in found.questions if each.code != code)),
    )


# ---- Pictures
def put_picture(page: Page, picture: Picture) -> Page:
    """Put a picture in the place of the one of its number, or after the others."""
    others = [each for each in page.pictures if each.number != picture.number]
    _check_room(len(others), MOST_PICTURES, _("A page has at most %(most)s pictures."))
    return replace(page, pictures=tuple(sorted([*others, picture], key=lambda each: each.number)))


def next_number(page: Page) -> int:
    return max((each.number for each in page.pictures), default=0) + 1


def remove_picture(page: Page, number: int) -> Page:
    gone = picture_of(page, number)
    return replace(page, pictures=tuple(each for each in page.pictures if each is not gone))


def _check_room(held: int, most: int, sentence: str) -> None:
    if held >= most:
        raise RuleBroken(sentence % {"most": most})


def _with_module(content: Content, slug: str, change: Callable[[Module], Module]) -> Content:
    wanted = module_of(content, slug)
    return replace(content, modules=tuple(change(module) if module is wanted else module for module in content.modules))


def _moved(rows: tuple[T, ...], row: T, way: str) -> tuple[T, ...]:
    """The rows with this one a place up or down; at the end it stays."""
    place = next(at for at, each in enumerate(rows) if each is row)
    target = place + (-1 if way == UP else 1)
    if not 0 <= target < len(rows):
        return rows
    turned = list(rows)
    turned[place], turned[target] = turned[target], turned[place]
    return tuple(turned)
