"""When the portal raises an alarm. Dated data: a figure is changed by adding a row with the day it counts from."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Threshold:
    """So many events of one person within so many minutes. ``source`` says where the figure comes from."""

    kind: str
    count: int
    minutes: int
    in_force_from: date
    source: str
    verified: bool = False


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold("mass_reading", 100, 10, date(2026, 11, 1), "The portal's own starting figure"),
    Threshold("refusals", 10, 10, date(2026, 11, 1), "The portal's own starting figure"),
)
LOOK_BACK_DAYS = 7


def threshold(kind: str, on: date) -> Threshold:
    """The threshold of this kind that counts on that day."""
    in_force = [each for each in THRESHOLDS if each.kind == kind and each.in_force_from <= on]
    first = [each for each in THRESHOLDS if each.kind == kind]
    return max(in_force or first, key=lambda each: each.in_force_from)
