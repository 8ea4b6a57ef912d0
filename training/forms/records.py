"""Forms of training done elsewhere: said by the person, recorded for others, decided about."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, layout, many_of, set_choices
from foundation.files.examination import Allowlist, FileType
from foundation.files.fields import UploadField, ask_again
from foundation.organisations.people_fields import People, offer_people
from training.actions.recording import Done
from training.models import Mode

CERTIFICATES = Allowlist((FileType.PDF, FileType.JPEG, FileType.PNG), max_bytes=10_000_000)
LEGEND = {"legend_size": Size.for_legend(Size.SMALL)}
LABEL = {"label_size": Size.for_label(Size.SMALL)}


class DoneForm(forms.Form):
    """Which course was done, when and how. The base of both forms below."""

    course_id = forms.TypedChoiceField(
        label=_("Which course?"), coerce=int, error_messages={"required": _("Select the course")}
    )
    completed_on = DayField(
        label=_("On which day was it done?"),
        help_text=_("For example, 27 3 2026"),
        required_error=_("Enter the day it was done"),
    )
    mode = forms.ChoiceField(label=_("How was it taught?"), choices=Mode, initial=Mode.E_LEARNING)
    provider = forms.CharField(
        label=_("Who gave the course?"),
        help_text=_("Leave empty if the list of courses says so already."),
        max_length=200,
        required=False,
    )
    number = forms.CharField(label=_("Certificate number"), max_length=100, required=False)

    def __init__(self, *args: Any, courses: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "course_id", [("", _("Select a course")), *courses])

    @property
    def done(self) -> Done:
        """What was typed. Only of a valid form."""
        names = ("course_id", "completed_on", "mode", "provider", "number", "notes")
        return Done(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})

    def _fields(self) -> list[Any]:
        return [
            Field("course_id", context=LABEL),
            Field("completed_on", context=LEGEND),
            Field("mode", context=LABEL),
            Field.text("provider", label_size=Size.SMALL),
            Field.text("number", label_size=Size.SMALL),
        ]


class DeclareForm(DoneForm):
    """What somebody says of themself, with the certificate that proves it."""

    certificate = UploadField(
        label=_("Certificate"), allowlist=CERTIFICATES, required=False,
        help_text=_("PDF, JPG or PNG, up to 10 MB. A photo of a paper certificate will do."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, *self._fields(), Field("certificate", context=LABEL), submit=_("Send it to be checked")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "certificate" not in self.errors and not cleaned.get("certificate") and not cleaned.get("number"):
            self.add_error("certificate", _("Select your certificate, or enter its number"))
        ask_again(self, "certificate")
        return cleaned


class RecordForForm(DoneForm):
    """What several people did together."""

    member_ids = forms.TypedMultipleChoiceField(
        label=_("Who did it?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least one person")},
    )
    notes = forms.CharField(
        label=_("Notes"), help_text=_("For example, who led the session."), max_length=500, required=False
    )

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "member_ids", people)
        self.helper = layout(
            self,
            *self._fields(),
            many_of(self, "member_ids"),
            Field.text("notes", label_size=Size.SMALL),
            submit=_("Record it"),
        )


class WhyForm(forms.Form):
    """Why a record is refused or withdrawn: the person reads it."""

    reason = forms.CharField(
        label=_("Why?"),
        widget=forms.Textarea,
        max_length=500,
        help_text=_("The person reads this. Say what they can do."),
        error_messages={"required": _("Say why")},
    )

    def __init__(self, *args: Any, submit: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field.textarea("reason", rows=3), submit=submit, warning=True)
