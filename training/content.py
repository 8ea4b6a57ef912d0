"""What a course says: modules of pages, scenarios and checks. Plain values; touches no database.

A version of a course keeps this as JSON (``as_plain``) and never changes it, so a learner who began on one finishes on
it. A module is of a ``kind``: ``pages`` is the only one so far, and the place where packages from elsewhere would join.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

PAGES = "pages"
FROM_COURSE = "course"
LONGEST_WAIT = 600  # seconds that a page may take at least
PLACE = re.compile(r"^\[picture (\d{1,4})\][ \t]*$", re.MULTILINE)  # the line of a text on which a picture stands
_EMPTY: tuple[Any, ...] = (None, "", 0, [], {})


@dataclass(frozen=True)
class Option:
    """An answer to choose. ``why`` tells whoever chose it why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """Something to answer by choosing. ``several``: all right options are to be chosen, not one."""

    code: str
    text: str
    options: tuple[Option, ...]
    several: bool = False
    sectors: tuple[str, ...] = ()

    @cached_property
    def right(self) -> frozenset[int]:
        """The positions of the right options."""
        return frozenset(place for place, option in enumerate(self.options) if option.right)

    def is_right(self, chosen: Sequence[int]) -> bool:
        return frozenset(chosen) == self.right


@dataclass(frozen=True)
class Check:
    """A knowledge check. It draws ``draw`` questions from its module, or from every module of the course."""

    draw: int
    from_course: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture on a page, by the reference of its stored file. The text says ``[picture 2]`` where it stands."""

    number: int
    file: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Video:
    """A video elsewhere: a link, never a part of the page, and all that is said in it."""

    address: str
    transcript: str
    caption: str = ""


@dataclass(frozen=True)
class Page:
    """One page: to read (``body``), a video, a scenario (``body`` and one ``question``) or a check.

    ``sectors``: only in these versions of the course; none for all. ``least_seconds``: how long it takes at least.
    """

    slug: str
    title: str
    body: str = ""
    question: Question | None = None
    check: Check | None = None
    sectors: tuple[str, ...] = ()
    least_seconds: int = 0
    video: Video | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def kind(self) -> str:
        if self.check:
            return "check"
        if self.question:
            return "scenario"
        return "video" if self.video else "text"

    @property
    def files(self) -> frozenset[str]:
        """The references of the stored files that its pictures are."""
        return frozenset(picture.file for picture in self.pictures)

    @property
    def asks(self) -> bool:
        """Whether the page has something to answer."""
        return self.kind in {"check", "scenario"}


@dataclass(frozen=True)
class Module:
    """Pages under one heading, and the bank of questions its check draws from.

    ``slug`` is what its author's pages call it; courses from files have none.
    """

    title: str
    pages: tuple[Page, ...]
    questions: tuple[Question, ...] = ()
    kind: str = PAGES
    slug: str = ""


@dataclass(frozen=True)
class Source:
    """What a course rests on. ``mark`` says how far it was checked (S, S2, NV or INF)."""

    title: str
    mark: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class Content:
    """A whole course. ``sectors`` are the versions that exist; ``pass_mark`` is a percentage."""

    title: str
    summary: str
    for_whom: str
    level: str
    minutes: int
    pass_mark: int
    modules: tuple[Module, ...]
    sectors: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    reviewed_on: date | None = None
    review_due_on: date | None = None

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """All pages in the order in which they are read."""
        return tuple(page for module in self.modules for page in module.pages)

    @cached_property
    def files(self) -> frozenset[str]:
        """The references of the stored files that its pictures are."""
        return frozenset(file for page in self.pages for file in page.files)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each page stands, counted from nought, by its slug."""
        return {page.slug: place for place, page in enumerate(self.pages)}

    @cached_property
    def final_check(self) -> Page | None:
        """The check that decides: the last one that draws from the whole course."""
        return next((page for page in reversed(self.pages) if page.check and page.check.from_course), None)

    def module_of(self, slug: str) -> Module:
        return next(module for module in self.modules if any(page.slug == slug for page in module.pages))

    def bank(self, page: Page) -> tuple[Question, ...]:
        """The questions that a check may draw."""
        assert page.check is not None
        modules = self.modules if page.check.from_course else (self.module_of(page.slug),)
        return tuple(question for module in modules for question in module.questions)

    def drawn(self, page: Page, seed: str) -> tuple[Question, ...]:
        """The questions of one try at a check. The same ``seed`` draws the same questions in the same order."""
        assert page.check is not None
        bank = self.bank(page)
        return tuple(random.Random(seed).sample(bank, min(page.check.draw, len(bank))))  # noqa: S311 -- no secret

    def passed(self, right: int, total: int) -> bool:
        """Whether so many right answers of so many reach the pass mark."""
        return 100 * right >= self.pass_mark * total

    def for_sector(self, sector: str) -> "Content":
        """The course as people of this sector read it. An empty ``sector`` leaves out what is for one sector only."""
        return replace(self, modules=tuple(_of_sector(self.modules, sector)))

    def as_plain(self) -> dict[str, Any]:
        """For JSON; ``from_plain`` reads it back."""
        plain = asdict(self)
        for name in ("reviewed_on", "review_due_on"):
            plain[name] = plain[name].isoformat() if plain[name] else None
        return plain

    @cached_property
    def content_hash(self) -> str:
        """A SHA-256 of all that the course says; the same words give the same hash on every machine.

        What is empty is left out: a field that is added here later does not make every course look changed.
        """
        text = json.dumps(_without_empty(self.as_plain()), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Content":
        """Raises KeyError or TypeError for what ``as_plain`` did not write."""
        days = {name: _day(plain[name]) for name in ("reviewed_on", "review_due_on")}
        tuples = {name: tuple(plain[name]) for name in ("sectors", "before")}
        modules = tuple(
            Module(
                each["title"],
                tuple(_page(page) for page in each["pages"]),
                tuple(_question(question) for question in each["questions"]),
                each["kind"],
                each.get("slug", ""),
            )
            for each in plain["modules"]
        )
        sources = tuple(Source(**source) for source in plain["sources"])
        return cls(**{**plain, **days, **tuples, "modules": modules, "sources": sources})


def _without_empty(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: kept for key, value in plain.items() if (kept := _without_empty(value)) not in _EMPTY}
    return [_without_empty(each) for each in plain] if isinstance(plain, list | tuple) else plain


def _of_sector(modules: Sequence[Module], sector: str) -> Iterator[Module]:
    for module in modules:
        pages = tuple(page for page in module.pages if _fits(page.sectors, sector))
        if pages:
            questions = tuple(each for each in module.questions if _fits(each.sectors, sector))
            yield replace(module, pages=pages, questions=questions)


def _fits(sectors: tuple[str, ...], sector: str) -> bool:
    return not sectors or sector in sectors


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _question(plain: Mapping[str, Any]) -> Question:
    options = tuple(Option(**option) for option in plain["options"])
    return Question(**{**plain, "options": options, "sectors": tuple(plain["sectors"])})


def _page(plain: Mapping[str, Any]) -> Page:
    question, check, video = plain["question"], plain["check"], plain.get("video")
    return Page(
        **{
            **plain,
            "question": _question(question) if question else None,
            "check": Check(**check) if check else None,
            "sectors": tuple(plain["sectors"]),
            "video": Video(**video) if video else None,
            "pictures": tuple(Picture(**each) for each in plain.get("pictures", ())),
        }
    )
