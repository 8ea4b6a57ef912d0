from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """Two things measured in the same run, each the median of several. Passes when ours / yardstick <= bar.

    With ``more_is_better``, as for requests a second, it passes when ours / yardstick >= bar.
    """

    name: str
    ours: float
    yardstick: float
    bar: float
    unit: str = "s"
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.yardstick

    @property
    def passes(self) -> bool:
        return self.ratio >= self.bar if self.more_is_better else self.ratio <= self.bar
