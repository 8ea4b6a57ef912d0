"""Where a learner stands in a course: which pages are behind them and which comes next. Touches no database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from foundation.core.exceptions import RuleBroken
from training.content import Content, Page, Question
from training.models import Attempt, Reply


@dataclass(frozen=True)
class Progress:
    """An attempt with what was done in it. ``replies`` of a page stand in the order of their tries."""

    attempt: Attempt
    content: Content
    done: Collection[str]
    replies: Mapping[str, Sequence[Reply]]

    @cached_property
    def next_page(self) -> Page | None:
        """The first page that is not behind the learner; None when all are."""
        return next((page for page in self.content.pages if page.slug not in self.done), None)

    @cached_property
    def percent(self) -> int:
        """How much of the pages is behind the learner."""
        pages = self.content.pages
        return round(100 * sum(page.slug in self.done for page in pages) / len(pages))

    def is_open(self, page: Page) -> bool:
        """Whether the learner has come as far as this page: all before it are behind them."""
        return self.next_page is None or self.content.places[page.slug] <= self.content.places[self.next_page.slug]

    def last_reply(self, page: Page) -> Reply | None:
        replies = self.replies.get(page.slug, ())
        return replies[-1] if replies else None

    def next_try(self, page: Page) -> int:
        """The number of the try that comes next at a check."""
        last = self.last_reply(page)
        return last.number + 1 if last else 1

    def questions(self, page: Page, number: int) -> tuple[Question, ...]:
        """What a page asks in one try. A check draws anew each time, and the same on every device."""
        if page.question is not None:
            return (page.question,)
        return self.content.drawn(page, f"{self.attempt.reference}/{page.slug}/{number}")

    def has_answered(self, page: Page) -> bool:
        """Whether nothing on the page keeps the learner there: it asks nothing, or what it asks was answered.

        The check that decides is answered when it is passed; any other as soon as somebody tried.
        """
        if not page.asks:
            return True
        replies = self.replies.get(page.slug, ())
        return any(reply.passed for reply in replies) if page == self.content.final_check else bool(replies)


def page_of(content: Content, slug: str) -> Page | None:
    """The page of that name, if the course has it."""
    place = content.places.get(slug)
    return content.pages[place] if place is not None else None


def check_is_open(progress: Progress, page: Page) -> None:
    """Raise RuleBroken for a page that is still ahead."""
    if not progress.is_open(page):
        raise RuleBroken(_("Go through the pages before this one first."))
