"""What a report of the risk room is to hold."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import layout
from foundation.core.markings import Marking
from risk.models.reports import ReportKind


class ResponseForm(forms.Form):
    """How the answers to an edition are marked."""

    marking = forms.ChoiceField(
        label=_("Marking"),
        choices=Marking,
        widget=forms.RadioSelect,
        help_text=_("Not below the marking of what the report tells"),
        error_messages={"required": _("Select a marking")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        radios = [Field.radios(name, legend_size=Size.SMALL, small=True) for name in self.fields]
        self.helper = layout(self, *radios, submit=_("Make the report"))


class ReportForm(ResponseForm):
    """How much a report of an assessment tells, and how it is marked."""

    kind = forms.ChoiceField(
        label=_("Which version?"),
        choices=[choice for choice in ReportKind.choices if choice[0] != ReportKind.RESPONSE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a version")},
    )
    field_order = ("kind", "marking")
