"""Filtering, sorting and exporting the register. It holds at most a few hundred lines, computed from history."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models.library import CountsAs, Force
from compliance.readiness import FLAG_COLOUR, FLAG_TEXT, ORDER, Flag, Line
from compliance.register import Register
from foundation.core import addresses
from foundation.core.forms import set_choices
from foundation.core.templatetags.portal import day, flag, hint_line, status_tag

ANY = ("", gettext_lazy("Any"))
SORTS = {
    "code": lambda line: 0,
    "title": lambda line: line.title.casefold(),
    "state": lambda line: (line.applies, ORDER.index(line.counts_as)),
    "owner": lambda line: (line.owner_name == "", line.owner_name.casefold()),
    "review": lambda line: line.next_review_on or date.max,
    "changed": lambda line: line.last_change_on or date.min,
}
HEADINGS = (
    ("code", gettext_lazy("Code")),
    ("title", gettext_lazy("Requirement")),
    ("state", gettext_lazy("Where we stand")),
    ("owner", gettext_lazy("Owner")),
    ("review", gettext_lazy("Next review")),
    ("changed", gettext_lazy("Last change")),
)


class RegisterFilter(forms.Form):
    """What part of the register to show. Every field may be left open."""

    q = forms.CharField(label=gettext_lazy("Words in the requirement"), required=False, max_length=100)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    framework = forms.ChoiceField(label=gettext_lazy("Framework"), required=False)
    force = forms.ChoiceField(label=gettext_lazy("Strength"), required=False, choices=[ANY, *Force.choices])
    state = forms.ChoiceField(label=gettext_lazy("Where we stand"), required=False)
    flag = forms.ChoiceField(label=gettext_lazy("Needs attention"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    group = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)  # kept while filtering

    def __init__(self, *args: Any, register: Register, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        frameworks = {line.framework_code or "own": line.framework_title for line in register.lines}
        owners = sorted(
            {(str(line.owner_id), line.owner_name) for line in register.lines if line.owner_id}, key=lambda o: o[1]
        )
        set_choices(self, "theme", [ANY, *((theme.code, theme.title) for theme in register.themes)])
        set_choices(self, "framework", [ANY, *frameworks.items()])
        set_choices(
            self,
            "state",
            [
                ANY,
                *CountsAs.choices,
                ("ready", _("Ready")),
                ("not_ready", _("Not ready")),
                ("not_applicable", _("Does not apply")),
            ],
        )
        set_choices(self, "flag", [ANY, *((flag.value, str(FLAG_TEXT[flag])) for flag in Flag)])
        set_choices(self, "owner", [ANY, ("none", _("No owner")), *owners])

    def as_page(self, lines: list[Line]) -> dict[str, Any]:
        """What the components of every list read from a page of it; the register has one page and no posted search."""
        return {
            "filter_form": self,
            "is_filtered": any(self.data.get(name) for name in self.fields if name != "group"),
            "headings": self.headings(),
            "items": lines,
        }

    @property
    def sorted_by(self) -> tuple[str, bool]:
        asked = self.data.get("sort", "code")
        key = asked.lstrip("-")
        return (key, asked.startswith("-")) if key in SORTS else ("code", False)

    def headings(self) -> list[dict[str, Any]]:
        """Column headings with what a click on each sorts by."""
        current, descending = self.sorted_by
        return [
            {
                "label": label,
                "sort": f"-{key}" if key == current and not descending else key,
                "direction": ("descending" if descending else "ascending") if key == current else "none",
            }
            for key, label in HEADINGS
        ]

    def narrow(self, lines: list[Line]) -> list[Line]:
        """The lines asked for, in the order asked for. A value that makes no sense is ignored and shown as an error."""
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value and name != "group"}
        for name, value in wanted.items():
            lines = [line for line in lines if self._fits(line, name, value)]
        key, descending = self.sorted_by
        return sorted(lines, key=SORTS[key], reverse=descending) if key != "code" or descending else lines

    @staticmethod
    def _fits(line: Line, name: str, value: str) -> bool:
        if name == "q":
            text = f"{line.code} {line.title} {line.text}".casefold()
            return all(word in text for word in value.casefold().split())
        if name == "theme":
            return line.theme_code == value
        if name == "framework":
            return (line.framework_code or "own") == value
        if name == "force":
            return line.force == value
        if name == "flag":
            return Flag(value) in line.flags
        if name == "owner":
            return line.owner_id is None if value == "none" else str(line.owner_id) == value
        if value == "not_applicable":
            return not line.applies
        if value in {"ready", "not_ready"}:
            return line.is_counted and line.is_ready == (value == "ready")
        return line.applies and line.counts_as == value


def lines_for_page(lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """What the page shows of each line, with the few words that recur translated once."""
    marks = {each: flag(text, FLAG_COLOUR[each]) for each, text in FLAG_TEXT.items()}
    through = _("Answered through %(codes)s")
    for line in lines:
        yield {
            "code": line.code,
            "url": addresses.of_row("compliance:requirement", line.code),
            "title": line.title,
            "through": hint_line(through % {"codes": ", ".join(codes)} if (codes := line.answered_through) else ""),
            "state": status_tag(line.state_text, line.state_colour),
            "flags": format_html_join("", "{}", ((marks[each],) for each in line.flags)),
            "owner": line.owner_name,
            "review": day(line.next_review_on),
            "changed": day(line.last_change_on),
        }


@dataclass(frozen=True)
class ExportColumn:
    """One column of the register as a file."""

    title: str | Promise
    cell: Callable[[Line], Any]


EVIDENCE = ExportColumn(
    gettext_lazy("Evidence"), lambda line: "; ".join(f"{item.reference} {item.title}" for item in line.evidence)
)
EXPORT_COLUMNS = (
    ExportColumn(gettext_lazy("Code"), lambda line: line.code),
    ExportColumn(gettext_lazy("Theme"), lambda line: line.theme_code),
    ExportColumn(gettext_lazy("Framework"), lambda line: line.framework_title),
    ExportColumn(gettext_lazy("Strength"), lambda line: Force(line.force).label),
    ExportColumn(gettext_lazy("Requirement"), lambda line: line.text or line.title),
    ExportColumn(
        gettext_lazy("Where we stand"),
        lambda line: line.state_text if line.applies else f"{line.state_text}: {line.why_not}",
    ),
    ExportColumn(gettext_lazy("Score"), lambda line: line.score),
    ExportColumn(gettext_lazy("Ready"), lambda line: _("Yes") if line.is_ready else _("No")),
    ExportColumn(gettext_lazy("Answered through"), lambda line: ", ".join(line.answered_through)),
    ExportColumn(gettext_lazy("Comment"), lambda line: line.comment),
    ExportColumn(gettext_lazy("Owner"), lambda line: line.owner_name),
    ExportColumn(gettext_lazy("Next review"), lambda line: line.next_review_on),
    ExportColumn(
        gettext_lazy("Answered on"), lambda line: timezone.localdate(line.answered_at) if line.answered_at else None
    ),
    ExportColumn(gettext_lazy("Assurer's rating"), lambda line: line.assured_label),
    ExportColumn(gettext_lazy("Assurer's comment"), lambda line: line.assured_comment),
    EVIDENCE,
    ExportColumn(gettext_lazy("Needs attention"), lambda line: "; ".join(text for text, _colour in line.flag_tags)),
    ExportColumn(gettext_lazy("Wording verified"), lambda line: _("Yes") if line.verified else _("No")),
)


@dataclass(frozen=True)
class RegisterExport:
    """Lines of the register as rows for a file, with or without the list of evidence."""

    lines: Sequence[Line]
    with_evidence: bool = True

    @property
    def columns(self) -> list[ExportColumn]:
        return [column for column in EXPORT_COLUMNS if self.with_evidence or column is not EVIDENCE]

    def headers(self) -> list[str]:
        return [str(column.title) for column in self.columns]

    def cells(self, line: Line) -> list[Any]:
        return [column.cell(line) for column in self.columns]

    def rows(self) -> Iterator[list[Any]]:
        return (self.cells(line) for line in self.lines)
