"""Forms for an assessment as a whole."""

from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, set_choices
from foundation.core.markings import Marking
from risk.models.assessments import Template
from risk.reference import Starter

LONG_TEXT = 5_000
SMALL = {"legend_size": Size.for_legend(Size.SMALL)}


class _Period(forms.Form):
    """A title and the days it is for."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("For example, Risk of radicalisation 2026 to 2027"),
        max_length=200,
        error_messages={"required": _("Enter a title")},
    )
    period_from = DayField(
        label=_("From"), help_text=_("For example, 1 4 2026"), required_error=_("Enter the day it begins")
    )
    period_to = DayField(label=_("To"), required_error=_("Enter the day it ends"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("period_from"), cleaned.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", _("The period must end on or after the day it begins"))
        return cleaned


class AssessmentForm(_Period):
    """The head of an assessment."""

    version = VersionField()
    marking = forms.ChoiceField(label=_("Marking"), widget=forms.RadioSelect, choices=Marking)
    summary = forms.CharField(
        label=_("Summary for leaders and the board"),
        help_text=_(
            "The main risks, what changed and what is needed. Do not name people, and copy nothing from the CTLP."
        ),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            "version",
            Field.text("title", label_size=Size.SMALL),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            Field.radios("marking", legend_size=Size.SMALL, small=True),
            Field.textarea("summary", rows=6, label_size=Size.SMALL),
            submit=_("Save"),
        )


class NewAssessmentForm(_Period):
    """A new assessment, and the risks to begin with."""

    template = forms.ChoiceField(
        label=_("Which form do you want to use?"),
        widget=forms.RadioSelect,
        choices=[
            Choice(
                Template.SCORED, Template.SCORED.label, hint=_("Likelihood and impact, inherent, current and target")
            ),
            Choice(
                Template.PROMPTS,
                Template.PROMPTS.label,
                hint=_("Risk, how it is managed, what more is needed, who and by when: as templates for education ask"),
            ),
            Choice(Template.SHORT, Template.SHORT.label, hint=_("The same, with fewer questions on each risk")),
        ],
        error_messages={"required": _("Select a form")},
    )
    marking = forms.ChoiceField(label=_("Marking"), widget=forms.RadioSelect, choices=Marking)
    starters = forms.MultipleChoiceField(
        label=_("Risks to begin with"),
        help_text=_("Common in your sector. Rewrite each with what you know of your own place, and add others later."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, starters: list[Starter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "starters", [Choice(row.code, row.title, hint=row.description) for row in starters])
        self.helper = layout(
            self,
            Field.text("title", label_size=Size.SMALL),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            Field.radios("template", legend_size=Size.SMALL),
            Field.radios("marking", legend_size=Size.SMALL, small=True),
            Field.checkboxes("starters", legend_size=Size.SMALL, small=True),
            submit=_("Begin the assessment"),
        )


class CopyForm(_Period):
    """The next assessment, as a copy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.text("title", label_size=Size.SMALL),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            submit=_("Copy it forward"),
        )
