from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """Two things measured in the same run, each the median of several. Passes when ours / yardstick <= bar."""

    name: str
    ours: float
    yardstick: float
    bar: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.ours / self.yardstick

    @property
    def passes(self) -> bool:
        return self.ratio <= self.bar
