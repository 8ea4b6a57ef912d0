"""The day a page is about: today, or a day before it, read as it was known then."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from foundation.core.forms import FilterDayField
from training.models import Assignment
from training.models.assignments import AssignmentQuerySet

FIRST = date(2000, 1, 1)
NAME = "on"


class DayField(FilterDayField):
    """A day that has come: today or before it."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("As at"))

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
        return {NAME: self.day.isoformat()} if self.is_past else {}

    @property
    def names(self) -> list[str]:
        """The names that an address may say the day by: at once, or by the three boxes of the form."""
        return [NAME, *(f"{NAME}_{box}" for box in range(3))]

    def asked(self, acting: Acting) -> AssignmentQuerySet:
        """Who of those this person may see is asked for what, each with ``standing``."""
        return self.asked_on(acting, self.day)

    def asked_on(self, acting: Acting, day: date) -> AssignmentQuerySet:
        """The same of another day."""
        return Assignment.objects.visible_to(acting).asked(day, today=self.today)


def as_at(parameters: QueryDict) -> AsAt:
    """The day that an address asks for as ``on``; today without one."""
    today = timezone.localdate()
    form = DayForm(parameters)
    day = form.cleaned_data[NAME] if form.is_valid() else None
    return AsAt(day or today, today, form)
