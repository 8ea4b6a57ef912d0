"""Form parts that several rooms share: dates in GOV.UK fields, and the layout helper."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms_gds.fields import DateInputField
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Button, Div, Field, Layout, Size
from crispy_forms_gds.widgets import DateInputWidget
from django import forms
from django.utils.translation import gettext_lazy as _


class DayField(DateInputField):
    """A date in three boxes. ``required_error`` is what a missing date says."""

    def __init__(self, *, required_error: Any = None, **kwargs: Any) -> None:
        super().__init__(require_all_fields=False, **kwargs)
        self.error_messages["required"] = required_error or _("Enter a date")
        self.error_messages["incomplete"] = _("Enter the day, month and year")

    def compress(self, data_list: Any) -> date | None:
        if not any(data_list or ()):
            return None
        try:
            year = int(data_list[2])
            if year < 1900 or year > 2200:
                raise ValueError
            return date(year, int(data_list[1]), int(data_list[0]))
        except (IndexError, TypeError, ValueError):
            raise forms.ValidationError(_("Enter a real date, like 27 3 2026"), code="invalid") from None


class DayInAddressWidget(DateInputWidget):
    """Three boxes that an address can also fill at once, such as ``on=2026-03-27``: links have one value for a day."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        boxes = super().value_from_datadict(data, files, name)
        if any(boxes) or not data.get(name):
            return boxes
        year, month, day = [*data[name].split("-", 2), "", ""][:3]
        return [day, month, year]


class FilterDayField(DayField):
    """A day that narrows a list or says of which day a page is; it may be left open. One sentence per mistake."""

    widget = DayInAddressWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        try:
            return super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError(_("Enter a real date, like 27 3 2026"), code="invalid") from None


class VersionField(forms.IntegerField):
    """The version a person's edit is based on; carried along hidden."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, required=True, min_value=0, **kwargs)


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Offer these choices in a field that could not know them before. Keep to fields that have choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def many_of(form: forms.Form, name: str) -> Div | Field:
    """Checkboxes of which there may be very many, such as people: in a box that scrolls. Or what is typed instead."""
    if not isinstance(form.fields[name], forms.MultipleChoiceField):
        return Field.textarea(name, rows=3)
    return Div(Field.checkboxes(name, legend_size=Size.SMALL, small=True), css_class="portal-many")


def layout(form: forms.Form, *fields: Any, submit: Any, warning: bool = False) -> FormHelper:
    """A GOV.UK form layout with one button that cannot be pressed twice by accident."""
    helper = FormHelper(form)
    helper.form_method = "post"
    button = Button.warning if warning else Button.primary
    helper.layout = Layout(*fields, button("submit", submit, data_prevent_double_click="true"))
    return helper
