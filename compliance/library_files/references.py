"""Codes that records name: collected while the files are read, checked when all of them are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundation.core.yaml_files import Problems


@dataclass
class References:
    """The names read so far, and every place that points at a row or instrument read later."""

    every_row_known: bool = True  # false once a framework file could not be read: its rows are then not missing
    themes: set[str] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    scales: set[str] = field(default_factory=set)
    instruments: set[str] = field(default_factory=set)
    replaced: list[tuple[str, int, str]] = field(default_factory=list)
    named: list[tuple[str, int, str]] = field(default_factory=list)
    related: list[tuple[str, int, str, str]] = field(default_factory=list)
    links: dict[str, list[tuple[str, int, str, str]]] = field(default_factory=dict)

    def check(self, rows: set[str], problems: Problems) -> None:
        """Note every code that does not exist, every row that points at itself and every circle."""
        for file, line, code in self.replaced:
            if code not in self.instruments:
                problems.add(file, line, f"unknown instrument {code!r}")
        if not self.every_row_known:
            return
        for file, line, code in self.named:
            if code not in rows:
                problems.add(file, line, f"there is no requirement {code!r}")
        for file, line, origin, code in self.related:
            self._check_pair(file, line, origin, code, rows, problems)
        for key, links in self.links.items():
            for file, line, origin, code in links:
                self._check_pair(file, line, origin, code, rows, problems)
            self._check_circles(key, links, problems)

    @staticmethod
    def _check_pair(file: str, line: int, origin: str, code: str, rows: set[str], problems: Problems) -> None:
        if code not in rows:
            problems.add(file, line, f"there is no requirement {code!r}")
        elif code == origin:
            problems.add(file, line, f"{origin!r} points at itself")

    @staticmethod
    def _check_circles(key: str, links: list[tuple[str, int, str, str]], problems: Problems) -> None:
        """A link is part of a circle if its start can be reached from its end."""
        targets: dict[str, set[str]] = {}
        for _, _, origin, code in links:
            targets.setdefault(origin, set()).add(code)
        for file, line, origin, code in links:
            if origin != code and origin in _reachable(code, targets):
                problems.add(file, line, f"{key} runs in a circle: {origin!r} leads back to itself through {code!r}")


def _reachable(start: str, targets: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        code = waiting.pop()
        for following in targets.get(code, ()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found
