"""What pages show of a course: where the learner stands, and what came of an answer. Touches no database."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.core.marks import mark_in_words
from training.content import Content, Option, Page, Question
from training.models import Reply
from training.progress import Progress


@dataclass(frozen=True)
class Step:
    """A page in the list of pages. ``state`` is done, next or ahead."""

    page: Page
    state: str
    is_here: bool = False

    @property
    def is_open(self) -> bool:
        return self.state != "ahead"


@dataclass(frozen=True)
class Part:
    """A module with its pages."""

    title: str
    steps: list[Step]


def outline(content: Content, progress: Progress | None = None, here: Page | None = None) -> list[Part]:
    """The modules with their pages, marked by what the learner has done. Without a learner all are ahead."""

    def state(page: Page) -> str:
        if progress is None:
            return "ahead"
        if page.slug in progress.done:
            return "done"
        return "next" if progress.next_page == page else "ahead"

    return [
        Part(module.title, [Step(page, state(page), page == here) for page in module.pages])
        for module in content.modules
    ]


@dataclass(frozen=True)
class Judged:
    """A question with what was chosen, and what each option has to say for itself."""

    question: Question
    is_right: bool
    chosen: list[Option]
    others: list[Option]


def judged(questions: Sequence[Question], reply: Reply) -> list[Judged]:
    """What came of an answer, question by question."""
    return [_judged(each, set(reply.chosen.get(each.code, ()))) for each in questions]


def _judged(question: Question, chosen: set[int]) -> Judged:
    options = list(enumerate(question.options))
    return Judged(
        question,
        question.is_right(list(chosen)),
        [option for place, option in options if place in chosen],
        [option for place, option in options if place not in chosen],
    )


def sources(content: Content) -> list[tuple[str, str, str, str]]:
    """Title, address, how far it was checked and what was not, of each thing the course rests on."""
    return [(each.title, each.address, mark_in_words(each.mark), each.note) for each in content.sources]


def beside(content: Content, page: Page) -> tuple[Page | None, Page | None]:
    """The page before and the page after."""
    place = content.places[page.slug]
    before = content.pages[place - 1] if place else None
    after = content.pages[place + 1] if place + 1 < len(content.pages) else None
    return before, after
