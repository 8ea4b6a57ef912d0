"""Forms of files with people: the upload, what its columns mean, the confirmation; and the export's purpose."""

from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import layout
from foundation.files.examination import SPREADSHEETS
from foundation.files.fields import UploadField
from foundation.organisations.models import PeopleExport
from foundation.organisations.people_files.columns import Field as PersonField


class UploadPeopleForm(forms.Form):
    file = UploadField(label=_("File of people"), allowlist=SPREADSHEETS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self, Field("file", context={"label_size": Size.for_label(Size.SMALL)}), submit=_("Upload")
        )


class ColumnsForm(forms.Form):
    """For each thing the portal knows about a person: which column of the file holds it."""

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [
            (str(at), heading or _("Column %(number)s, without a heading") % {"number": at + 1})
            for at, heading in enumerate(headings)
        ]
        for field in PersonField:
            self.fields[field.value] = forms.ChoiceField(
                label=field.label, choices=[("", _("Not in the file")), *columns], required=False
            )
        self.helper = layout(
            self,
            *(Field(field.value, context={"label_size": Size.for_label(Size.SMALL)}) for field in PersonField),
            submit=_("Check the file"),
        )

    @property
    def chosen(self) -> dict[str, int]:
        """Field → position of its column. Only of a valid form."""
        return {name: int(at) for name, at in self.cleaned_data.items() if at}


class ConfirmImportForm(forms.Form):
    leave_out_refused = forms.BooleanField(label=_("Leave the refused rows out"), required=False)

    def __init__(self, *args: Any, refused: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not refused:
            del self.fields["leave_out_refused"]
        self.helper = layout(
            self,
            *([Field.checkbox("leave_out_refused")] if refused else []),
            submit=_("Apply the file"),
            warning=True,
        )

    @property
    def leaves_out(self) -> bool:
        return bool(self.cleaned_data.get("leave_out_refused"))


class ExportPeopleForm(forms.Form):
    purpose = forms.CharField(
        label=_("What is the list for?"),
        help_text=_("This is kept with the export. For example: invitations to the training day on 4 March."),
        max_length=500,
        error_messages={"required": _("Enter what the list is for")},
    )
    format = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[Choice(code, label) for code, label in PeopleExport.Format.choices],
        widget=forms.RadioSelect,
        initial="xlsx",
        error_messages={"required": _("Select the kind of file")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.text("purpose", label_size=Size.SMALL, autocomplete="off"),
            Field.radios("format", legend_size=Size.SMALL, inline=True),
            submit=_("Make the list"),
        )
