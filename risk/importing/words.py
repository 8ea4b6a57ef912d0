"""Words and figures of other registers as steps and cells of a matrix. What is not plain is refused, never guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from risk.scoring import Matrix

Value = str | int | float | bool | date | None

EMPTY_SIGNS = frozenset(
    {"", "-", "–", "—", "?", "n/a", "na", "#n/a", "tbc", "tba", "tbd", "to be confirmed", "not scored"}
)
# Common words as one of five steps; a matrix with more or fewer steps is scaled to. "None" is a step of impact.
STEPS: dict[int, tuple[str, ...]] = {
    1: ("very low", "rare", "very unlikely", "highly unlikely", "improbable", "remote", "negligible", "insignificant",
        "trivial", "none", "minimal", "isel iawn"),
    2: ("low", "unlikely", "minor", "isel"),
    3: ("medium", "moderate", "possible", "med", "canolig"),
    4: ("high", "likely", "probable", "major", "serious", "significant", "uchel"),
    5: ("very high", "almost certain", "certain", "very likely", "highly likely", "catastrophic", "critical", "extreme",
        "severe", "uchel iawn"),
}  # fmt: skip
STEP_OF = {word: step for step, words in STEPS.items() for word in words}

LONGEST = 80  # what is longer is no score and no day, and the patterns below need not be tried on it
WHOLE = re.compile(r"\(?(\d{1,3})(?:\.0+)?\)?")
FIGURE_FIRST = re.compile(r"(\d{1,2})\s*[-–—:.)=,]*\s*\(?([a-z][a-z /-]*?)\)?", re.IGNORECASE)
WORD_FIRST = re.compile(r"([a-z][a-z /-]*?)\s*[-–—:=,]*\s*\(?(\d{1,2})\)?", re.IGNORECASE)
OUT_OF = re.compile(r"(\d{1,2})\s*(?:/|of|out of)\s*(\d{1,2})", re.IGNORECASE)
TIMES = re.compile(r"\(?([LP])?\s*(\d{1,2})\)?\s*[x×*]\s*\(?([IS])?\s*(\d{1,2})\)?", re.IGNORECASE)
TIMES_TURNED = re.compile(r"\(?[IS]\s*(\d{1,2})\)?\s*[x×*]\s*\(?[LP]\s*(\d{1,2})\)?", re.IGNORECASE)
NAMED = re.compile(r"[LP][a-z]*\s*[:=]?\s*(\d{1,2})[\s,;/]+[IS][a-z]*\s*[:=]?\s*(\d{1,2})\b", re.IGNORECASE)


class Unfit(Exception):
    """A cell cannot be understood. ``code`` is a key of risk.importing.remarks.SAYS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Scored:
    """What a score's cell says: a pair of likelihood and impact, or only their product."""

    cell: tuple[int, int] | None = None
    product: int | None = None


def plain(value: Value) -> str:
    """A cell as text on one line, without spaces around it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, date):
        return f"{value.day}/{value.month}/{value.year}"
    return " ".join(str(value).split())


def is_empty(value: Value) -> bool:
    return plain(value).casefold() in EMPTY_SIGNS


def step(value: Value, labels: Sequence[str]) -> int | None:
    """Which step of a scale a cell names, from 1; None where it says nothing. Raises Unfit."""
    if is_empty(value):
        return None
    if isinstance(value, date):
        raise Unfit("day_for_a_score")
    text = plain(value)
    if (found := _label(text, labels)) is not None:
        return found
    if len(text) > LONGEST:
        raise Unfit("unknown_step")
    if whole := WHOLE.fullmatch(text):
        return _within(int(whole[1]), labels)
    if (part := OUT_OF.fullmatch(text)) and int(part[2]) == len(labels):
        return _within(int(part[1]), labels)
    if figure := FIGURE_FIRST.fullmatch(text):
        return _within(int(figure[1]), labels)
    if figure := WORD_FIRST.fullmatch(text):
        return _within(int(figure[2]), labels)
    if (word := text.casefold()) in STEP_OF:
        return scaled(STEP_OF[word], len(labels))
    raise Unfit("unknown_step" if not re.search(r"\d", text) else "outside_the_matrix")


def scaled(step_of_five: int, steps: int) -> int:
    """One of five steps on a scale of ``steps``. What falls between two goes away from the middle, so that low stays
    low and high stays high; the middle itself goes up."""
    quarters = (step_of_five - 1) * (steps - 1)  # quarters of the way along, in whole figures
    below, rest = divmod(quarters, 4)
    up = rest > 2 or (rest == 2 and step_of_five >= 3)
    return 1 + below + up


def score(value: Value, matrix: Matrix, *, impact_first: bool = False) -> Scored | None:
    """What a cell with a whole score says; None where it says nothing. Raises Unfit."""
    if is_empty(value):
        return None
    if isinstance(value, date):
        raise Unfit("day_for_a_score")
    text = plain(value)
    if len(text) > LONGEST:
        raise Unfit("score_in_words")
    if turned := TIMES_TURNED.search(text):
        return Scored(_held(int(turned[2]), int(turned[1]), matrix))
    if named := NAMED.search(text):
        return Scored(_held(int(named[1]), int(named[2]), matrix))
    if times := TIMES.search(text):
        first, second = int(times[2]), int(times[4])
        turn = impact_first and not times[1] and not times[3]
        return Scored(_held(second, first, matrix) if turn else _held(first, second, matrix))
    found = WHOLE.fullmatch(text)
    figure = found[1] if found else next((m[at] for r, at in _WITH_A_WORD if (m := r.fullmatch(text))), None)
    if figure is None:
        raise Unfit("score_in_words")
    return Scored(product=_product(int(figure), matrix))


_WITH_A_WORD = ((FIGURE_FIRST, 1), (WORD_FIRST, 2))


def cells_of(product: int, matrix: Matrix) -> list[tuple[int, int]]:
    """The cells of a matrix that have this score."""
    return [
        (likelihood, product // likelihood)
        for likelihood in range(1, len(matrix.likelihood) + 1)
        if product % likelihood == 0 and product // likelihood <= len(matrix.impact)
    ]


def _label(text: str, labels: Sequence[str]) -> int | None:
    wanted = text.casefold()
    return next((at for at, label in enumerate(labels, start=1) if label.casefold() == wanted), None)


def _within(figure: int, labels: Sequence[str]) -> int:
    if not 1 <= figure <= len(labels):
        raise Unfit("outside_the_matrix")
    return figure


def _held(likelihood: int, impact: int, matrix: Matrix) -> tuple[int, int]:
    if not matrix.holds(likelihood, impact):
        raise Unfit("outside_the_matrix")
    return likelihood, impact


def _product(figure: int, matrix: Matrix) -> int:
    if not cells_of(figure, matrix):
        raise Unfit("outside_the_matrix")
    return figure
