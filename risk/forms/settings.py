"""How an organisation assesses risk: the matrix as lines of text, one step or band a line."""

import re
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout
from foundation.core.markings import Marking
from risk.scoring import Band, Matrix, problems_of

COLOURS = {
    1: ["green"],
    2: ["green", "red"],
    3: ["green", "yellow", "red"],
    4: ["green", "yellow", "orange", "red"],
}
SAYS = {
    "likelihood_size": ("likelihood", _("Enter from 3 to 6 steps of likelihood, one on each line")),
    "likelihood_labels": ("likelihood", _("Give each step of likelihood a name of its own")),
    "impact_size": ("impact", _("Enter from 3 to 6 steps of impact, one on each line")),
    "impact_labels": ("impact", _("Give each step of impact a name of its own")),
}
BAND = re.compile(r"^([0-9]{1,2})\s+(\S.*)$")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def bands_as_text(matrix: Matrix) -> str:
    """The bands as the form shows them: "4 Low"."""
    return "\n".join(f"{band.up_to} {band.label}" for band in matrix.bands)


class Confirmed(forms.HiddenInput):
    """Carries the key of what was just shown, whatever was posted before."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def format_value(self, value: Any) -> str:
        return self.key


class SettingsForm(forms.Form):
    """Matrix, marking and months between reviews."""

    version = VersionField()
    likelihood = forms.CharField(
        label=_("Steps of likelihood"),
        help_text=_("One on each line, the lowest first. From 3 to 6 steps."),
        widget=forms.Textarea,
        max_length=400,
    )
    impact = forms.CharField(
        label=_("Steps of impact"),
        help_text=_("One on each line, the lowest first. From 3 to 6 steps."),
        widget=forms.Textarea,
        max_length=400,
    )
    bands = forms.CharField(
        label=_("Bands"),
        help_text=_(
            "One on each line: the highest score that belongs to it, then its name. At most four. For example, 4 Low"
        ),
        widget=forms.Textarea,
        max_length=400,
    )
    marking = forms.ChoiceField(label=_("Marking of new assessments"), widget=forms.RadioSelect, choices=Marking)
    review_every_months = forms.IntegerField(label=_("Months between reviews of a risk"), min_value=1, max_value=60)
    confirmed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            "version",
            "confirmed",
            Field.textarea("likelihood", rows=5, label_size=Size.SMALL),
            Field.textarea("impact", rows=5, label_size=Size.SMALL),
            Field.textarea("bands", rows=4, label_size=Size.SMALL),
            Field.radios("marking", legend_size=Size.SMALL, small=True),
            Field.text("review_every_months", field_width=2, label_size=Size.SMALL),
            submit=_("Save settings"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"likelihood", "impact", "bands"} <= cleaned.keys():
            matrix = self._matrix(cleaned.pop("likelihood"), cleaned.pop("impact"), cleaned.pop("bands"))
            if matrix is not None:
                cleaned["matrix"] = matrix
        return cleaned

    def _matrix(self, likelihood: str, impact: str, bands: str) -> Matrix | None:
        found = [BAND.match(line) for line in _lines(bands)]
        colours = COLOURS.get(len(found))
        if colours is None or not all(found):
            self.add_error("bands", _("Write each band as a number and a name, at most four of them"))
            return None
        matrix = Matrix(
            tuple(_lines(likelihood)),
            tuple(_lines(impact)),
            tuple(
                Band(int(match[1]), match[2].strip(), colour)
                for match, colour in zip(found, colours, strict=True)
                if match
            ),
        )
        for problem in problems_of(matrix):
            if problem == "bands":
                text = _("The bands must rise, and the last must end at the highest score, %(highest)s")
                self.add_error("bands", text % {"highest": matrix.highest})
            else:
                self.add_error(*SAYS[problem])
        return matrix
