"""Reads the data file of threat levels. Reads nothing else and writes nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from risk.models.threat import Level, Mark, Scope

FILE = "threat_levels.yaml"
LEVEL_KEYS = frozenset(
    {"from", "level", "announced_on", "scope", "mark", "mark_note", "verified", "note", "source", "address"}
)
WORDING_KEYS = frozenset({"level", "meaning", "in_force_from", "in_force_to", "mark", "source", "address", "note"})
LONGEST = {"note": 300, "mark_note": 300, "source": 200, "address": 500, "meaning": 200}
LONGEST_NOTE = 500


class ThreatFileError(Exception):
    """The file cannot be used. ``problems`` lists each as ``file:line: reason``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class LevelEntry:
    """One row of the history."""

    level: str
    scope: str
    effective_from: date
    announced_on: date | None
    note: str
    source: str
    source_address: str
    mark: str
    mark_note: str
    verified: bool


@dataclass(frozen=True)
class WordingEntry:
    """What a level means from a date to a date."""

    level: str
    meaning: str
    in_force_from: date | None
    in_force_to: date | None
    source: str
    source_address: str
    mark: str
    note: str


@dataclass(frozen=True)
class ThreatFile:
    """The whole file."""

    levels: tuple[LevelEntry, ...]
    wordings: tuple[WordingEntry, ...]


def read(path: Path) -> ThreatFile:
    """Read and check the file. Raises ThreatFileError naming all that is wrong with it, by line."""
    problems: list[str] = []
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ThreatFileError([f"{path.name}:1: cannot be read: {type(error).__name__}"]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ThreatFileError([f"{path.name}:{line}: {getattr(error, 'problem', None) or 'not YAML'}"]) from error
    lists = _lists(node, path.name, problems)
    levels = [_level(row) for row in lists.get("levels", ()) if row.has(LEVEL_KEYS)]
    wordings = [_wording(row) for row in lists.get("wordings", ()) if row.has(WORDING_KEYS)]
    _once(lists.get("levels", ()), ("scope", "from"), problems)
    _once(lists.get("wordings", ()), ("level", "in_force_from"), problems)
    if problems:
        raise ThreatFileError(sorted(set(problems), key=_line_of))
    ordered = sorted((row for row in levels if row), key=lambda row: (row.scope, row.effective_from))
    return ThreatFile(tuple(ordered), tuple(row for row in wordings if row))


class _Row:
    """One entry of a list of the file, with the line on which each of its keys stands."""

    def __init__(self, node: Any, file: str, problems: list[str]) -> None:
        self.file, self.line, self._problems = file, node.start_mark.line + 1, problems
        self.values: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        if not isinstance(node, yaml.MappingNode):
            self.report("a row is a set of keys and values")
            return
        for key, value in node.value:
            self.lines[str(key.value)] = key.start_mark.line + 1
            self.values[str(key.value)] = self._plain(value)

    def report(self, reason: str, key: str = "") -> None:
        self._problems.append(f"{self.file}:{self.lines.get(key, self.line)}: {reason}")

    def has(self, keys: frozenset[str]) -> bool:
        """Whether it has exactly these keys; otherwise that is reported."""
        for missing in sorted(keys - self.values.keys()):
            self.report(f"{missing} is missing")
        for unknown in sorted(self.values.keys() - keys):
            self.report(f"{unknown} is not a key of this list", unknown)
        return self.values.keys() == keys

    def choice(self, key: str, choices: list[str]) -> str:
        if self.values[key] not in choices:
            self.report(f"{key} must be one of {', '.join(choices)}", key)
            return choices[0]
        return self.values[key]

    def text(self, key: str, *, longest: int, required: bool = False) -> str:
        value = self.values[key]
        if not isinstance(value, str) or len(value) > longest or (required and not value.strip()):
            self.report(f"{key} must be a text of {'1' if required else '0'} to {longest} characters", key)
            return ""
        return value.strip()

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self.values[key]
        if value is None and not required:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.report(f"{key} must be a date like 2026-04-30", key)
            return None
        return value

    def flag(self, key: str) -> bool:
        if not isinstance(self.values[key], bool):
            self.report(f"{key} must be true or false", key)
        return self.values[key] is True

    def _plain(self, node: Any) -> Any:
        try:
            return yaml.SafeLoader("").construct_object(node, deep=True)
        except (ValueError, yaml.YAMLError):
            self.report("the value cannot be read")
            return None


def _lists(node: Any, file: str, problems: list[str]) -> dict[str, list[_Row]]:
    if not isinstance(node, yaml.MappingNode):
        raise ThreatFileError([f"{file}:1: the file has two lists: wordings and levels"])
    found: dict[str, list[_Row]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value not in {"levels", "wordings"} or key.value in found:
            problems.append(f"{file}:{line}: {key.value} is not a list of this file, or stands in it twice")
        elif not isinstance(value, yaml.SequenceNode) or not value.value:
            problems.append(f"{file}:{line}: {key.value} must be a list of at least one row")
        else:
            found[key.value] = [_Row(each, file, problems) for each in value.value]
    problems += [f"{file}:1: {name} is missing" for name in ("levels", "wordings") if name not in found]
    return found


def _level(row: _Row) -> LevelEntry | None:
    begins, announced = row.day("from", required=True), row.day("announced_on")
    mark, verified = row.choice("mark", Mark.values), row.flag("verified")
    if verified and mark != Mark.SEEN:
        row.report("verified: true is allowed only with mark: S", "verified")
    if begins is None:
        return None
    return LevelEntry(
        level=row.choice("level", Level.values),
        scope=row.choice("scope", Scope.values),
        effective_from=begins,
        announced_on=announced,
        note=row.text("note", longest=LONGEST_NOTE),
        source=row.text("source", longest=LONGEST["source"], required=True),
        source_address=_address(row),
        mark=mark,
        mark_note=row.text("mark_note", longest=LONGEST["mark_note"]),
        verified=verified,
    )


def _wording(row: _Row) -> WordingEntry | None:
    begins, ends = row.day("in_force_from"), row.day("in_force_to")
    if begins and ends and ends < begins:
        row.report("it ends before it begins", "in_force_to")
    return WordingEntry(
        level=row.choice("level", Level.values),
        meaning=row.text("meaning", longest=LONGEST["meaning"], required=True),
        in_force_from=begins,
        in_force_to=ends,
        source=row.text("source", longest=LONGEST["source"], required=True),
        source_address=_address(row),
        mark=row.choice("mark", Mark.values),
        note=row.text("note", longest=LONGEST["note"]),
    )


def _address(row: _Row) -> str:
    address = row.text("address", longest=LONGEST["address"])
    if address and not address.startswith(("https://", "http://")):
        row.report("address must begin with https:// or http://, or be empty", "address")
    return address


def _once(rows: Any, keys: tuple[str, str], problems: list[str]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        name = tuple(str(row.values.get(key)) for key in keys)
        if name in seen:
            problems.append(f"{row.file}:{row.line}: {' and '.join(keys)} stand here for the second time")
        seen.add(name)


def _line_of(problem: str) -> int:
    return int(problem.split(":", 2)[1])
