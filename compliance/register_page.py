"""Filtering, sorting and exporting the register. It holds at most a few hundred lines, computed from history."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models.library import CountsAs, Force
from compliance.readiness import FLAG_TEXT, ORDER, Flag, Line
from compliance.register import Register
from foundation.core.forms import set_choices

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
            "is_filtered": any(self.data.get(name) for name in self.fields),
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
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
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


def export_headers() -> list[str]:
    return [
        _("Code"), _("Theme"), _("Framework"), _("Strength"), _("Requirement"), _("Where we stand"), _("Score"),
        _("Ready"), _("Answered through"), _("Comment"), _("Owner"), _("Next review"), _("Answered on"),
        _("Assurer's rating"), _("Assurer's comment"), _("Evidence"), _("Needs attention"), _("Wording verified"),
    ]  # fmt: skip


def export_cells(line: Line) -> list[Any]:
    return [
        line.code,
        line.theme_code,
        line.framework_title,
        Force(line.force).label,
        line.text or line.title,
        line.state_text if line.applies else f"{line.state_text}: {line.why_not}",
        line.score,
        _("Yes") if line.is_ready else _("No"),
        ", ".join(line.answered_through),
        line.comment,
        line.owner_name,
        line.next_review_on,
        timezone.localdate(line.answered_at) if line.answered_at else None,
        line.assured_label,
        line.assured_comment,
        "; ".join(f"{item.reference} {item.title}" for item in line.evidence),
        "; ".join(text for text, _colour in line.flag_tags),
        _("Yes") if line.verified else _("No"),
    ]
