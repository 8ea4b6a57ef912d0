"""The form field for a file: GOV.UK's look, our limits, and an examined file as its value."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.files.examination import EVERYTHING, Allowlist, Examined, FileRefused, examine
from foundation.files.receiving import SealedUpload


class UploadField(forms.FileField):
    """A file that passed examination: the cleaned value is ``Examined``, or None where the field may be empty.

    The view carries ``@accepts_files`` and the form is given ``request.FILES``; its template's form has
    ``enctype="multipart/form-data"`` (crispy forms does that by itself).
    """

    default_error_messages = {"required": gettext_lazy("Select a file")}

    def __init__(self, *, allowlist: Allowlist = EVERYTHING, **options: Any) -> None:
        self.allowlist = allowlist
        options.setdefault(
            "help_text",
            gettext_lazy("%(types)s, up to %(limit)s MB")
            % {"types": allowlist.in_words, "limit": allowlist.max_bytes // 1_000_000},
        )
        options.setdefault("widget", forms.FileInput(attrs={"accept": allowlist.accept}))
        super().__init__(max_length=None, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> Examined | None:
        if not data and not self._is_upload(data):
            if self.required and not initial:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        try:
            if why := getattr(data, "thrown_away", ""):
                raise FileRefused(why, limit=self.allowlist.max_bytes // 1_000_000)
            return examine(data, data.name or "", self.allowlist)
        except FileRefused as refused:
            raise ValidationError(str(refused), code=refused.code) from None

    def _is_upload(self, data: Any) -> bool:
        return isinstance(data, SealedUpload)


def ask_again(form: forms.Form, name: str, *, refused: bool = False) -> None:
    """Where the file was fine and something else was not: say that browsers forget a selected file.

    Call it at the end of the form's ``clean``, and with ``refused`` where the action said no or somebody saved first.
    """
    was_selected = form.is_bound and form.files.get(form.add_prefix(name)) and name not in form.errors
    if was_selected and (refused or form.errors):
        form.add_error(name, _("Select the file again. Your browser forgets it when a page is shown again."))
