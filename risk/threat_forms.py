"""Shape and wording of the forms of the threat level and of tasks to assess risks again."""

from collections.abc import Mapping
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, layout, set_choices
from risk.models.tasks import BY_HAND
from risk.models.threat import Level
from risk.profile_forms import SMALL, RiskChoices

LONG_TEXT = 2_000


class LevelForm(forms.Form):
    """A threat level that was announced and that the portal does not know yet."""

    level = forms.ChoiceField(
        label=_("New level"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select the new level")},
    )
    effective_from = DayField(label=_("In force from"), required_error=_("Enter from when it is in force"))
    announced_on = DayField(
        label=_("Announced on"), required=False, help_text=_("Leave empty if it was announced on the same day")
    )
    source = forms.CharField(
        label=_("Where did you read it?"),
        max_length=200,
        help_text=_("MI5 and GOV.UK publish the level"),
        error_messages={"required": _("Enter where you read it")},
    )
    source_address = forms.URLField(
        label=_("Address of the source"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Enter an address that begins with https://")},
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, meanings: Mapping[Level, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "level", [Choice(level.value, level.label, hint=meanings.get(level, "")) for level in Level])
        self.helper = layout(
            self,
            Field.radios("level", legend_size=Size.SMALL),
            Field("effective_from", context=SMALL),
            Field("announced_on", context=SMALL),
            Field.text("source", label_size=Size.SMALL),
            Field.text("source_address", label_size=Size.SMALL),
            Field.text("note", label_size=Size.SMALL),
            submit=_("Enter the level"),
        )


class WithdrawLevelForm(forms.Form):
    """Why a level that was entered does not hold."""

    reason = forms.CharField(
        label=_("Why does it not hold?"), max_length=300, error_messages={"required": _("Say why it is withdrawn")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field.text("reason", label_size=Size.SMALL), submit=_("Withdraw"), warning=True)


class RaiseTasksForm(forms.Form):
    """Why risks are to be assessed again, which and by when."""

    cause = forms.ChoiceField(
        label=_("What happened?"),
        choices=[Choice(cause.value, cause.label) for cause in BY_HAND],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select what happened")},
    )
    note = forms.CharField(
        label=_("In a sentence"),
        max_length=500,
        help_text=_("Owners read this. Do not name people who may be at risk."),
        error_messages={"required": _("Say in a sentence what happened")},
    )
    risk_ids = RiskChoices(
        label=_("Which risks are to be assessed again?"), error_messages={"required": _("Select at least one risk")}
    )
    due_on = DayField(label=_("Assessed again by"), required_error=_("Enter by when they are to be assessed again"))

    def __init__(self, *args: Any, risks: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_risks = bool(risks)
        set_choices(self, "risk_ids", risks)
        self.helper = layout(
            self,
            Field.radios("cause", legend_size=Size.SMALL),
            Field.text("note", label_size=Size.SMALL),
            Field.checkboxes("risk_ids", legend_size=Size.SMALL, small=True),
            Field("due_on", context=SMALL),
            submit=_("Ask for it"),
        )


class OutcomeForm(forms.Form):
    """What came of assessing a risk again."""

    outcome = forms.CharField(
        label=_("What came of it?"),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        help_text=_("For example: score unchanged, because … Do not name people who may be at risk."),
        error_messages={"required": _("Say what came of it, even if nothing changed")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, Field.textarea("outcome", rows=4, label_size=Size.SMALL), submit=_("It was assessed again")
        )
