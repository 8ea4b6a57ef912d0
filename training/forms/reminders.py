"""When people are reminded, and how far the list of those who are due is narrowed."""

import re
from typing import Any

from crispy_forms_gds.layout import Field
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout
from foundation.core.lists import FilterForm
from training.models import Weekday
from training.models.reminders import MOST_DAYS, MOST_TIMES
from training.workflow import Standing


class DaysField(forms.CharField):
    """Numbers of days, such as ``30, 7``; empty for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=60, **kwargs)

    def clean(self, value: Any) -> Any:
        numbers = re.split(r"[\s,;]+", super().clean(value).strip())
        found = [int(each) for each in numbers if each.isdecimal() and len(each) < 4]
        given = [each for each in numbers if each]
        if len(found) < len(given) or len(found) > MOST_TIMES or not all(1 <= each <= MOST_DAYS for each in found):
            raise forms.ValidationError(
                _("Enter at most %(most)s numbers from 1 to %(days)s, such as 30, 7"),
                params={"most": MOST_TIMES, "days": MOST_DAYS},
            )
        return found

    def in_words(self, value: Any) -> str:
        """As it is typed."""
        return value if isinstance(value, str) else ", ".join(map(str, value or ()))


class RemindersForm(forms.Form):
    """On which days people are reminded."""

    version = VersionField()
    days_before = DaysField(
        label=_("Remind people this many days before the last day"),
        help_text=_("One number or several, such as 30, 7. Leave empty to send none."),
    )
    days_after = DaysField(
        label=_("Remind them again this many days after it"),
        help_text=_("One number or several, such as 1, 14. Leave empty to send none."),
    )
    escalate_days_after = forms.IntegerField(
        label=_("Tell the line manager when it is this many days late"),
        help_text=_("Training managers are told where no line manager is known. Leave empty to tell nobody."),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
    )
    session_days_before = forms.IntegerField(
        label=_("Remind people of a session in which they have a place this many days before"),
        help_text=_("A day on which they can still give the place back is best. Leave empty to send none."),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
    )
    digest_on = forms.TypedChoiceField(
        label=_("Weekly notice to line managers and training managers"),
        help_text=_("It says that people are overdue or due within 30 days. Who they are stands behind the sign-in."),
        choices=[("", _("None")), *Weekday.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            "version",
            Field.text("days_before", field_width=10),
            Field.text("days_after", field_width=10),
            Field.text("escalate_days_after", field_width=3),
            Field.text("session_days_before", field_width=3),
            Field.select("digest_on"),
            submit=_("Save"),
        )


class DueFilter(FilterForm):
    """Those who are overdue, or those who still have time."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("overdue", _("Overdue")), ("soon", _("Due within 30 days"))],
    )

    def narrow(self, rows: QuerySet) -> QuerySet:
        match self.cleaned_data["show"]:
            case "overdue":
                return rows.filter(standing=Standing.OVERDUE)
            case "soon":
                return rows.exclude(standing=Standing.OVERDUE)
            case _all:
                return rows
