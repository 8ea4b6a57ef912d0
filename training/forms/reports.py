"""The form that asks for a report of training."""

from datetime import date
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, layout
from foundation.core.markings import Marking
from training.models import ReportKind


class ReportForm(forms.Form):
    """What a report of training tells, of which day, and how it is marked."""

    kind = forms.ChoiceField(
        label=_("Which report?"),
        choices=[each for each in ReportKind.choices if each[0] not in (ReportKind.RETURN, ReportKind.SHEET)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a report")},
    )
    as_at = DayField(
        label=_("As at"),
        help_text=_("Today or a past day, such as 30 9 2026. A past day reads as it was known when it ended."),
        required_error=_("Enter the day that the report is of"),
    )
    with_names = forms.BooleanField(
        label=_("List by name who is overdue"),
        help_text=_("For the figures only. A register always names people."),
        required=False,
    )
    marking = forms.ChoiceField(label=_("Marking"), choices=Marking)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = layout(
            self,
            Field.radios("kind", legend_size=Size.SMALL),
            "as_at",
            "with_names",
            Field.select("marking"),
            submit=_("Make the report"),
        )

    def clean_as_at(self) -> date:
        as_at: date = self.cleaned_data["as_at"]
        if as_at > self.today:
            raise forms.ValidationError(_("Enter today or a day that has passed"))
        return as_at
