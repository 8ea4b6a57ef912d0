"""What pages show of a course: where the learner stands, and what came of an answer. Touches no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foundation.core.marks import mark_in_words
from training.content import PLACE, Content, Option, Page, Picture, Question
from training.models import Reply
from training.progress import Progress

Address = Callable[[Page], str]


@dataclass(frozen=True)
class Step:
    """A page in the list of pages. ``state`` is done, next or ahead."""

    page: Page
    state: str
    is_here: bool = False
    url: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Part:
    """A module with its pages."""

    title: str
    steps: list[Step]


def outline(
    content: Content,
    progress: Progress | None = None,
    here: Page | None = None,
    address: Address | None = None,
    *,
    all_open: bool = False,
) -> list[Part]:
    """The modules with their pages, marked by what the learner has done. Without a learner all are ahead.

    ``all_open``: those ahead may be opened too.
    """

    def state(page: Page) -> str:
        if progress is None:
            return "ahead"
        if page.slug in progress.done:
            return "done"
        return "next" if progress.next_page == page else "ahead"

    def step(page: Page) -> Step:
        url = address(page) if address else ""
        return Step(page, state(page), page == here, url, all_open or state(page) != "ahead")

    return [Part(module.title, [step(page) for page in module.pages]) for module in content.modules]


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


@dataclass(frozen=True)
class Piece:
    """A piece of a page: text, or a picture."""

    text: str = ""
    picture: Picture | None = None


def pieces(page: Page) -> list[Piece]:
    """The text of a page with its pictures where it names them; those it does not name stand at the end."""
    left = {picture.number: picture for picture in page.pictures}
    found, start = [], 0
    for match in PLACE.finditer(page.body):
        if picture := left.pop(int(match[1]), None):
            found += [Piece(page.body[start : match.start()]), Piece(picture=picture)]
            start = match.end()
    found += [Piece(page.body[start:]), *(Piece(picture=picture) for picture in left.values())]
    return [piece for piece in found if piece.picture or piece.text.strip()]


def around(progress: Progress, page: Page, address: Address) -> dict[str, object]:
    """What stands around a page of a course. ``address`` leads to other pages of it."""
    content = progress.content
    before, after = beside(content, page)
    return {
        "content": content,
        "page": page,
        "pieces": pieces(page),
        "module": content.module_of(page.slug),
        "place": content.places[page.slug] + 1,
        "total": len(content.pages),
        "percent": progress.percent,
        "parts": outline(content, progress, page, address),
        "before": before,
        "before_url": address(before) if before else "",
        "after": after,
        "after_url": address(after) if after else "",
        "is_behind": page.slug in progress.done,
        "is_final": page == content.final_check,
    }
