"""Forms of a register that comes in by a file: the upload, its headings, its columns, the confirmation."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import DayField, layout, set_choices
from foundation.files.examination import SPREADSHEETS
from foundation.files.fields import UploadField, ask_again
from risk.importing.fields import Field as RiskField
from risk.importing.outcomes import WhenThere
from risk.models.risks import Source

NEW = "new"
SMALL = {"legend_size": Size.for_legend(Size.SMALL)}
LONG_TEXT = 5_000


class UploadRegisterForm(forms.Form):
    """The file, and the draft it goes into or the days of a new assessment."""

    file = UploadField(label=_("File with your register"), allowlist=SPREADSHEETS)
    into = forms.ChoiceField(
        label=_("Where should the risks go?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select where the risks should go")},
    )
    title = forms.CharField(
        label=_("Title of the new assessment"),
        help_text=_("Only for a new one. For example, Risk of radicalisation 2026 to 2027"),
        max_length=200,
        required=False,
    )
    period_from = DayField(
        label=_("From"),
        help_text=_("Only for a new one. For example, 1 4 2026"),
        required=False,
        required_error=_("Enter the day it begins"),
    )
    period_to = DayField(label=_("To"), help_text=_("Only for a new one"), required=False)

    def __init__(self, *args: Any, drafts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [Choice(str(pk), title) for pk, title in drafts]
        new = Choice(NEW, _("Into a new assessment"), hint=_("A scored register, as a draft"))
        set_choices(self, "into", [*choices, new])
        self.fields["into"].initial = NEW if not drafts else None
        self.helper = layout(
            self,
            Field("file", context={"label_size": Size.for_label(Size.SMALL)}),
            Field.radios("into", legend_size=Size.SMALL),
            Field.text("title", label_size=Size.SMALL),
            Field("period_from", context=SMALL),
            Field("period_to", context=SMALL),
            submit=_("Upload"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("into") == NEW:
            if not cleaned.get("title"):
                self.add_error("title", _("Enter a title for the new assessment"))
            first, last = cleaned.get("period_from"), cleaned.get("period_to")
            for name, sentence in (
                ("period_from", _("Enter the day it begins")),
                ("period_to", _("Enter the day it ends")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
            if first and last and last < first:
                self.add_error("period_to", _("The period must end on or after the day it begins"))
        ask_again(self, "file")
        return cleaned

    @property
    def target(self) -> dict[str, Any]:
        """Where the risks go, as the action takes it. Only of a valid form."""
        chosen = self.cleaned_data
        if chosen["into"] != NEW:
            return {"assessment_id": int(chosen["into"])}
        names = ("title", "period_from", "period_to")
        return {"assessment_id": None} | {name: chosen[name] for name in names}


class HeadingsForm(forms.Form):
    """Which sheet holds the register, and which of its rows the headings."""

    sheet = forms.ChoiceField(label=_("Sheet"), widget=forms.RadioSelect, required=False)
    heading_row = forms.IntegerField(
        label=_("Row with the headings"),
        help_text=_("The number at the left of the row in your spreadsheet"),
        min_value=1,
        error_messages={"required": _("Enter the number of the row with the headings")},
    )

    def __init__(self, *args: Any, sheets: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [Field.text("heading_row", label_size=Size.SMALL, inputmode="numeric")]
        if len(sheets) > 1:
            set_choices(self, "sheet", [Choice(name, label) for name, label in sheets])
            fields.insert(0, Field.radios("sheet", legend_size=Size.SMALL, small=True))
        else:
            del self.fields["sheet"]
        self.fields["heading_row"].widget.attrs["class"] = "govuk-input--width-4"
        self.helper = layout(self, *fields, submit=_("Use this row"))


class RegisterColumnsForm(forms.Form):
    """For each column of the file: what it holds. Then what the file does not say, and what to do with known risks."""

    theme = forms.ChoiceField(
        label=_("Theme, where the file names none that we know"), error_messages={"required": _("Select a theme")}
    )
    source = forms.ChoiceField(label=_("Source, where the file names none"), choices=Source)
    when_there = forms.ChoiceField(
        label=_("If a risk is in the register already"),
        help_text=_("Risks are found by their number. A row without one is found by its title in this assessment."),
        widget=forms.RadioSelect,
        choices=WhenThere,
        initial=WhenThere.STOP,
    )

    def __init__(
        self,
        *args: Any,
        headings: Sequence[str],
        examples: Sequence[str],
        themes: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = [f"column_{at}" for at in range(len(headings))]
        for at, name in enumerate(self.columns):
            example = examples[at] if at < len(examples) else ""
            self.fields[name] = forms.ChoiceField(
                label=headings[at] or _("Column %(number)s, without a heading") % {"number": at + 1},
                help_text=_("For example: %(example)s") % {"example": example} if example else "",
                choices=[("", _("Leave it out")), *RiskField.choices],
                required=False,
            )
        set_choices(self, "theme", [("", _("Select a theme")), *themes])
        small = {"label_size": Size.for_label(Size.SMALL)}
        self.helper = layout(
            self,
            *(Field(name, context=small) for name in self.columns),
            Field("theme", context=small),
            Field("source", context=small),
            Field.radios("when_there", legend_size=Size.SMALL),
            submit=_("Check the file"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for name in self.columns:
            field = cleaned.get(name)
            if field and field in seen:
                self.add_error(
                    name,
                    _("%(field)s is chosen for “%(other)s” already. Choose one of the two.")
                    % {"field": RiskField(field).label, "other": self.fields[seen[field]].label},
                )
            elif field:
                seen[field] = name
        return cleaned

    @property
    def chosen(self) -> dict[int, str]:
        """Position of a column → its field. Only of a valid form."""
        return {at: self.cleaned_data[name] for at, name in enumerate(self.columns) if self.cleaned_data[name]}


class ConfirmRegisterForm(forms.Form):
    """Import it: without the refused rows where there are any, and with a reason where scores fall."""

    leave_out_refused = forms.BooleanField(label=_("Leave the refused rows out"), required=False)
    reason = forms.CharField(
        label=_("Why do scores fall?"),
        help_text=_("It stays in the history of each risk whose score becomes lower. Do not name people."),
        widget=forms.Textarea,
        max_length=LONG_TEXT,
        error_messages={"required": _("Enter why scores fall")},
    )

    def __init__(self, *args: Any, refused: int, falls: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = []
        if refused:
            fields.append(Field.checkbox("leave_out_refused"))
        else:
            del self.fields["leave_out_refused"]
        if falls:
            fields.append(Field.textarea("reason", rows=3, label_size=Size.SMALL))
        else:
            del self.fields["reason"]
        self.helper = layout(self, *fields, submit=_("Import the risks"))
