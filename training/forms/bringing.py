"""Forms of files of training: the upload, its columns, the names of courses in it, the confirmation."""

from collections.abc import Sequence
from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.core.forms import layout
from foundation.files.examination import SPREADSHEETS
from foundation.files.fields import UploadField
from training.actions.bringing import OTHER
from training.bringing.columns import Field as DoneField
from training.bringing.names import Unknown

LABEL = {"label_size": Size.for_label(Size.SMALL)}
MOST_NAMES = 60


class UploadCompletionsForm(forms.Form):
    file = UploadField(label=_("File of training"), allowlist=SPREADSHEETS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(self, Field("file", context=LABEL), submit=_("Upload"))


class CompletionColumnsForm(forms.Form):
    """For each thing to know about something done: which column of the file holds it."""

    course_for_all = forms.ChoiceField(
        label=_("Or one course for all rows"),
        help_text=_("For a file about one course, without a column that names it."),
        required=False,
    )

    def __init__(self, *args: Any, headings: list[str], courses: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [
            (str(at), heading or _("Column %(number)s, without a heading") % {"number": at + 1})
            for at, heading in enumerate(headings)
        ]
        for field in DoneField:
            self.fields[field.value] = forms.ChoiceField(
                label=field.label, choices=[("", _("Not in the file")), *columns], required=False
            )
        every = [("", _("No, a column says so")), *((str(pk), title) for pk, title in courses)]
        self.fields["course_for_all"].choices = every  # type: ignore[attr-defined]
        shown = [Field(field.value, context=LABEL) for field in DoneField]
        at = list(DoneField).index(DoneField.COURSE) + 1
        shown.insert(at, Field("course_for_all", context=LABEL))
        self.helper = layout(self, *shown, submit=_("Check the file"))

    @property
    def chosen(self) -> dict[str, int]:
        """Field → position of its column. Only of a valid form."""
        return {
            field.value: int(self.cleaned_data[field.value]) for field in DoneField if self.cleaned_data[field.value]
        }

    @property
    def course_id(self) -> int | None:
        return int(self.cleaned_data["course_for_all"]) if self.cleaned_data["course_for_all"] else None


class NamesForm(forms.Form):
    """What each unknown name in a file stands for."""

    def __init__(
        self, *args: Any, unknown: Sequence[Unknown], courses: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._keys: dict[str, str] = {}
        choices = [
            ("", _("Decide later")),
            (OTHER, _("Another course: leave its rows out")),
            *((str(pk), title) for pk, title in courses),
        ]
        for number, each in enumerate(unknown[:MOST_NAMES]):
            name = f"name_{number}"
            self._keys[name] = each.key
            self.fields[name] = forms.ChoiceField(
                label=_("“%(name)s” is …") % {"name": each.name},
                help_text=_("In %(count)s rows") % {"count": f"{each.rows:,}"} if each.rows > 1 else _("In one row"),
                choices=choices,
                required=False,
                initial=str(each.proposed) if each.proposed else "",
            )
        self.helper = layout(
            self, *(Field(name, context=LABEL) for name in self._keys), submit=_("Save and check the file again")
        )

    @property
    def chosen(self) -> dict[str, str]:
        """Key of a name → the number of its course, or OTHER. Only of a valid form."""
        return {key: self.cleaned_data[name] for name, key in self._keys.items() if self.cleaned_data[name]}


class ConfirmCompletionsForm(forms.Form):
    leave_out_refused = forms.BooleanField(label=_("Leave the refused rows out"), required=False)

    def __init__(self, *args: Any, refused: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not refused:
            del self.fields["leave_out_refused"]
        self.helper = layout(
            self,
            *([Field.checkbox("leave_out_refused")] if refused else []),
            submit=_("Record all of it"),
            warning=True,
        )

    @property
    def leaves_out(self) -> bool:
        return bool(self.cleaned_data.get("leave_out_refused"))
