"""Shape and wording of what a requirement asks. The forms validate and lay out; they save nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import HTML, Field, Fieldset, Size
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, many_of, set_choices
from foundation.organisations.models import Employment
from foundation.organisations.roles import Role
from training.actions.requirements import Asked
from training.models import Anchor, Requirement, Rule
from training.scope import Scope

SMALL = {"legend_size": Size.for_legend(Size.SMALL)}
MOST_LINES = 50
Choices = Sequence[tuple[int, str]]


class HowOften(models.TextChoices):
    """How often a requirement asks, as a form puts it."""

    ONCE = "once", _("Once")
    COMPLETION = "completion", _("Every so many months, from the day it was done")
    WINDOW = "window", _("Once in each period of the calendar, such as a school year")


class LinesField(forms.CharField):
    """Words, one a line. Cleans to a tuple without repeats."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_LINES * longest, **kwargs)
        self.longest = longest

    def clean(self, value: Any) -> Any:
        lines = tuple(dict.fromkeys(filter(None, map(str.strip, super().clean(value).splitlines()))))
        if len(lines) > MOST_LINES:
            raise ValidationError(_now("Enter at most %(most)s lines") % {"most": MOST_LINES})
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(_now("Keep each line to %(most)s characters") % {"most": self.longest})
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "").split() != (data or "").split()

    def in_words(self, value: Any) -> str:
        """As people read it, beside what somebody else saved."""
        return str(self.prepare_value(value) or "")


def _many(label: Any, choices: Any = (), **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
    )


@dataclass(frozen=True)
class Offers:
    """What an organisation has to choose from: courses and teams by number, and its words for kinds of work."""

    courses: Choices
    teams: Choices
    staff_groups: Sequence[str]


