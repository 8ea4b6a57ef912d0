"""Shape and wording of the forms of plans and actions. They validate and lay out; they save nothing."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from actionplans.actions import Description
from actionplans.groupings import Grouping
from actionplans.models import Priority, Rag
from actionplans.recurrence import LONGEST, Repeats, problems_of
from foundation.core.forms import DayField, VersionField, layout, many_of, set_choices
from foundation.core.markings import Marking
from foundation.organisations.people_fields import People, offer_people, offer_person

LONG_TEXT = 5_000
SMALL = {"legend_size": Size.for_legend(Size.SMALL)}
Choices = Sequence[tuple[int, str]]


def text_area(label: Any, *, missing: Any = None, **kwargs: Any) -> forms.CharField:
    """A long text; required where ``missing`` says what is missing."""
    errors = {"required": missing} if missing else {}
    return forms.CharField(
        label=label,
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        required=missing is not None,
        error_messages=errors,
        **kwargs,
    )


class PlanForm(forms.Form):
    """What a plan says of itself."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Enter a title")})
    period_from = DayField(label=_("From"), required_error=_("Enter when the plan begins"))
    period_to = DayField(label=_("To"), required_error=_("Enter when the plan ends"))
    grouping = forms.ChoiceField(
        label=_("Objectives"),
        help_text=_("The plan begins with these headings. You can reword them and add your own."),
        choices=Grouping,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select the objectives to begin with")},
    )
    owner_id = forms.TypedChoiceField(
        label=_("Owner of the plan"), coerce=int, error_messages={"required": _("Select who owns the plan")}
    )
    summary = text_area(_("What is the plan to achieve?"))
    marking = forms.ChoiceField(label=_("Marking"), choices=Marking, initial=Marking.OFFICIAL)
    version = VersionField()

    def __init__(self, *args: Any, people: Choices, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "owner_id", [("", _("Select a person")), *people])
        del self.fields["version" if is_new else "grouping"]
        self.helper = layout(
            self,
            Field.text("title"),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            *([Field.radios("grouping", legend_size=Size.SMALL)] if is_new else []),
            Field.select("owner_id"),
            Field.textarea("summary", rows=4),
            Field.select("marking"),
            *([] if is_new else ["version"]),
            submit=_("Save plan"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("period_from"), cleaned.get("period_to")
        if begins and ends and ends < begins:
            self.add_error("period_to", _("The plan cannot end before it begins"))
        return cleaned


class ObjectiveForm(forms.Form):
    """A heading of a plan."""

    title = forms.CharField(label=_("Objective"), max_length=200, error_messages={"required": _("Enter an objective")})
    position = forms.IntegerField(label=_("Place among the objectives"), min_value=1, max_value=99)
    version = VersionField()

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["version"], self.fields["position"]
        self.helper = layout(
            self,
            Field.text("title"),
            *([] if is_new else [Field.text("position", field_width=2), "version"]),
            submit=_("Save objective"),
        )


class ActionForm(forms.Form):
    """One action, so that somebody else could do it: specific, measurable, achievable, relevant and with a date."""

    title = forms.CharField(
        label=_("What is to be done, in one line?"), max_length=200, error_messages={"required": _("Enter the action")}
    )
    plan_id = forms.TypedChoiceField(label=_("Plan"), coerce=int, error_messages={"required": _("Select a plan")})
    objective_id = forms.TypedChoiceField(label=_("Objective"), required=False, coerce=int, empty_value=None)
    description = text_area(_("What exactly is done?"), help_text=_("Do not name people at risk."))
    success_measure = text_area(
        _("How will we know that it worked?"),
        missing=_("Say how you will know that it worked"),
        help_text=_("Something that can be counted or seen, for example “9 of 10 hirers have signed the new terms”"),
    )
    relevance = text_area(_("Why does it matter?"))
    resources = text_area(_("What does it need, and how is that achievable?"))
    owner_id = forms.TypedChoiceField(label=_("Who does it?"), required=False, coerce=int, empty_value=None)
    team_id = forms.TypedChoiceField(label=_("Or which team?"), required=False, coerce=int, empty_value=None)
    partner = forms.CharField(label=_("Or which partner organisation?"), max_length=200, required=False)
    accountable_id = forms.TypedChoiceField(
        label=_("Who is accountable for it here?"),
        coerce=int,
        error_messages={"required": _("Select who is accountable")},
    )
    supporter_ids = forms.TypedMultipleChoiceField(
        label=_("Who helps?"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority, coerce=int, widget=forms.RadioSelect, initial=Priority.MEDIUM
    )
    starts_on = DayField(label=_("Start"), required_error=_("Enter when it starts"))
    due_on = DayField(label=_("Due"), required_error=_("Enter when it is due"))
    repeats = forms.ChoiceField(
        label=_("Does it repeat?"), choices=Repeats, widget=forms.RadioSelect, initial=Repeats.NEVER
    )
    every_months = forms.IntegerField(label=_("Months between"), required=False, min_value=1, max_value=LONGEST)
    on_day = forms.IntegerField(
        label=_("Day of the month, for a fixed day"),
        help_text=_("31 means the last day of each month"),
        required=False,
        min_value=1,
        max_value=31,
    )
    cost = forms.DecimalField(label=_("Cost in pounds"), required=False, min_value=0, max_digits=10, decimal_places=2)
    funding = forms.CharField(label=_("Where does the money come from?"), max_length=200, required=False)
    version = VersionField()

    def __init__(
        self,
        *args: Any,
        people: People,
        teams: Choices,
        plans: Choices,
        objectives: Choices,
        is_new: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_person(self, "owner_id", people, nobody=_("Nobody"))
        offer_person(self, "accountable_id", people, nobody=_("Select a person"))
        offer_people(self, "supporter_ids", people)
        set_choices(self, "team_id", [("", _("No team")), *teams])
        set_choices(self, "plan_id", plans)
        set_choices(self, "objective_id", [("", _("None")), *objectives])
        for name in ("version", "plan_id") if is_new else ("due_on",):
            del self.fields[name]
        self.helper = layout(
            self,
            Field.text("title"),
            *([] if is_new else [Field.select("plan_id")]),
            Field.select("objective_id"),
            Field.textarea("description", rows=4),
            Field.textarea("success_measure", rows=3),
            Field.textarea("relevance", rows=2),
            Field.textarea("resources", rows=2),
            Field.select("owner_id"),
            *([Field.select("team_id")] if teams else []),
            Field.text("partner"),
            Field.select("accountable_id"),
            many_of(self, "supporter_ids"),
            Field.radios("priority", inline=True, legend_size=Size.SMALL),
            Field("starts_on", context=SMALL),
            *([Field("due_on", context=SMALL)] if is_new else []),
            Field.radios("repeats", legend_size=Size.SMALL),
            Field.text("every_months", field_width=2),
            Field.text("on_day", field_width=2),
            Field.text("cost", field_width=10),
            Field.text("funding"),
            *([] if is_new else ["version"]),
            submit=_("Save action"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, due = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts and due and due < starts:
            self.add_error("due_on", _("An action cannot be due before it starts"))
        named = cleaned.get("owner_id") or cleaned.get("team_id") or cleaned.get("partner", "").strip()
        if not named and "owner_id" not in self.errors:
            self.add_error("owner_id", _("Name a person, a team or a partner organisation"))
        if not self.errors:
            for name in problems_of(cleaned["repeats"], cleaned["every_months"], cleaned["on_day"]):
                self.add_error(name, _("Enter this only, and always, where the action repeats so"))
        return cleaned

    def description_of(self, **fixed: Any) -> Description:
        """What was said of the action, for the action. ``fixed`` are fields that this form does not ask for."""
        ours = {"plan_id", "objective_id", "supporter_ids", "version"}
        return Description(**{name: value for name, value in self.cleaned_data.items() if name not in ours}, **fixed)


class ProgressForm(forms.Form):
    """How an action goes."""

    note = text_area(_("What was done, and what comes next?"), missing=_("Say what was done"))
    percent = forms.IntegerField(
        label=_("How much of it is done, in per cent?"),
        help_text=_("Leave empty if a percentage says nothing here"),
        required=False,
        min_value=0,
        max_value=100,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, Field.textarea("note", rows=5), Field.text("percent", field_width=3), submit=_("Save progress")
        )


class DueForm(forms.Form):
    """A due date that moves."""

    due_on = DayField(label=_("New due date"), required_error=_("Enter the new due date"))
    reason = text_area(_("Why does it move?"), missing=_("Say why the due date moves"))
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field("due_on", context=SMALL),
            Field.textarea("reason", rows=4),
            "version",
            submit=_("Move the due date"),
        )


class RatingForm(forms.Form):
    """How its people see the action."""

    rag = forms.ChoiceField(
        label=_("How does it go?"),
        widget=forms.RadioSelect,
        choices=[Choice(rag.value, rag.label) for rag in Rag if rag != Rag.NONE],
        error_messages={"required": _("Select a rating")},
    )
    reason = text_area(_("Why do you rate it so?"), missing=_("Say why you rate it so"))
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.radios("rag", legend_size=Size.SMALL),
            Field.textarea("reason", rows=4),
            "version",
            submit=_("Save rating"),
        )


class ReasonForm(forms.Form):
    """Why something is done: put on hold, cancelled, opened again, closed."""

    reason = text_area(_("Why?"), missing=_("Say why"))

    def __init__(self, *args: Any, label: Any, submit: Any, warning: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.helper = layout(self, Field.textarea("reason", rows=4), submit=submit, warning=warning)


class CommentForm(forms.Form):
    """Something to say about an action, and whom to tell."""

    text = text_area(_("Comment"), missing=_("Write a comment"))
    mention_ids = forms.TypedMultipleChoiceField(
        label=_("Tell these people"),
        help_text=_("They get a notice."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "mention_ids", people)
        self.helper = layout(
            self, Field.textarea("text", rows=4), many_of(self, "mention_ids"), submit=_("Save comment")
        )


class ReassignForm(forms.Form):
    """Whose open actions go to whom."""

    from_id = forms.TypedChoiceField(
        label=_("Whose open actions?"), coerce=int, error_messages={"required": _("Select a person")}
    )
    to_id = forms.TypedChoiceField(
        label=_("Who takes them over?"), coerce=int, error_messages={"required": _("Select a person")}
    )

    def __init__(self, *args: Any, holders: Choices, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "from_id", [("", _("Select a person")), *holders])
        offer_person(self, "to_id", people, nobody=_("Select a person"))
        self.helper = layout(self, Field.select("from_id"), Field.select("to_id"), submit=_("Hand the actions over"))


class SettingsForm(forms.Form):
    """When people are reminded."""

    remind_days_before = forms.IntegerField(
        label=_("Remind the owner this many days before an action is due"), min_value=1, max_value=90
    )
    escalate_days_after = forms.IntegerField(
        label=_("Tell the accountable person when it is this many days overdue"), min_value=1, max_value=180
    )
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.text("remind_days_before", field_width=3),
            Field.text("escalate_days_after", field_width=3),
            "version",
            submit=_("Save settings"),
        )
