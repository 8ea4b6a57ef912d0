"""Figures as templates read them."""

from dataclasses import dataclass

from training.figures import Figure
from training.workflow import Standing


@dataclass(frozen=True)
class Counted:
    """A figure as templates read it: they would take the name of a property of ``Figure`` for a standing."""

    figure: Figure

    @property
    def in_date(self) -> int:
        return self.figure.in_date

    @property
    def counted(self) -> int:
        return self.figure.counted

    @property
    def asked(self) -> int:
        return self.figure.asked

    @property
    def apart(self) -> int:
        return self.figure.asked - self.figure.counted

    @property
    def percent(self) -> int | None:
        return self.figure.percent

    @property
    def overdue(self) -> int:
        return self.figure[Standing.OVERDUE]
