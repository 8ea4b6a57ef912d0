"""Shape and wording of the forms of the local profile's register. They validate and lay out; they save nothing."""

from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, set_choices
from foundation.core.markings import Marking
from foundation.organisations.people_fields import People, offer_person
from risk.actions.profiles import Edition, Reassess
from risk.profile_workflow import Response

LONG_TEXT = 2_000
HANDLING = _(
    "Write nothing here that is only in the profile. Information belongs to its originator: no names, no addresses, no"
    " intelligence, nothing above OFFICIAL-SENSITIVE."
)
SMALL = {"legend_size": Size.for_legend(Size.SMALL)}


class RiskChoices(forms.TypedMultipleChoiceField):
    """Risks as checkboxes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)


class EditionForm(forms.Form):
    """What the register says of an edition; for a new one also which risks are to be assessed again."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("For example: Counter Terrorism Local Profile 2026"),
        error_messages={"required": _("Enter the title")},
    )
    originator = forms.CharField(
        label=_("Originator"),
        max_length=200,
        help_text=_("The force or unit that produced it"),
        error_messages={"required": _("Enter the originator")},
    )
    period_from = DayField(label=_("Period from"), required_error=_("Enter when the period begins"))
    period_to = DayField(label=_("Period to"), required_error=_("Enter when the period ends"))
    issued_on = DayField(label=_("Issued on"), required_error=_("Enter when it was issued"))
    marking = forms.ChoiceField(
        label=_("Marking of the profile"),
        choices=[(value, label) for value, label in Marking.choices if value != Marking.PUBLIC],
        help_text=_("A profile marked higher than this has no place here. Record only that it exists, as OFFICIAL."),
    )
    held_at = forms.CharField(
        label=_("Where is it held?"),
        max_length=300,
        help_text=_("A place outside the portal that people who may read it can find, such as a safe and its keeper."),
        error_messages={"required": _("Enter where the profile is held")},
    )
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea, required=False, max_length=LONG_TEXT, help_text=HANDLING
    )
    reassess = forms.ChoiceField(
        label=_("Which risks are to be assessed again?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select which risks are to be assessed again")},
    )
    risk_ids = RiskChoices(label=_("If some: which?"), required=False)
    due_on = DayField(label=_("Assessed again by"), required_error=_("Enter by when they are to be assessed again"))
    version = VersionField(initial=0)

    def __init__(
        self, *args: Any, risks: list[tuple[int, str]] | None = None, is_new: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asking: list[Any] = []
        if is_new:
            asking = self._ask_for_risks(risks or [])
        else:
            for name in ("reassess", "risk_ids", "due_on"):
                del self.fields[name]
        self.helper = layout(
            self,
            Field.text("title", label_size=Size.SMALL),
            Field.text("originator", label_size=Size.SMALL),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            Field("issued_on", context=SMALL),
            Field.select("marking", label_size=Size.SMALL),
            Field.text("held_at", label_size=Size.SMALL),
            Field.textarea("note", rows=3, label_size=Size.SMALL),
            *asking,
            "version",
            submit=_("Save edition"),
        )

    def _ask_for_risks(self, risks: list[tuple[int, str]]) -> list[Any]:
        answers = [
            Choice(Reassess.LINKED, _("Those that recommendations of this originator bear on")),
            Choice(Reassess.ALL, _("All open risks")),
            Choice(Reassess.CHOSEN, _("Some, chosen below")),
            Choice(Reassess.NONE, _("None")),
        ]
        set_choices(self, "reassess", answers if risks else answers[-1:])
        self.fields["reassess"].initial = Reassess.LINKED if risks else Reassess.NONE
        if not risks:
            self.fields["reassess"].help_text = _("There are no open risks yet.")
            del self.fields["risk_ids"], self.fields["due_on"]
            return [Field.radios("reassess", legend_size=Size.SMALL)]
        set_choices(self, "risk_ids", risks)
        return [
            Field.radios("reassess", legend_size=Size.SMALL),
            Field.checkboxes("risk_ids", legend_size=Size.SMALL, small=True),
            Field("due_on", context=SMALL),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("period_from"), cleaned.get("period_to")
        if begins and ends and ends < begins:
            self.add_error("period_to", _("The period cannot end before it begins"))
        if cleaned.get("reassess") == Reassess.CHOSEN and not cleaned.get("risk_ids"):
            self.add_error("risk_ids", _("Select at least one risk"))
        return cleaned

    def edition(self) -> Edition:
        """What was written, for the action."""
        return Edition(**{name: self.cleaned_data[name] for name in Edition.__dataclass_fields__})


class BriefingForm(forms.Form):
    """Who was briefed, when and by whom."""

    membership_id = forms.TypedChoiceField(
        label=_("Somebody of your organisation"), required=False, coerce=int, empty_value=None
    )
    other = forms.CharField(
        label=_("Or a role or name in a partner body"),
        max_length=200,
        required=False,
        help_text=_("For example: Chair of the community safety partnership"),
    )
    briefed_on = DayField(label=_("Briefed on"), required_error=_("Enter when they were briefed"))
    briefed_by = forms.CharField(
        label=_("Briefed by"),
        max_length=200,
        help_text=_("A role is enough, such as: force Prevent lead"),
        error_messages={"required": _("Enter who gave the briefing")},
    )

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_person(self, "membership_id", people, nobody=_("Nobody of ours"))
        self.helper = layout(
            self,
            Field.select("membership_id", label_size=Size.SMALL),
            Field.text("other", label_size=Size.SMALL),
            Field("briefed_on", context=SMALL),
            Field.text("briefed_by", label_size=Size.SMALL),
            submit=_("Save briefing"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("membership_id") is None) == (not cleaned.get("other")):
            self.add_error("other", _("Select somebody above, or write a role or name here, but not both"))
        return cleaned


class RecommendationForm(forms.Form):
    """A recommendation in sanitised words, and the declaration that they may be recorded."""

    code = forms.CharField(
        label=_("Number in the profile"),
        max_length=20,
        help_text=_("For example: R3"),
        error_messages={"required": _("Enter the number of the recommendation")},
    )
    text = forms.CharField(
        label=_("Recommendation"),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        help_text=HANDLING,
        error_messages={"required": _("Enter the recommendation in words that may be recorded")},
    )
    recommended_to = forms.CharField(
        label=_("Recommended to"),
        max_length=200,
        help_text=_("The body or role, such as: all district councils"),
        error_messages={"required": _("Enter to whom it was recommended")},
    )
    may_be_recorded = forms.BooleanField(
        label=_("The originator agrees that these words are recorded outside the profile"),
        error_messages={"required": _("Ask the originator first, then confirm that these words may be recorded")},
    )
    version = VersionField(initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.text("code", label_size=Size.SMALL, field_width=5),
            Field.textarea("text", rows=5, label_size=Size.SMALL),
            Field.text("recommended_to", label_size=Size.SMALL),
            Field.checkbox("may_be_recorded"),
            "version",
            submit=_("Save recommendation"),
        )


class ResponseForm(forms.Form):
    """What we answer to a recommendation."""

    response = forms.ChoiceField(
        label=_("Do you accept it?"),
        choices=[Choice(value, label) for value, label in Response.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select whether you accept it")},
    )
    reason = forms.CharField(
        label=_("Why, and what you will do"),
        widget=forms.Textarea,
        required=False,
        max_length=LONG_TEXT,
        help_text=_("Needed unless it is accepted. The same rule holds: nothing that is only in the profile."),
    )
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.radios("response", legend_size=Size.SMALL),
            Field.textarea("reason", rows=5, label_size=Size.SMALL),
            "version",
            submit=_("Save response"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("response") in {Response.PARTLY, Response.NOT_ACCEPTED} and not cleaned.get("reason"):
            self.add_error("reason", _("Say why it is not accepted, or only partly"))
        return cleaned


class SentForm(forms.Form):
    """When the response was sent to the police."""

    sent_on = DayField(label=_("Sent on"), required_error=_("Enter when the response was sent"))
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field("sent_on", context=SMALL), "version", submit=_("Save the day"))


class LinkRisksForm(forms.Form):
    """Which risks a recommendation bears on."""

    risk_ids = RiskChoices(label=_("Risks"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, risks: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_risks = bool(risks)
        set_choices(self, "risk_ids", risks)
        self.helper = layout(
            self,
            Field.checkboxes("risk_ids", legend_size=Size.SMALL, small=True),
            "version",
            submit=_("Save links"),
        )
