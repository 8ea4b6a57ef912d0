"""Likelihood times impact, on a matrix that an organisation chose. Touches no database.

A score orders risks of an organisation or an area. It is never computed from anybody's characteristics.
"""

from dataclasses import dataclass
from typing import Any, Self

SMALLEST, LARGEST = 3, 6


@dataclass(frozen=True)
class Band:
    """Scores up to and including ``up_to`` look and read like this. ``colour`` is one of Frontend's tag colours."""

    up_to: int
    label: str
    colour: str


@dataclass(frozen=True)
class Matrix:
    """The labels of likelihood and impact, lowest first, and the bands, lowest first."""

    likelihood: tuple[str, ...]
    impact: tuple[str, ...]
    bands: tuple[Band, ...]

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """From what ``as_plain`` gave."""
        return cls(tuple(plain["likelihood"]), tuple(plain["impact"]), tuple(Band(**band) for band in plain["bands"]))

    def as_plain(self) -> dict[str, Any]:
        """As it is kept beside an assessment, so that old scores are read on the matrix they were given on."""
        return {
            "likelihood": list(self.likelihood),
            "impact": list(self.impact),
            "bands": [{"up_to": band.up_to, "label": band.label, "colour": band.colour} for band in self.bands],
        }

    @property
    def highest(self) -> int:
        return len(self.likelihood) * len(self.impact)

    def holds(self, likelihood: int, impact: int) -> bool:
        """Whether the matrix has this cell."""
        return 1 <= likelihood <= len(self.likelihood) and 1 <= impact <= len(self.impact)

    def band(self, score: int) -> Band:
        """The band of a score. A score beyond the last band belongs to the last."""
        return next((band for band in self.bands if score <= band.up_to), self.bands[-1])


def problems_of(matrix: Matrix) -> list[str]:
    """Why this cannot be a matrix: stable codes, worst first; none if it can."""
    found = []
    for name, labels in (("likelihood", matrix.likelihood), ("impact", matrix.impact)):
        if not SMALLEST <= len(labels) <= LARGEST:
            found.append(f"{name}_size")
        if any(not label.strip() for label in labels) or len({label.casefold() for label in labels}) != len(labels):
            found.append(f"{name}_labels")
    limits = [band.up_to for band in matrix.bands]
    if not limits or limits != sorted(set(limits)) or limits[0] < 1 or limits[-1] != matrix.highest:
        found.append("bands")
    return found
