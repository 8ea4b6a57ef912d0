"""Shape and wording of the assessment's forms. They validate and lay out; they save nothing."""

from datetime import date
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compliance.models import Requirement, Scale, Theme
from compliance.models.library import Force
from foundation.core.forms import DayField, VersionField, layout, set_choices
from foundation.core.markings import Marking
from foundation.organisations.models import Organisation

LONG_TEXT = 5_000


def _steps(scale: Scale) -> list[Choice]:
    return [Choice(step["code"], step["label"], hint=step["meaning"]) for step in scale.steps]


class AnswerForm(forms.Form):
    """Where the organisation stands with one requirement."""

    version = VersionField()
    applies = forms.TypedChoiceField(
        label=_("Does this apply to you?"),
        choices=[Choice("yes", _("Yes")), Choice("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
        error_messages={"required": _("Select whether this applies to you")},
    )
    why_not = forms.CharField(
        label=_("If not, why does it not apply?"),
        help_text=_("An inspector reads this. No area or setting is free of risk, so say what was considered."),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )
    status = forms.ChoiceField(
        label=_("Where do you stand?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select where you stand")},
    )
    score = forms.IntegerField(label=_("Score"), required=False)
    comment = forms.CharField(
        label=_("How do you meet it, and what is missing?"),
        help_text=_(
            "Say what is in place, how you know that it works and what you do next. Do not name people at risk."
        ),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
    )
    owner_id = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    next_review_on = DayField(label=_("Next review"), help_text=_("For example, 27 3 2027"), required=False)

    def __init__(
        self,
        *args: Any,
        scale: Scale,
        scores: tuple[int, int] | None,
        owners: list[tuple[int, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        set_choices(self, "status", _steps(scale))
        set_choices(self, "owner_id", [("", _("No owner yet")), *owners])
        if scores is None:
            del self.fields["score"]
        else:
            self.fields["score"].help_text = _("From %(lowest)s to %(highest)s, if your adviser uses scores") % {
                "lowest": scores[0],
                "highest": scores[1],
            }
        self.helper = layout(
            self,
            "version",
            Field.radios("applies", inline=True, legend_size=Size.SMALL),
            Field.textarea("why_not", rows=3, label_size=Size.SMALL),
            Field.radios("status", legend_size=Size.SMALL),
            *([Field.text("score", field_width=3, label_size=Size.SMALL)] if scores else []),
            Field.textarea("comment", rows=6, label_size=Size.SMALL, max_characters=LONG_TEXT, threshold=75),
            Field.select("owner_id", label_size=Size.SMALL),
            Field("next_review_on", context={"legend_size": Size.for_legend(Size.SMALL)}),
            submit=_("Save answer"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("applies") is False and not cleaned.get("why_not", "").strip():
            self.add_error("why_not", _("Say why this requirement does not apply to you"))
        if (review := cleaned.get("next_review_on")) and review < self.today:
            self.add_error("next_review_on", _("The next review must be today or later"))
        return cleaned


class AssuranceForm(forms.Form):
    """The assurer's rating of one answer."""

    version = VersionField()
    status = forms.ChoiceField(
        label=_("Your rating"), widget=forms.RadioSelect, error_messages={"required": _("Select your rating")}
    )
    score = forms.IntegerField(label=_("Score"), required=False)
    comment = forms.CharField(
        label=_("What you saw and what you recommend"), widget=forms.Textarea, required=False, max_length=LONG_TEXT
    )
    assured_on = DayField(
        label=_("Date of the rating"),
        help_text=_("The date of the letter or visit"),
        required_error=_("Enter the date of the rating"),
    )

    def __init__(self, *args: Any, scale: Scale, scores: tuple[int, int] | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        set_choices(self, "status", [step for step in _steps(scale) if step[0] != "not_assessed"])
        if scores is None:
            del self.fields["score"]
        self.helper = layout(
            self,
            "version",
            Field.radios("status", legend_size=Size.SMALL),
            *([Field.text("score", field_width=3, label_size=Size.SMALL)] if scores else []),
            Field.textarea("comment", rows=6, label_size=Size.SMALL),
            Field("assured_on", context={"legend_size": Size.for_legend(Size.SMALL)}),
            submit=_("Save rating"),
        )

    def clean_assured_on(self) -> date:
        rated_on = self.cleaned_data["assured_on"]
        if rated_on > self.today:
            raise forms.ValidationError(_("The date of the rating must be today or earlier"))
        return rated_on


class RequirementForm(forms.Form):
    """A requirement of the organisation's own."""

    own_code = forms.RegexField(  # not "code": drafts never keep a field of that name
        label=_("Code"),
        help_text=_("Letters, digits and hyphens, for example LOCAL-01"),
        regex=r"^[A-Za-z][A-Za-z0-9-]{1,29}$",
        error_messages={
            "required": _("Enter a code"),
            "invalid": _("Use letters, digits and hyphens, beginning with a letter"),
        },
    )
    theme_code = forms.ChoiceField(label=_("Theme"), error_messages={"required": _("Select a theme")})
    title = forms.CharField(label=_("Title"), max_length=70, error_messages={"required": _("Enter a title")})
    text = forms.CharField(
        label=_("What is required"),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        error_messages={"required": _("Say what is required")},
    )
    force = forms.ChoiceField(
        label=_("Strength"),
        widget=forms.RadioSelect,
        choices=[
            Choice(Force.MUST, Force.MUST.label, hint=_("The law or a contract requires it")),
            Choice(Force.SHOULD, Force.SHOULD.label, hint=_("Guidance or your own policy expects it")),
            Choice(Force.GOOD, Force.GOOD.label, hint=_("It goes beyond what is expected")),
        ],
        error_messages={"required": _("Select how strong the requirement is")},
    )
    review_interval_months = forms.IntegerField(
        label=_("Months between reviews"), min_value=1, max_value=60, initial=12
    )
    version = VersionField()

    def __init__(self, *args: Any, existing: Requirement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "theme_code", [("", _("Select a theme")), *Theme.objects.values_list("code", "title")])
        del self.fields["own_code" if existing else "version"]
        self.helper = layout(
            self,
            *([] if existing else [Field.text("own_code", field_width=10)]),
            Field.select("theme_code"),
            Field.text("title"),
            Field.textarea("text", rows=5),
            Field.radios("force"),
            Field.text("review_interval_months", field_width=2),
            *(["version"] if existing else []),
            submit=_("Save requirement"),
        )


class SettingsForm(forms.Form):
    """How the organisation keeps its assessment."""

    version = VersionField()
    stale_after_months = forms.IntegerField(
        label=_("Flag a requirement after this many months without change"),
        help_text=_("14 is our default: a year's review and two months' grace. It is not a published rule."),
        min_value=1,
        max_value=60,
    )
    expiry_warning_days = forms.IntegerField(
        label=_("Warn this many days before evidence expires"), min_value=0, max_value=365
    )
    highest_score = forms.IntegerField(
        label=_("Highest score, if your adviser uses scores"),
        help_text=_("Leave empty to answer in words alone. No published scale of scores is known."),
        min_value=2,
        max_value=10,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            "version",
            Field.text("stale_after_months", field_width=3),
            Field.text("expiry_warning_days", field_width=3),
            Field.text("highest_score", field_width=3),
            submit=_("Save settings"),
        )


class ReportForm(forms.Form):
    """What a compliance report is to hold."""

    theme_code = forms.ChoiceField(label=_("What should the report cover?"), widget=forms.RadioSelect, required=False)
    period_from = DayField(
        label=_("Period from (optional)"),
        help_text=_("The first day of the period. Leave it empty for a year that ends on the day below"),
        required=False,
    )
    as_at = DayField(
        label=_("As at"),
        help_text=_("The report shows where you stood at the end of this day"),
        required_error=_("Enter the date the report is as at"),
    )
    marking = forms.ChoiceField(label=_("Marking"), widget=forms.RadioSelect, choices=Marking, initial=Marking.OFFICIAL)
    with_evidence = forms.TypedChoiceField(
        label=_("Should it list the evidence?"),
        choices=[Choice("yes", _("Yes, with references and dates")), Choice("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )

    def __init__(self, *args: Any, today: date, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.organisation = organisation
        set_choices(
            self,
            "theme_code",
            [
                Choice("", _("The whole duty")),
                *(Choice(code, title) for code, title in Theme.objects.values_list("code", "title")),
            ],
        )
        self.helper = layout(
            self,
            Field.radios("theme_code", legend_size=Size.SMALL, small=True),
            Field("period_from", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field("as_at", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field.radios("marking", legend_size=Size.SMALL, small=True),
            Field.radios("with_evidence", legend_size=Size.SMALL, small=True),
            submit=_("Make the report"),
        )

    def clean_as_at(self) -> date:
        as_at = self.cleaned_data["as_at"]
        if as_at > self.today:
            raise forms.ValidationError(_("The date must be today or in the past"))
        return as_at

    def clean_period_from(self) -> date | None:
        first = self.cleaned_data["period_from"]
        if first is not None and first < self.organisation.active_from:
            raise forms.ValidationError(
                gettext("Your organisation began on %(day)s. The period cannot begin before that")
                % {"day": date_format(self.organisation.active_from, "j F Y")}
            )
        return first

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("period_from"), cleaned.get("as_at")
        if first and last and first > last:
            self.add_error("period_from", _("The period must begin on or before the day that the report is as at"))
        return cleaned


class VerifyForm(forms.Form):
    """A copy of a report, to check that it is what the portal made."""

    copy = forms.FileField(
        label=_("The file to check"),
        help_text=_("It is compared and thrown away; nothing is stored."),
        error_messages={
            "required": _("Choose the file to check"),
            "empty": _("The file is empty. Choose the file that the portal made"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, "copy", submit=_("Check this copy"))
