"""Shape and wording of the evidence forms."""

from datetime import date
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, VersionField, layout, set_choices
from foundation.core.markings import Marking
from foundation.evidence.actions import Description
from foundation.evidence.models import Kind
from foundation.files.fields import UploadField, ask_again

LONG_TEXT = 5_000


KINDS = (
    (Kind.FILE, _("A file"), _("Minutes, a policy, a certificate, a spreadsheet")),
    (Kind.LINK, _("A link"), _("Something that is published or kept in another system")),
    (Kind.NOTE, _("A note"), _("What you saw or did, in your own words")),
)


class KindForm(forms.Form):
    """What sort of evidence it is: the question before all others, asked in the address so that Back works."""

    kind = forms.ChoiceField(
        choices=Kind,
        error_messages={
            "required": _("Select what you want to add"),
            "invalid_choice": _("Select what you want to add"),
        },
    )


class EvidenceForm(forms.Form):
    """One piece of evidence. Which fields it has follows from its kind."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Enter a title")})
    upload = UploadField(label=_("File"))
    link = forms.URLField(
        label=_("Link"),
        max_length=1_000,
        assume_scheme="https",
        help_text=_("It must begin with https://"),
        error_messages={"required": _("Enter the link"), "invalid": _("Enter a link that begins with https://")},
    )
    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        help_text=_("Do not name people who may be at risk."),
        error_messages={"required": _("Write the note")},
    )
    effective_from = DayField(
        label=_("From when does it apply?"),
        help_text=_("For example, the date of the minutes: 27 3 2026"),
        required_error=_("Enter from when it applies"),
    )
    effective_to = DayField(
        label=_("Until when does it apply?"), help_text=_("Leave empty if it has no end"), required=False
    )
    expires_on = DayField(
        label=_("Last day it counts as evidence"),
        help_text=_(
            "After this day what it supports is shown as not ready. Leave empty if it does not go out of date."
        ),
        required=False,
    )
    marking = forms.ChoiceField(label=_("Marking"), choices=Marking, initial=Marking.OFFICIAL)
    owner_id = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    version = VersionField(initial=0)

    def __init__(
        self, *args: Any, kind: str, owners: list[tuple[int, str]], replacing: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = Kind(kind)
        set_choices(self, "owner_id", [("", _("No owner yet")), *owners])
        if self.kind != Kind.FILE:
            del self.fields["upload"]
        elif replacing:
            self.fields["upload"].required = False
            self.fields["upload"].label = _("Replace the file")
        if self.kind != Kind.LINK:
            del self.fields["link"]
        if self.kind != Kind.NOTE:
            self.fields["note"].required = False
        legend = {"legend_size": Size.for_legend(Size.SMALL)}
        order = ["title", "upload", "link"]
        self.helper = layout(
            self,
            *(name for name in order if name in self.fields),
            Field.textarea("note", rows=4),
            Field("effective_from", context=legend),
            Field("effective_to", context=legend),
            Field("expires_on", context=legend),
            Field.select("marking"),
            Field.select("owner_id"),
            "version",
            submit=_("Save evidence"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins: date | None = cleaned.get("effective_from")
        for name, sentence in (
            ("effective_to", _("It cannot end before it begins")),
            ("expires_on", _("The last day it counts cannot be before it begins")),
        ):
            if begins and cleaned.get(name) and cleaned[name] < begins:
                self.add_error(name, sentence)
        if cleaned.get("link") and not cleaned["link"].startswith("https://"):
            self.add_error("link", _("Enter a link that begins with https://"))
        ask_again(self, "upload")
        return cleaned

    def description(self) -> Description:
        """What was said about the evidence, for the action."""
        names = ("title", "effective_from", "effective_to", "expires_on", "marking", "note", "owner_id")
        return Description(**{name: self.cleaned_data[name] for name in names}, link=self.cleaned_data.get("link", ""))


class WithdrawForm(forms.Form):
    """Why a piece of evidence no longer counts."""

    reason = forms.CharField(
        label=_("Why does it no longer count?"),
        widget=forms.Textarea,
        max_length=1_000,
        error_messages={"required": _("Say why the evidence is withdrawn")},
    )
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field.textarea("reason", rows=4), "version", submit=_("Withdraw"), warning=True)
