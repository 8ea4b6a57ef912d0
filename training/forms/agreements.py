"""Shape and wording of what is agreed with people. The forms validate and lay out; they save nothing."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, layout
from training.forms.learning import inside
from training.models import Absence

WHY_HELP = _("For example: does the same course with another employer. Say nothing about anybody's health.")


class ReasonedForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=WHY_HELP,
        max_length=500,
        widget=forms.Textarea,
        error_messages={"required": _("Enter a reason")},
    )


class WaiveForm(ReasonedForm):
    """From when until when somebody is let off."""

    starts_on = DayField(label=_("First day"), required_error=_("Enter the first day"))
    ends_on = DayField(
        label=_("Last day"),
        help_text=_("From the day after it the person is asked again."),
        required_error=_("Enter the last day"),
    )
    field_order = ("starts_on", "ends_on", "reason")

    def __init__(self, *args: Any, many: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = ["starts_on", "ends_on", Field.textarea("reason", rows=3, max_characters=500)]
        self.helper = (
            inside(self, *fields, submit=_("Waive for all of them"))
            if many
            else layout(self, *fields, submit=_("Waive this training"))
        )


class ExtendForm(ReasonedForm):
    """Until when somebody has time."""

    due_on = DayField(label=_("Due on"), required_error=_("Enter the day by which it is to be done"))
    field_order = ("due_on", "reason")

    def __init__(self, *args: Any, many: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = ["due_on", Field.textarea("reason", rows=3, max_characters=500)]
        self.helper = (
            inside(self, *fields, submit=_("Give all of them until then"))
            if many
            else layout(self, *fields, submit=_("Give until then"))
        )


class RemindForm(forms.Form):
    """Asks nothing."""

    def __init__(self, *args: Any, many: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = inside(self, submit=_("Remind all of them"))


class AbsenceForm(forms.Form):
    """From when until when somebody is away. Why is one of a few words, never an illness."""

    kind = forms.ChoiceField(
        label=_("Why they are away"),
        choices=Absence.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select why they are away")},
    )
    starts_on = DayField(label=_("First day away"), required_error=_("Enter the first day"))
    ends_on = DayField(label=_("Last day away"), help_text=_("Leave it empty if it is not known yet."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, Field.radios("kind", legend_size=Size.SMALL), "starts_on", "ends_on", submit=_("Record the absence")
        )
