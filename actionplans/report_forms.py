"""The form that asks for a report of a plan."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from actionplans.forms import text_area
from actionplans.models import ReportKind
from actionplans.quarters import Quarter
from foundation.core.exceptions import RuleBroken
from foundation.core.forms import layout, set_choices
from foundation.core.markings import Marking
from foundation.jobs.reports import check_marking


class ReportForm(forms.Form):
    """How much a report of a plan tells, and how it is marked. A quarterly one says of which quarter."""

    kind = forms.ChoiceField(
        label=_("Which version?"),
        choices=ReportKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a version")},
    )
    quarter_from = forms.TypedChoiceField(
        label=_("Quarter"),
        help_text=_("For the quarterly report only"),
        coerce=date.fromisoformat,
        empty_value=None,
        required=False,
    )
    decisions = text_area(
        _("What does the board have to decide?"),
        help_text=_("For the quarterly report only. It opens the report. Leave empty if there is nothing to decide."),
    )
    marking = forms.ChoiceField(
        label=_("Marking"), choices=Marking, help_text=_("Not below the marking of what the report tells")
    )

    def __init__(self, *args: Any, quarters: Sequence[Quarter], least_marking: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.least_marking = least_marking
        choices = [(quarter.first.isoformat(), quarter.in_words) for quarter in quarters]
        set_choices(self, "quarter_from", [("", _("Select a quarter")), *choices])
        self.helper = layout(
            self,
            Field.radios("kind", legend_size=Size.SMALL),
            Field.select("quarter_from"),
            Field.textarea("decisions", rows=4),
            Field.select("marking"),
            submit=_("Make the report"),
        )

    def clean_marking(self) -> str:
        marking: str = self.cleaned_data["marking"]
        try:
            check_marking(marking, self.least_marking)
        except RuleBroken as error:
            raise forms.ValidationError(str(error)) from error
        return marking

    def clean(self) -> dict[str, Any]:
        """A quarterly report needs its quarter; the others have none."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_without = "quarter_from" in cleaned and cleaned["quarter_from"] is None
        if cleaned.get("kind") == ReportKind.QUARTERLY and is_without:
            self.add_error("quarter_from", _("Select the quarter that the report is of"))
        return cleaned
