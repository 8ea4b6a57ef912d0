"""The form in which the next year's plan is begun."""

from typing import Any

from crispy_forms_gds.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from actionplans.forms import SMALL, Choices
from foundation.core.forms import DayField, layout, many_of, set_choices


class NextPlanForm(forms.Form):
    """Title and period of the new plan, and what is carried over to it: everything, until somebody says otherwise."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Enter a title")})
    period_from = DayField(label=_("From"), required_error=_("Enter when the plan begins"))
    period_to = DayField(label=_("To"), required_error=_("Enter when the plan ends"))
    action_ids = forms.TypedMultipleChoiceField(
        label=_("Which open actions go on in the new plan?"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    gathered_ids = forms.TypedMultipleChoiceField(
        label=_("Which actions that members report go on in it?"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, actions: Choices, gathered: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {"action_ids": actions, "gathered_ids": gathered}
        for name, choices in offered.items():
            if choices:
                set_choices(self, name, choices)
            else:
                del self.fields[name]
        self.helper = layout(
            self,
            Field.text("title"),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            *(many_of(self, name) for name, choices in offered.items() if choices),
            submit=_("Begin the plan"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("period_from"), cleaned.get("period_to")
        if begins and ends and ends < begins:
            self.add_error("period_to", _("The plan cannot end before it begins"))
        return cleaned
