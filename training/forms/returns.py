"""The form of a partner's numbers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, layout, set_choices
from training.actions.returns import Given

LABEL = {"label_size": Size.for_label(Size.SMALL)}
MOST = 2_000_000


class ReturnForm(forms.Form):
    """How many people of a partner were to do something, and how many were in date."""

    partner_id = forms.TypedChoiceField(label=_("Member"), coerce=int, empty_value=None, required=False)
    partner_name = forms.CharField(label=_("Partner"), max_length=200, required=False)
    requirement_id = forms.TypedChoiceField(label=_("Requirement"), coerce=int, empty_value=None, required=False)
    group = forms.CharField(
        label=_("Role group"),
        help_text=_("For example, Front line. Leave empty if the numbers are about everybody the requirement asks."),
        max_length=200,
        required=False,
    )
    as_at = DayField(
        label=_("As at which day?"),
        help_text=_("The day that the partner counted. For example, 30 9 2026"),
        required_error=_("Enter the day that the numbers are of"),
    )
    in_scope = forms.IntegerField(
        label=_("How many people are in scope?"),
        min_value=1,
        max_value=MOST,
        error_messages={
            "required": _("Enter how many people are in scope"),
            "min_value": _("At least one person must be in scope"),
        },
    )
    in_date = forms.IntegerField(
        label=_("How many of them are in date?"),
        min_value=0,
        max_value=MOST,
        error_messages={"required": _("Enter how many of them are in date")},
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For example, who sent the numbers. Name nobody else."),
        max_length=500,
        required=False,
    )

    def __init__(
        self, *args: Any, members: Sequence[tuple[int, str]], requirements: Sequence[tuple[int, str]], today: date,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._today = today
        set_choices(self, "partner_id", [("", _("Somebody else")), *members])
        set_choices(self, "requirement_id", [("", _("None of these")), *requirements])
        if not members:
            del self.fields["partner_id"]
        else:
            self.fields["partner_name"].help_text = _("Only for somebody who is not a member.")
        self.helper = layout(
            self,
            *([Field("partner_id", context=LABEL)] if members else []),
            Field.text("partner_name", label_size=Size.SMALL),
            Field("requirement_id", context=LABEL),
            Field.text("group", label_size=Size.SMALL),
            Field("as_at", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field.text("in_scope", label_size=Size.SMALL, field_width=5),
            Field.text("in_date", label_size=Size.SMALL, field_width=5),
            Field.text("note", label_size=Size.SMALL),
            submit=_("Save the numbers"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("partner_id") and not cleaned.get("partner_name") and "partner_name" not in self.errors:
            self.add_error("partner_name", _("Enter the partner"))
        if not cleaned.get("requirement_id") and not cleaned.get("group") and "group" not in self.errors:
            self.add_error("group", _("Select a requirement, or enter the role group"))
        if (as_at := cleaned.get("as_at")) and as_at > self._today:
            self.add_error("as_at", _("The day must not be in the future"))
        scope, in_date = cleaned.get("in_scope"), cleaned.get("in_date")
        if scope is not None and in_date is not None and in_date > scope:
            self.add_error("in_date", _("There cannot be more people in date than in scope"))
        return cleaned

    @property
    def given(self) -> Given:
        """What was typed. Only of a valid form."""
        found = dict(self.cleaned_data)
        if found.get("partner_id"):
            found["partner_name"] = ""
        return Given(**found)
