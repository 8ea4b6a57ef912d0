"""The day a page is about: today, or a day before it, read as it was known then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from training.models import Assignment
from training.models.assignments import AssignmentQuerySet

FIRST = date(2000, 1, 1)
INPUT = {"class": "govuk-input govuk-input--width-10", "type": "date"}


class DayField(forms.DateField):
    """A day that has come: today or before it."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("As at"),
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs=INPUT, format="%Y-%m-%d"),
            error_messages={"invalid": gettext_lazy("Enter a real date, like 2026-03-27")},
        )

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("Enter today or a day before it: what will be is not known yet"))
        if day is not None and day < FIRST:
            raise forms.ValidationError(_("Enter a day after 1 January 2000"))
        return day


class DayForm(forms.Form):
    """Chooses the day of a page."""

    on = DayField()


@dataclass(frozen=True)
class AsAt:
    """The day of a page. ``form`` says what was wrong with the day asked for; the page then shows today."""

    day: date
    today: date
    form: DayForm

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def parameters(self) -> dict[str, str]:
        """What links of the page carry on, so that what is behind a figure is of the same day."""
        return {"on": self.day.isoformat()} if self.is_past else {}

    def asked(self, acting: Acting) -> AssignmentQuerySet:
        """Who of those this person may see is asked for what, each with ``standing``."""
        return self.asked_on(acting, self.day)

    def asked_on(self, acting: Acting, day: date) -> AssignmentQuerySet:
        """The same of another day."""
        return Assignment.objects.visible_to(acting).asked(day, today=self.today)


def as_at(parameters: Mapping[str, str]) -> AsAt:
    """The day that an address asks for as ``on``; today without one."""
    today = timezone.localdate()
    form = DayForm({"on": parameters.get("on", "")})
    day = form.cleaned_data["on"] if form.is_valid() else None
    return AsAt(day or today, today, form)
