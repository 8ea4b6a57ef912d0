"""A designed document cut into parts, since the engine takes time and memory by the row of a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

ROWS_IN_A_PART = 750  # table rows: what one child draws in a few seconds


@dataclass(frozen=True)
class Part:
    """One part of a document: a template that extends ``documents/base.html``, and what it shows.

    In a part after the first there is neither cover nor summary. It begins with a heading of its own.
    """

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """A chapter, or as much of one as a part holds. ``table`` is the template that shows its rows."""

    title: str
    table: str
    rows: Sequence[Any]
    introduction: str
    weight: int


def one_row(_row: Any) -> int:
    """The weight of what is one row of a table."""
    return 1


@dataclass(frozen=True)
class Chapter:
    """A chapter that may be long. ``weigh`` says how many rows of a table one of its rows costs as much as.

    ``introduction`` stands before the rows, or instead of them.
    """

    title: str
    table: str
    rows: Sequence[Any]
    introduction: str = ""
    weigh: Callable[[Any], int] = one_row

    @property
    def weight(self) -> int:
        return sum(map(self.weigh, self.rows))

    def pieces(self) -> Iterator[Piece]:
        """The chapter in pieces that each fit a part; in one that is empty where there is no row."""
        first, weight = 0, 0
        for number, row in enumerate(self.rows):
            more = self.weigh(row)
            if weight and weight + more > ROWS_IN_A_PART:
                yield self._piece(first, number, weight)
                first, weight = number, 0
            weight += more
        yield self._piece(first, len(self.rows), weight)

    def _piece(self, first: int, end: int, weight: int) -> Piece:
        introduction = "" if first else self.introduction
        return Piece(self._title(first + 1, end), self.table, self.rows[first:end], introduction, weight)

    def _title(self, first: int, last: int) -> str:
        total = len(self.rows)
        if last - first + 1 >= total:
            return self.title
        return _("%(title)s: %(first)s to %(last)s of %(total)s") % {
            "title": self.title,
            "first": f"{first:,}",
            "last": f"{last:,}",
            "total": f"{total:,}",
        }


def in_parts_of(template: str, context: Mapping[str, Any], chapters: Iterable[Chapter]) -> Iterator[Part]:
    """Chapters one after another, as many to a part as it holds. ``template`` shows a part's ``pieces``."""
    pieces: list[Piece] = []
    used = 0
    for piece in (piece for chapter in chapters for piece in chapter.pieces()):
        if used and used + piece.weight > ROWS_IN_A_PART:
            yield Part(template, {**context, "pieces": pieces})
            pieces, used = [], 0
        pieces.append(piece)
        used += piece.weight
    if pieces:
        yield Part(template, {**context, "pieces": pieces})
