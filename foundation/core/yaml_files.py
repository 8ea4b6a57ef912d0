"""Typed reading of YAML nodes that remembers where each value stands, so that every problem names its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

Choice = TypeVar("Choice", bound=StrEnum)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_KINDS = {"str": "text", "int": "a number", "float": "a number", "bool": "true or false", "null": "nothing"}


class Problems:
    """Collects every problem as `file:line: reason` instead of stopping at the first."""

    def __init__(self) -> None:
        self._found: list[tuple[str, int, str]] = []

    def add(self, file: str, line: int, reason: str) -> None:
        self._found.append((file, line, reason))

    def lines(self) -> list[str]:
        return [f"{file}:{line}: {reason}" for file, line, reason in sorted(set(self._found))]


class Entry:
    """One mapping of a file. A wrong value is reported and a harmless one returned, so reading goes on."""

    def __init__(self, node: yaml.Node, file: str, problems: Problems, required: str, optional: str = "") -> None:
        self.file, self.problems, self.line = file, problems, _line(node)
        self._nodes: dict[str, yaml.Node] = {}
        self.is_mapping = isinstance(node, yaml.MappingNode)
        if not isinstance(node, yaml.MappingNode):
            self.report("these must be keys with their values")
            return
        allowed = {*required.split(), *optional.split()}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key not in allowed:
                self.report(f"unknown key {key!r}", key_node)
            elif key in self._nodes:
                self.report(f"the key {key!r} stands here twice", key_node)
            else:
                self._nodes[key] = value_node
        for key in required.split():
            if key not in self._nodes:
                self.report(f"the key {key!r} is missing")

    def report(self, reason: str, at: yaml.Node | str | None = None) -> None:
        """Note a problem at a node, at a key's value, or at the start of this entry."""
        node = self._nodes.get(at) if isinstance(at, str) else at
        self.problems.add(self.file, _line(node) if node is not None else self.line, reason)

    def has(self, key: str) -> bool:
        return key in self._nodes and not _is_null(self._nodes[key])

    def must(self, key: str) -> None:
        """Note a problem where the key stands with nothing after it. One that is missing is noted already."""
        if key in self._nodes and not self.has(key):
            self.report(f"{key!r} is empty", key)

    def text(self, key: str) -> str:
        """Required text. Empty text is a problem."""
        node = self._nodes.get(key)
        if node is None:
            return ""
        value = self._scalar(node, key, "str")
        if value is not None and not value.strip():
            self.report(f"{key!r} is empty", node)
        return (value or "").strip()

    def optional_text(self, key: str) -> str:
        """Text, or the empty text where the key is absent or null."""
        return self.text(key) if self.has(key) else ""

    def code(self, key: str = "code") -> str:
        """Text that may stand in an address: letters, digits, hyphens and underscores."""
        value = self.text(key)
        if value and not _CODE.fullmatch(value):
            self.report(f"{key!r} is {value!r}: use letters, digits and hyphens only", key)
        return value

    def choice(self, key: str, choices: type[Choice], what: str) -> Choice:
        """One of a fixed set of codes."""
        value = self.text(key)
        return self._one_of(value, choices, what, self._nodes.get(key)) if value else next(iter(choices))

    def choices(self, key: str, choices: type[Choice], what: str) -> tuple[Choice, ...]:
        """One or more of a fixed set of codes."""
        found = tuple(self._one_of(value, choices, what, node) for value, node in self._texts(key))
        if key in self._nodes and not found:
            self.report(f"{key!r} needs at least 1 entry", key)
        return found

    def flag(self, key: str, *, default: bool = False) -> bool:
        if not self.has(key):
            return default
        value = self._scalar(self._nodes[key], key, "bool")
        return default if value is None else value.lower() in {"true", "yes", "on"}

    def whole(self, key: str, *, lowest: int = 1, highest: int | None = None) -> int | None:
        """A whole number, or None where the key is absent or null."""
        if not self.has(key):
            return None
        node = self._nodes[key]
        value = self._scalar(node, key, "int")
        if value is None:
            return None
        upwards = "up" if highest is None else f"to {highest}"
        if not value.isdecimal() or int(value) < lowest or (highest is not None and int(value) > highest):
            self.report(f"{key!r} must be a whole number from {lowest} {upwards}", node)
            return None
        return int(value)

    def day(self, key: str) -> date | None:
        """A date written like 2023-12-31, or None where the key is absent or null."""
        if not self.has(key):
            return None
        node = self._nodes[key]
        value = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        try:
            if not _DATE.fullmatch(value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.report(f"{key!r} is not a date like 2023-12-31", node)
            return None

    def period(self) -> tuple[date | None, date | None]:
        """`in_force_from` and `in_force_to`, the first not after the second."""
        start, end = self.day("in_force_from"), self.day("in_force_to")
        if start and end and start > end:
            self.report(f"in force from {start} is after in force to {end}", "in_force_from")
        return start, end

    def texts(self, key: str, *, at_least: int = 0) -> tuple[str, ...]:
        """A list of texts, empty where the key is absent or null."""
        values = tuple(value for value, _ in self._texts(key))
        if key in self._nodes and len(values) < at_least:
            self.report(f"{key!r} needs at least {at_least} entry", key)
        return values

    def known(self, key: str, names: Collection[str], what: str) -> str:
        """Required text that must be one of the names read so far."""
        value = self.text(key)
        if value and value not in names:
            self.report(f"unknown {what} {value!r}", key)
        return value

    def all_known(self, key: str, names: Collection[str], what: str, *, at_least: int = 0) -> tuple[str, ...]:
        for value, node in self._texts(key):
            if value not in names:
                self.report(f"unknown {what} {value!r}", node)
        return self.texts(key, at_least=at_least)

    def is_word(self, key: str, word: str) -> bool:
        node = self._nodes.get(key)
        return isinstance(node, yaml.ScalarNode) and node.value == word

    def entry(self, key: str, required: str, optional: str = "") -> Entry | None:
        """The mapping under a key, or None where the key is absent or null."""
        return Entry(self._nodes[key], self.file, self.problems, required, optional) if self.has(key) else None

    def entries(self, key: str, required: str, optional: str = "") -> Iterator[Entry]:
        for node in self._items(key):
            yield Entry(node, self.file, self.problems, required, optional)

    def texts_with_lines(self, key: str) -> list[tuple[str, int]]:
        return [(value, _line(node)) for value, node in self._texts(key)]

    def line_of(self, key: str, line: int = 0) -> int:
        """On which line of the file the text's line so many stands, counted from nought.

        Only text under ``|`` keeps its lines; of any other, the line on which it begins.
        """
        node = self._nodes[key]
        if not isinstance(node, yaml.ScalarNode) or node.style != "|":
            return _line(node)
        above = len(node.value) - len(node.value.lstrip("\n"))
        return _line(node) + 1 + above + line

    def _one_of(self, value: str, choices: type[Choice], what: str, node: yaml.Node | None) -> Choice:
        try:
            return choices(value)
        except ValueError:
            self.report(f"unknown {what} {value!r}: use one of {', '.join(choices)}", node)
            return next(iter(choices))

    def _texts(self, key: str) -> Iterator[tuple[str, yaml.Node]]:
        for node in self._items(key):
            value = self._scalar(node, key, "str")
            if value is not None and not value.strip():
                self.report(f"a line of {key!r} is empty", node)
            elif value is not None:
                yield value.strip(), node

    def _items(self, key: str) -> list[yaml.Node]:
        if not self.has(key):
            return []
        node = self._nodes[key]
        if not isinstance(node, yaml.SequenceNode):
            self.report(f"{key!r} must be a list", node)
            return []
        return list(node.value)

    def _scalar(self, node: yaml.Node, key: str, kind: str) -> str | None:
        if isinstance(node, yaml.ScalarNode) and node.tag == f"tag:yaml.org,2002:{kind}":
            return str(node.value)
        found = node.tag.removeprefix("tag:yaml.org,2002:")
        hint = " (put it in quotation marks)" if kind == "str" and isinstance(node, yaml.ScalarNode) else ""
        self.report(f"{key!r} must be {_KINDS[kind]}, not {_KINDS.get(found, found)}{hint}", node)
        return None


def compose(path: Path, file: str, problems: Problems) -> yaml.Node | None:
    """The file's node tree, or None with the problems noted. Builds no objects, so a tag in a file runs nothing."""
    try:
        raw = path.read_bytes()
    except OSError:
        problems.add(file, 1, "the file is missing or cannot be read")
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        problems.add(file, raw.count(b"\n", 0, error.start) + 1, "this line is not valid UTF-8")
        return None
    tabbed = [number for number, line in enumerate(text.split("\n"), start=1) if "\t" in line]
    for number in tabbed:
        problems.add(file, number, "this line contains a tab; use spaces")
    if tabbed:
        return None
    try:
        alias = _alias(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader) if alias is None else None
    except yaml.reader.ReaderError as error:
        problems.add(file, text.count("\n", 0, error.position) + 1, "this line contains a character YAML forbids")
        return None
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        problems.add(file, place.line + 1 if place else 1, f"not readable as YAML: {error.problem or error.context}")
        return None
    if alias is not None:
        problems.add(file, alias, "anchors and aliases are not used here; write it out")
    elif node is None:
        problems.add(file, 1, "the file is empty")
    return node


def _alias(text: str) -> int | None:
    """The line of the first alias. Raises YAMLError for what is no YAML, from the parser that names the place."""
    try:
        return _first_alias(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return _first_alias(text, yaml.SafeLoader)


def _first_alias(text: str, loader: type[yaml.SafeLoader | yaml.CSafeLoader]) -> int | None:
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.AliasEvent):
            return event.start_mark.line + 1 if event.start_mark else 1
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
