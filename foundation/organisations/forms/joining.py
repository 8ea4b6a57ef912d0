"""Forms that say of two entries that they are one person."""

from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout, set_choices
from foundation.core.templatetags.portal import day
from foundation.organisations.models import Membership


class FindEntryForm(forms.Form):
    """Looks for somebody's other entry."""

    text = forms.CharField(
        label=_("Who is the same person?"),
        help_text=_("Type part of the name, the e-mail address, the staff number or the reference."),
        max_length=200,
        error_messages={"required": _("Enter a name, an e-mail address, a staff number or a reference")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = Field.text("text", label_size=Size.SMALL, autocomplete="off", spellcheck="false")
        self.helper = layout(self, field, submit=_("Find"))


class JoinForm(forms.Form):
    """Which of two entries is kept. Carries the versions that were compared."""

    kept = forms.ChoiceField(
        label=_("Which entry do you keep?"),
        help_text=_("Its name, team and other details stand. What it does not have is taken from the other one."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select the entry that you keep")},
    )
    version_of_one = VersionField()
    version_of_other = VersionField()

    def __init__(self, *args: Any, one: Membership, other: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.one, self.other = one, other
        set_choices(self, "kept", [_choice(each) for each in (one, other)])
        self.helper = layout(
            self,
            "version_of_one",
            "version_of_other",
            Field.radios("kept", legend_size=Size.MEDIUM),
            submit=_("Join the two entries"),
            warning=True,
        )

    @property
    def order(self) -> tuple[tuple[Membership, int], tuple[Membership, int]]:
        """The entry to keep, then the other, each with the version compared. Only of a valid form."""
        one = (self.one, self.cleaned_data["version_of_one"])
        other = (self.other, self.cleaned_data["version_of_other"])
        return (one, other) if self.cleaned_data["kept"] == self.one.reference else (other, one)


def _choice(entry: Membership) -> Choice:
    team = entry.team.name if entry.team else _("no team")
    known_by = {"number": entry.staff_number or entry.reference, "team": team, "day": day(entry.starts_on)}
    return Choice(entry.reference, entry.name, hint=_("%(number)s, %(team)s, here from %(day)s") % known_by)
