import re
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.sentences import GROUPS, SENTENCES, TYPES
from foundation.core.forms import FilterDayField, set_choices
from foundation.core.lists import FilterForm

REFERENCE = re.compile(r"\A[A-Z0-9-]{1,20}\Z")  # nothing that could be a name may get into the address or the ledger


class LogFilter(FilterForm):
    """Narrows the log. The name of a person is not among its fields: it is searched for by a posted form."""

    verb = forms.ChoiceField(label=_("What happened"), required=False)
    type = forms.ChoiceField(label=_("Kind of thing"), required=False)
    reference = forms.RegexField(
        REFERENCE,
        label=_("Reference of the thing"),
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-10", "spellcheck": "false"}),
        error_messages={"invalid": _("Enter a reference like K7M2-Q9XD")},
    )
    person = forms.RegexField(REFERENCE, required=False, widget=forms.HiddenInput)
    since = FilterDayField(label=_("From"))
    until = FilterDayField(label=_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs = [(group, [(verb, each.text) for verb, each in verbs.items()]) for group, verbs in GROUPS.items()]
        set_choices(self, "verb", [("", _("Everything")), *verbs])
        set_choices(self, "type", [("", _("Everything")), *TYPES.items()])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day must not be before the first"))
        return cleaned

    def narrow(self, rows: QuerySet) -> QuerySet:
        asked = self.cleaned_data
        if asked["verb"] in SENTENCES:
            rows = rows.filter(verb=asked["verb"])
        if asked["type"]:
            rows = rows.filter(target_type=asked["type"])
        if asked["reference"]:
            rows = rows.filter(target_reference=asked["reference"])
        if asked["since"]:
            rows = rows.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            rows = rows.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        return rows

    def used(self) -> list[str]:
        """Which fields narrow the list, for the ledger: their names, never what was typed."""
        return sorted(name for name, value in self.cleaned_data.items() if value) if self.is_valid() else []


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