class RequirementForm(forms.Form):
    """What is asked, of whom, and how often."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("As people read it in their lists, for example “Prevent awareness for everybody”"),
        max_length=120,
        error_messages={"required": _("Enter a title")},
    )
    course_id = forms.TypedChoiceField(
        label=_("Course"),
        help_text=_("Other courses may count for it: see “What counts for what”."),
        coerce=int,
        error_messages={"required": _("Select a course")},
    )
    teams = forms.TypedMultipleChoiceField(
        label=_("Teams"),
        help_text=_("With all that is part of them"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    staff_groups = LinesField(label=_("Staff groups"), longest=100)
    job_titles = LinesField(
        label=_("Words in the job title"),
        help_text=_("One a line. “Housing” asks whoever has it in their job title, such as a Housing Officer."),
        longest=100,
    )
    employments = _many(_("Employment"), Employment.choices)
    roles = _many(_("Roles in the portal"), [each for each in Role.choices if each[0] != Role.STAFF])
    started_from = DayField(label=_("Started on or after"), required=False)
    started_to = DayField(label=_("Started on or before"), required=False)
    how_often = forms.ChoiceField(
        label=_("How often?"),
        widget=forms.RadioSelect,
        choices=[
            Choice(HowOften.ONCE, HowOften.ONCE.label),
            Choice(HowOften.COMPLETION, HowOften.COMPLETION.label),
            Choice(
                HowOften.WINDOW,
                HowOften.WINDOW.label,
                hint=_("What is done in one period is good until the end of the next"),
            ),
        ],
        error_messages={"required": _("Select how often")},
    )
    months = forms.IntegerField(label=_("Months"), required=False, min_value=1, max_value=120)
    window_from = DayField(
        label=_("First day of a period"),
        help_text=_("Only for periods of the calendar, for example 1 9 2026"),
        required=False,
    )
    grace_days = forms.IntegerField(
        label=_("Days to do it in"),
        help_text=_("For new starters, and for whoever comes under it later"),
        min_value=0,
        max_value=730,
        initial=28,
        error_messages={"required": _("Enter how many days people have")},
    )
    expiring_days = forms.IntegerField(
        label=_("Days of notice"),
        help_text=_("So long before the end it is said that it ends soon"),
        min_value=0,
        max_value=365,
        initial=60,
        error_messages={"required": _("Enter how many days before the end it is said")},
    )
    target = forms.IntegerField(
        label=_("Target in per cent"),
        help_text=_("How many are to be in date. Leave it empty if you have none"),
        required=False,
        min_value=1,
        max_value=100,
    )
    starts_on = DayField(
        label=_("Asked from"),
        help_text=_("Whoever is here already has their days from this day on"),
        required_error=_("Enter the day from which it is asked"),
    )
    version = VersionField()

    def __init__(self, *args: Any, offers: Offers, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "course_id", [("", _("Select a course")), *offers.courses])
        set_choices(self, "teams", offers.teams)
        for name in ("version",) if is_new else ("course_id", "starts_on"):
            del self.fields[name]
        if not offers.teams:
            del self.fields["teams"]
        self.fields["staff_groups"].help_text = _words_hint(offers.staff_groups)
        self.helper = layout(
            self,
            Field.text("title"),
            *([Field.select("course_id")] if is_new else []),
            Fieldset(
                HTML.p(
                    _(
                        "Choose as much as you need. Whoever meets all that you choose is asked."
                        " Choose nothing to ask everybody."
                    )
                ),
                *([many_of(self, "teams")] if offers.teams else []),
                Field.textarea("staff_groups", rows=3),
                Field.textarea("job_titles", rows=3),
                Field.checkboxes("employments", legend_size=Size.SMALL, small=True),
                Field.checkboxes("roles", legend_size=Size.SMALL, small=True),
                Field("started_from", context=SMALL),
                Field("started_to", context=SMALL),
                legend=_("Whom does it ask?"),
                legend_size=Size.MEDIUM,
            ),
            Fieldset(
                Field.radios("how_often", legend_size=Size.SMALL),
                Field.text("months", field_width=3),
                Field("window_from", context=SMALL),
                Field.text("grace_days", field_width=3),
                Field.text("expiring_days", field_width=3),
                *([Field("starts_on", context=SMALL)] if is_new else []),
                Field.text("target", field_width=3),
                legend=_("When?"),
                legend_size=Size.MEDIUM,
            ),
            *([] if is_new else ["version"]),
            submit=_("See whom it asks"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("started_from"), cleaned.get("started_to")
        if first and last and last < first:
            self.add_error("started_to", _("The last starting date is before the first"))
        self._check_how_often(cleaned)
        return cleaned

    def _check_how_often(self, cleaned: dict[str, Any]) -> None:
        how_often = cleaned.get("how_often")
        months, window_from = cleaned.get("months"), cleaned.get("window_from")
        if not how_often or "months" in self.errors or "window_from" in self.errors:
            return
        if how_often == HowOften.ONCE and months:
            self.add_error("months", _("Leave the months empty where it is asked once"))
        if how_often != HowOften.ONCE and not months:
            self.add_error("months", _("Enter how many months"))
        if how_often == HowOften.WINDOW and not window_from:
            self.add_error("window_from", _("Enter the first day of a period"))
        if how_often != HowOften.WINDOW and window_from:
            self.add_error("window_from", _("Leave this empty where it is not asked by periods of the calendar"))

    @property
    def scope(self) -> Scope:
        names = ("staff_groups", "job_titles", "started_from", "started_to")
        return Scope(
            teams=tuple(self.cleaned_data.get("teams", ())),
            employments=tuple(self.cleaned_data["employments"]),
            roles=tuple(self.cleaned_data["roles"]),
            **{name: self.cleaned_data[name] for name in names},
        )

    def asked(self, standing: Requirement | None) -> Asked:
        """What was typed, for the action. The course and the first day of a standing requirement stay."""
        typed = self.cleaned_data
        return Asked(
            title=typed["title"],
            course_id=standing.course_id if standing else typed["course_id"],
            scope=self.scope,
            starts_on=standing.starts_on if standing else typed["starts_on"],
            target=typed["target"],
            anchor=Anchor.WINDOW if typed["how_often"] == HowOften.WINDOW else Anchor.COMPLETION,
            months=typed["months"],
            window_from=typed["window_from"],
            grace_days=typed["grace_days"],
            expiring_days=typed["expiring_days"],
        )


def initial_of_scope(scope: Scope) -> dict[str, Any]:
    return {
        "teams": [str(team) for team in scope.teams],
        "staff_groups": scope.staff_groups,
        "job_titles": scope.job_titles,
        "employments": list(scope.employments),
        "roles": list(scope.roles),
        "started_from": scope.started_from,
        "started_to": scope.started_to,
    }


def initial_of(requirement: Requirement, rule: Rule) -> dict[str, Any]:
    """What the form shows of a requirement as it stands."""
    how_often = HowOften.ONCE if rule.months is None else HowOften(rule.anchor)
    return {
        "title": requirement.title,
        "target": requirement.target,
        "version": requirement.version,
        "how_often": how_often,
        "months": rule.months,
        "window_from": rule.window_from,
        "grace_days": rule.grace_days,
        "expiring_days": rule.expiring_days,
        **initial_of_scope(Scope.from_json(rule.scope)),
    }


def initial_of_new(today: date, **known: Any) -> dict[str, Any]:
    """What a form for something new begins with."""
    return {"starts_on": today, "how_often": HowOften.COMPLETION, "grace_days": 28, "expiring_days": 60, **known}


class WithdrawForm(forms.Form):
    """Ask nobody any longer."""

    sure = forms.BooleanField(
        label=_("Nobody is to be asked for this any longer"),
        error_messages={"required": _("Confirm that nobody is to be asked any longer")},
    )
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, Field.checkbox("sure"), "version", submit=_("Withdraw the requirement"), warning=True
        )


def _words_hint(known: Iterable[str]) -> Any:
    hint = _now("One a line, in your own words for the kind of work.")
    words = ", ".join(known)
    return f"{hint} {_now('In use here: %(words)s.') % {'words': words}}" if words else hint
