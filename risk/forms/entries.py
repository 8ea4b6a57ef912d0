"""Forms for one risk in an assessment, each a small group of questions."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, set_choices
from foundation.core.markings import Marking
from risk.forms.assessments import LONG_TEXT, SMALL
from risk.models.assessments import Template
from risk.models.risks import Response, Source, Strength
from risk.queries import KINDS
from risk.scoring import Matrix

Choices = list[tuple[Any, Any]]
HANDLING = _("Write what may be recorded at this marking. Do not name people, and copy nothing from the CTLP.")


class DescriptionForm(forms.Form):
    """What the risk is."""

    version = VersionField()
    title = forms.CharField(
        label=_("Risk"),
        help_text=_("In a few words, as the register shows it"),
        max_length=200,
        error_messages={"required": _("Say what the risk is")},
    )
    theme = forms.ChoiceField(label=_("Theme"), error_messages={"required": _("Select a theme")})
    description = forms.CharField(
        label=_("What could happen"),
        help_text=HANDLING,
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )
    cause = forms.CharField(
        label=_("Cause: the threat or hazard"), widget=forms.Textarea, required=False, max_length=LONG_TEXT
    )
    at_risk = forms.CharField(
        label=_("Who or what is at risk"),
        help_text=_("Groups and places, never a person. A score is never worked out from what people are."),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )
    places = forms.CharField(label=_("Places and settings"), required=False, max_length=300)
    ideologies = forms.MultipleChoiceField(
        label=_("Ideologies involved"), widget=forms.CheckboxSelectMultiple, required=False
    )
    source = forms.ChoiceField(
        label=_("How do you know of it?"),
        widget=forms.RadioSelect,
        choices=Source,
        error_messages={"required": _("Select how you know of it")},
    )
    source_note = forms.CharField(label=_("About the source"), required=False, max_length=300)
    marking = forms.ChoiceField(label=_("Marking"), widget=forms.RadioSelect, choices=Marking)

    further_action = forms.CharField(
        label=_("Further action named in an imported register"),
        help_text=_("Plan it as an action, then empty this."),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )

    def __init__(
        self,
        *args: Any,
        themes: Choices,
        ideologies: Choices,
        is_new: bool = False,
        with_further_action: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not with_further_action:
            del self.fields["further_action"]
        set_choices(self, "theme", [("", _("Select a theme")), *themes])
        set_choices(self, "ideologies", ideologies)
        if is_new:
            del self.fields["version"]
        self.helper = layout(
            self,
            *([] if is_new else ["version"]),
            Field.text("title", label_size=Size.SMALL),
            Field.select("theme", label_size=Size.SMALL),
            Field.textarea("description", rows=4, label_size=Size.SMALL),
            Field.textarea("cause", rows=3, label_size=Size.SMALL),
            Field.textarea("at_risk", rows=3, label_size=Size.SMALL),
            *([Field.textarea("further_action", rows=3, label_size=Size.SMALL)] if with_further_action else []),
            Field.text("places", label_size=Size.SMALL),
            Field.checkboxes("ideologies", legend_size=Size.SMALL, small=True),
            Field.radios("source", legend_size=Size.SMALL, small=True),
            Field.text("source_note", label_size=Size.SMALL),
            Field.radios("marking", legend_size=Size.SMALL, small=True),
            submit=_("Add the risk") if is_new else _("Save"),
        )


LABELS = {
    "inherent": (_("Inherent likelihood: without any control"), _("Inherent impact: without any control")),
    "residual": (_("Current likelihood: with today's controls"), _("Current impact: with today's controls")),
    "target": (_("Target likelihood: what you aim for"), _("Target impact: what you aim for")),
}


class ScoreForm(forms.Form):
    """Likelihood and impact three times over, and why a score falls."""

    version = VersionField()
    target_on = DayField(label=_("Target to be reached by"), required=False)
    reason = forms.CharField(
        label=_("Why the scores change"),
        help_text=_("Needed when a score falls. An inspector reads it."),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )

    def __init__(self, *args: Any, matrix: Matrix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            for side, label, steps in zip(
                ("likelihood", "impact"), LABELS[kind], (matrix.likelihood, matrix.impact), strict=True
            ):
                choices = [("", _("Not scored")), *((n, f"{n} {step}") for n, step in enumerate(steps, start=1))]
                self.fields[f"{kind}_{side}"] = forms.TypedChoiceField(
                    label=label, choices=choices, coerce=int, empty_value=None, required=False
                )
        self.order_fields(["version", *(f"{kind}_{side}" for kind in KINDS for side in ("likelihood", "impact"))])
        self.helper = layout(
            self,
            "version",
            *(
                Field.select(f"{kind}_{side}", label_size=Size.SMALL)
                for kind in KINDS
                for side in ("likelihood", "impact")
            ),
            Field("target_on", context=SMALL),
            Field.textarea("reason", rows=4, label_size=Size.SMALL),
            submit=_("Save the scores"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for kind in KINDS:
            likelihood, impact = cleaned.pop(f"{kind}_likelihood", None), cleaned.pop(f"{kind}_impact", None)
            if (likelihood is None) != (impact is None):
                missing = "likelihood" if likelihood is None else "impact"
                self.add_error(f"{kind}_{missing}", _("Select both likelihood and impact, or neither"))
            cleaned[kind] = None if likelihood is None or impact is None else (likelihood, impact)
        return cleaned


class ControlForm(forms.Form):
    """Something that is done already, and how well it holds."""

    version = VersionField()
    text = forms.CharField(
        label=_("What is done already"), max_length=500, error_messages={"required": _("Say what is done")}
    )
    strength = forms.ChoiceField(
        label=_("How well does it hold?"),
        widget=forms.RadioSelect,
        choices=Strength,
        initial=Strength.UNTESTED,
        error_messages={"required": _("Select how well it holds")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            "version",
            Field.text("text", label_size=Size.SMALL),
            Field.radios("strength", legend_size=Size.SMALL),
            submit=_("Save the control"),
        )


class ResponseForm(forms.Form):
    """What is done about the risk, whose it is and when it is looked at again."""

    version = VersionField()
    response = forms.ChoiceField(label=_("Response"), widget=forms.RadioSelect, choices=Response)
    tolerated_by_id = forms.TypedChoiceField(
        label=_("If tolerated, who agreed to it?"), required=False, coerce=int, empty_value=None
    )
    tolerated_until = DayField(
        label=_("If tolerated, until when?"), help_text=_("The last day before it is decided anew"), required=False
    )
    owner_id = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    review_every_months = forms.IntegerField(label=_("Months between reviews"), min_value=1, max_value=60)
    next_review_on = DayField(label=_("Next review"), help_text=_("For example, 27 3 2027"), required=False)

    def __init__(self, *args: Any, people: Choices, approvers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "owner_id", [("", _("No owner yet")), *people])
        set_choices(self, "tolerated_by_id", [("", _("Nobody yet")), *approvers])
        self.helper = layout(
            self,
            "version",
            Field.radios("response", legend_size=Size.SMALL),
            Field.select("tolerated_by_id", label_size=Size.SMALL),
            Field("tolerated_until", context=SMALL),
            Field.select("owner_id", label_size=Size.SMALL),
            Field.text("review_every_months", field_width=2, label_size=Size.SMALL),
            Field("next_review_on", context=SMALL),
            submit=_("Save"),
        )


class PromptsForm(forms.Form):
    """A risk in a form without scores. The short form asks less of each risk."""

    version = VersionField()
    description = forms.CharField(
        label=_("What could happen here?"),
        help_text=HANDLING,
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )
    management = forms.CharField(
        label=_("How is it managed now?"),
        help_text=_("What is in place, and how do you know that it works?"),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )
    further_action = forms.CharField(
        label=_("What more is needed?"), widget=forms.Textarea, required=False, max_length=LONG_TEXT
    )
    owner_id = forms.TypedChoiceField(label=_("Lead officer"), required=False, coerce=int, empty_value=None)
    target_on = DayField(label=_("To be done by"), required=False)
    next_review_on = DayField(label=_("Next review"), required=False)

    def __init__(self, *args: Any, people: Choices, template: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "owner_id", [("", _("Nobody yet")), *people])
        rows = 2 if template == Template.SHORT else 5
        self.helper = layout(
            self,
            "version",
            Field.textarea("description", rows=rows, label_size=Size.SMALL),
            Field.textarea("management", rows=rows, label_size=Size.SMALL),
            Field.textarea("further_action", rows=rows, label_size=Size.SMALL),
            Field.select("owner_id", label_size=Size.SMALL),
            Field("target_on", context=SMALL),
            Field("next_review_on", context=SMALL),
            submit=_("Save"),
        )


class VersionForm(forms.Form):
    """A button that does something to the row one saw."""

    version = VersionField()


class ReasonForm(forms.Form):
    """Why something is taken out, closed, opened again or sent back."""

    version = VersionField()
    reason = forms.CharField(
        label=_("Why?"),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        error_messages={"required": _("Say why")},
    )

    def __init__(self, *args: Any, submit: Any, warning: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            "version",
            Field.textarea("reason", rows=4, label_size=Size.SMALL),
            submit=submit,
            warning=warning,
        )
