"""What an author's page of a course shows: parts with pages and questions, and where each problem is put right."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from training.content import Content, Module, Page, Question
from training.course_checks import Problem
from training.forms.own_pages import KINDS, kind_of
from training.models import CourseDraft


@dataclass(frozen=True)
class Row:
    """A page in its part, with what can be done to it."""

    page: Page
    kind: str | Promise
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class WrittenPart:
    """A part of the course as its author sees it."""

    module: Module
    rows: list[Row]
    questions: Sequence[Question]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class ToDo:
    """A problem with the address of the form in which it is put right. ``where`` names the page or question."""

    where: str
    sentence: str
    url: str


def parts_of(content: Content) -> list[WrittenPart]:
    """The parts in their order. A page can leave its part for one beside it, even for an empty one."""
    return [_part(content, module) for module in content.modules]


def _part(content: Content, module: Module) -> WrittenPart:
    is_first, is_last = module is content.modules[0], module is content.modules[-1]
    rows = [
        Row(
            page,
            KINDS[kind_of(page)],
            is_first and page is module.pages[0],
            is_last and page is module.pages[-1],
        )
        for page in module.pages
    ]
    return WrittenPart(module, rows, module.questions, is_first, is_last)


def with_addresses(draft: CourseDraft, content: Content, problems: Sequence[Problem]) -> list[ToDo]:
    """Where each problem is put right."""
    titles = {page.slug: page.title for page in content.pages}
    questions = {question.code: question.text for module in content.modules for question in module.questions}
    return [
        ToDo(titles.get(each.page) or questions.get(each.question, ""), each.sentence, _address(draft, each))
        for each in problems
    ]


def _address(draft: CourseDraft, problem: Problem) -> str:
    field = "draw" if problem.field == "check" else problem.field
    if problem.page:
        return f"{reverse('training:change_own_page', args=[draft.reference, problem.page])}#id_{field}"
    if problem.question:
        return f"{reverse('training:change_question', args=[draft.reference, problem.question])}#id_{field}"
    if field in {"questions", "final_check", "modules"}:
        return f"{draft.get_absolute_url()}#parts"
    return f"{reverse('training:about_own_course', args=[draft.reference])}#id_{field}"
