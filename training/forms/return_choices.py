"""What an organisation counts in a return, and the report of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout, many_of
from foundation.core.markings import Marking
from training.return_files import Definition

PREFIX = "choice_"
Named = Mapping[str, Sequence[tuple[int, str]]]


def field_of(code: str) -> str:
    """The field of the form that asks for one choice of a definition."""
    return f"{PREFIX}{code}"


class ChoicesForm(forms.Form):
    """One question for each part of a return: which requirements or courses stand for it."""

    version = VersionField()

    def __init__(self, *args: Any, definition: Definition, named: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for choice in definition.choices:
            self.fields[field_of(choice.code)] = forms.TypedMultipleChoiceField(
                label=choice.label,
                choices=named[choice.code],
                coerce=int,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        questions = [many_of(self, field_of(choice.code)) for choice in definition.choices]
        self.helper = layout(self, "version", *questions, submit=_("Save"))

    @property
    def chosen(self) -> dict[str, list[int]]:
        """What was chosen, by the code of the choice. Of a valid form."""
        return {
            name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items() if name.startswith(PREFIX)
        }


class ReturnReportForm(forms.Form):
    """How the report of a return is marked."""

    marking = forms.ChoiceField(label=_("Marking"), choices=Marking, initial=Marking.OFFICIAL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, "marking", submit=_("Make the report"))
