"""The register under headings: themes, frameworks, or those of another published tool."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.readiness import Line
from compliance.register import Register, ThemeSummary


class GroupBy(TextChoices):
    """What the register can be grouped by."""

    THEME = "theme", gettext_lazy("Theme")
    OUTLINE = "outline", gettext_lazy("Outline")
    FRAMEWORK = "framework", gettext_lazy("Framework")


@dataclass(frozen=True)
class Group:
    """Lines under one heading, and how far they have come. ``above``: the outline that the heading belongs to."""

    title: str
    summary: ThemeSummary
    above: str = ""
    note: str = ""

    @property
    def lines(self) -> list[Line]:
        return self.summary.lines

    @property
    def percent(self) -> int:
        """Of what counts under the heading, how much is ready."""
        return round(100 * self.summary.ready / self.summary.total) if self.summary.total else 0


@dataclass(frozen=True)
class Choice:
    """A way to group, for the page. ``value`` is empty for no groups."""

    value: str
    label: str | Promise
    is_current: bool


class Grouping:
    """How this register may be grouped, and how it was asked to be."""

    def __init__(self, register: Register, asked: str) -> None:
        self._register = register
        self.by = GroupBy(asked) if asked in self._possible else None

    @property
    def _possible(self) -> list[GroupBy]:
        return [by for by in GroupBy if by != GroupBy.OUTLINE or self._register.outlines]

    @property
    def choices(self) -> list[Choice]:
        return [
            Choice("", _("No groups"), self.by is None),
            *(Choice(by.value, by.label, by == self.by) for by in self._possible),
        ]

    def groups(self, lines: Sequence[Line]) -> list[Group]:
        """The lines under their headings, in the order of the library. A heading without any is left out.

        A line may stand under two headings of an outline, as it does in the tool itself.
        """
        makers: dict[GroupBy | None, Callable[[Sequence[Line]], Iterator[Group]]] = {
            GroupBy.THEME: self._themes,
            GroupBy.OUTLINE: self._headings,
            GroupBy.FRAMEWORK: self._frameworks,
        }
        return [group for group in makers[self.by](lines) if group.lines] if self.by else []

    def _group(self, title: str, lines: list[Line], *, above: str = "", note: str = "") -> Group:
        return Group(title, ThemeSummary(None, lines, self._register.on), above, note)

    def _themes(self, lines: Sequence[Line]) -> Iterator[Group]:
        for theme in self._register.themes:
            yield self._group(theme.title, [line for line in lines if line.theme_code == theme.code])

    def _frameworks(self, lines: Sequence[Line]) -> Iterator[Group]:
        for title in dict.fromkeys(line.framework_title for line in self._register.lines):
            yield self._group(title, [line for line in lines if line.framework_title == title])

    def _headings(self, lines: Sequence[Line]) -> Iterator[Group]:
        by_code = {line.code: line for line in lines}
        placed: set[str] = set()
        for outline in self._register.outlines:
            note = outline.note
            for heading in outline.headings:
                placed.update(heading["rows"])
                group = self._group(
                    f"{heading['number']}. {heading['title']}",
                    [by_code[code] for code in heading["rows"] if code in by_code],
                    above=outline.title,
                    note=note,
                )
                note = "" if group.lines else note  # said once, above the first heading that is shown
                yield group
        yield self._group(
            _("Under no heading"),
            [line for line in lines if line.code not in placed],
            above=_("The rest of the register"),
        )


def with_headings(groups: Sequence[Group], cells: Callable[[Line], list[Any]]) -> Iterator[list[Any]]:
    """Rows of an export, each with its heading first; a line under two headings comes twice."""
    for group in groups:
        for line in group.lines:
            yield [group.title, *cells(line)]
