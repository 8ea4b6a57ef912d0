"""Forms of who came to a session, and of how it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import VersionField, layout, set_choices
from foundation.files.examination import Allowlist, FileType
from foundation.files.fields import UploadField, ask_again
from foundation.organisations.people_fields import People, offer_person
from training.models import QUESTIONS, Place, Rating
from training.workflow import PlaceStatus

WHO_CAME = Allowlist((FileType.CSV, FileType.XLSX), max_bytes=2_000_000)  # read while somebody waits
LABEL = {"label_size": Size.for_label(Size.SMALL)}


@dataclass(frozen=True)
class Line:
    """One person on the tick list."""

    place: Place
    is_ticked: bool
    score: forms.BoundField


class AttendanceForm(forms.Form):
    """The tick list: everybody who has a place or waited for one, each with room for a score."""

    came = forms.TypedMultipleChoiceField(label=_("Who came"), coerce=int, required=False)
    version = VersionField()

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places
        set_choices(self, "came", [(place.pk, place.membership.name) for place in places])
        for place in places:
            self.fields[f"score_{place.pk}"] = forms.IntegerField(
                label=_("Score of %(name)s in per cent") % {"name": place.membership.name},
                min_value=0,
                max_value=100,
                required=False,
                error_messages={
                    "invalid": _("Enter the score as a whole number"),
                    "min_value": _("Enter a score between 0 and 100"),
                    "max_value": _("Enter a score between 0 and 100"),
                },
            )
        self.helper = layout(self, submit=_("Save"))  # the template lays the list out

    def lines(self) -> list[Line]:
        """Everybody in the order of the list, as saved or as sent."""
        ticked = {str(each) for each in self["came"].value() or ()}
        return [Line(place, str(place.pk) in ticked, self[f"score_{place.pk}"]) for place in self._places]

    @property
    def scores(self) -> dict[int, int]:
        """Number of a place → score, of those who came. Only of a valid form."""
        given = {place.pk: self.cleaned_data.get(f"score_{place.pk}") for place in self._places}
        return {pk: score for pk, score in given.items() if score is not None and pk in self.cleaned_data["came"]}


def initial_of(places: Sequence[Place], version: int) -> dict[str, Any]:
    """The list as it stands: who came, and the scores."""
    scores = {f"score_{place.pk}": place.score for place in places}
    came = [place.pk for place in places if place.status == PlaceStatus.ATTENDED]
    return {"came": came, "version": version, **scores}


class UploadAttendanceForm(forms.Form):
    """A file with a row for each person who came."""

    file = UploadField(label=_("File of who came"), allowlist=WHO_CAME)
    with_walk_ins = forms.BooleanField(label=_("People in the file without a place came too"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, Field("file", context=LABEL), Field.checkbox("with_walk_ins"), "version", submit=_("Upload")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ask_again(self, "file")
        return cleaned


class WalkInForm(forms.Form):
    """Somebody who came without a place; with a reason once the attendance is closed."""

    membership_id = forms.TypedChoiceField(
        label=_("Who came?"), coerce=int, error_messages={"required": _("Select who came")}
    )
    reason = forms.CharField(
        label=_("Why is it added now?"),
        widget=forms.Textarea,
        max_length=500,
        error_messages={"required": _("Say why")},
    )

    def __init__(self, *args: Any, people: People, is_closed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_person(self, "membership_id", people, nobody=_("Select a person"))
        if not is_closed:
            del self.fields["reason"]
        later = [Field.textarea("reason", label_size=Size.SMALL, rows=3)] if is_closed else []
        self.helper = layout(self, Field("membership_id", context=LABEL), *later, submit=_("Add to the list"))


class EvaluationForm(forms.Form):
    """How a session was, to one who came."""

    words = forms.CharField(
        label=_("What should stay, and what should change?"),
        help_text=_("Do not name anybody. The training manager reads this without your name."),
        widget=forms.Textarea,
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in QUESTIONS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                choices=Rating.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Select how far you agree: %(question)s") % {"question": label}},
            )
        self.helper = layout(
            self,
            *(Field.radios(name, legend_size=Size.SMALL) for name in QUESTIONS),
            Field.textarea("words", label_size=Size.SMALL, rows=4),
            submit=_("Send"),
        )
