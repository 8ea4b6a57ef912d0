"""Form controls as GOV.UK Frontend 6 writes them, for templates/gds/, which stand in for crispy-forms-gds's own.

crispy-forms-gds adds classes and ids by changing a form's widgets while it renders. Here each control is a copy with
the attributes it needs: a form can be shown twice, and no text a person typed is ever trusted as markup.
"""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

register = template.Library()

# The first that fits counts: a set of checkboxes is also a RadioSelect, a password also a text input.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.MultiWidget, "group"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
)
BASE_CLASS = {
    "checkbox": "govuk-checkboxes__input",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "text": "govuk-input",
    "group": "",
}
ERROR_CLASS = {
    "file": "govuk-file-upload--error",
    "password": "govuk-input--error",
    "select": "govuk-select--error",
    "textarea": "govuk-textarea--error",
    "text": "govuk-input--error",
}
# What a widget carries and Frontend does not want: a browser's own messages, or text cut off without a word.
LEFT_OUT = dict.fromkeys(("required", "maxlength", "minlength", "cols", "min", "max", "step"), False)
NOT_OF_AN_ITEM = {"id", "class", "checked", "required", "aria-invalid", "aria-describedby"}


@dataclass(frozen=True)
class Item:
    """One radio button or checkbox of a question."""

    id: str
    value: str
    label: Any
    selected: bool
    hint: Any
    divider: Any
    attributes: SafeString


@register.filter
def control_kind(field: BoundField) -> str:
    """Which of GOV.UK's form components shows this field."""
    if field.is_hidden:
        return "hidden"
    return next((kind for widget, kind in KINDS if isinstance(field.field.widget, widget)), "text")


@register.filter
def described_by(field: BoundField) -> str:
    """The ids of the hint and the errors that belong to a field, for ``aria-describedby``."""
    ids = [f"{field.auto_id}-hint"] if field.help_text else []
    return " ".join(ids + [f"{field.auto_id}-error{_nth(number)}" for number, _ in enumerate(field.errors, 1)])


@register.filter
def error_ids(field: BoundField) -> list[tuple[str, str]]:
    """Each error of a field with the id its paragraph has."""
    return [(f"{field.auto_id}-error{_nth(number)}", str(error)) for number, error in enumerate(field.errors, 1)]


@register.filter
def items(field: BoundField) -> list[Item]:
    """The radio buttons or checkboxes of a field. The first has the field's own id, so that a link can reach it."""
    choices = getattr(field.field, "choices", None)
    listed = choices if isinstance(choices, list) else []
    return [
        Item(
            id=_item_id(field, position),
            value=str(each.data["value"]),
            label=each.data["label"],
            selected=each.data["selected"],
            hint=getattr(_at(listed, position), "hint", None),
            divider=getattr(_at(listed, position), "divider", None),
            attributes=flatatt(
                {name: value for name, value in each.data["attrs"].items() if name not in NOT_OF_AN_ITEM}
            ),
        )
        for position, each in enumerate(field.subwidgets)
    ]


@register.filter
def item_at(field: BoundField, position: int) -> Item:
    """One radio button of a field."""
    return items(field)[position]


@register.simple_tag(takes_context=True)
def control(context: template.Context, field: BoundField) -> str:
    """The input, select or text area itself, with the classes and the descriptions it needs."""
    kind = control_kind(field)
    widget = copy.copy(field.field.widget)
    widget.attrs = {name: value for name, value in widget.attrs.items() if name != "input_type"}
    attributes: dict[str, Any] = dict(LEFT_OUT)
    show_errors = bool(field.errors) and context.get("form_show_errors", True) is not False
    if kind == "group":
        widget.widgets = [_part(field, position, show_errors) for position in range(len(widget.widgets))]
        return _drawn(field, widget, attributes)
    if kind == "file" and isinstance(widget, forms.ClearableFileInput):
        widget = _plain_file_input(widget)
    if isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
        whole = isinstance(field.field, forms.IntegerField) and not isinstance(
            field.field, forms.FloatField | forms.DecimalField
        )
        attributes |= {"inputmode": "numeric" if whole else "decimal", "spellcheck": "false"}
    if kind == "password":
        attributes |= {"spellcheck": "false", "autocapitalize": "none"}
        attributes |= {} if "autocomplete" in widget.attrs else {"autocomplete": "current-password"}
    if isinstance(widget, forms.EmailInput):
        attributes["spellcheck"] = "false"
    attributes["class"] = _classes(
        BASE_CLASS[kind], widget.attrs.get("class", ""), ERROR_CLASS.get(kind, "") if show_errors else ""
    )
    counted = context.get("max_characters") or context.get("max_words")
    described = [f"{field.auto_id}-info"] if counted else []
    described += [_checkbox_described(field)] if kind == "checkbox" else [described_by(field)]
    attributes["aria-describedby"] = " ".join(part for part in described if part) or False
    return _drawn(field, widget, attributes)


@register.filter
def error_links(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Every error of a form with the id of the control to go to ("" where there is none), in the form's order."""
    visible = form.visible_fields()
    first = _first_control(visible[0]) if visible else ""
    found = [(first, str(error)) for error in form.non_field_errors()]
    found += [("", str(error)) for field in form.hidden_fields() for error in field.errors]
    for field in visible:
        found += list(dict.fromkeys((_control_with(field, str(error)), str(error)) for error in field.errors))
    return found


@register.filter
def own_id(button: Any) -> str:
    """The id somebody gave a button; none otherwise, because two forms on a page would repeat a made-up one."""
    own, name = str(getattr(button, "id", "") or ""), slugify(button.name)
    return "" if own in (f"id_{name}", f"submit-id-{name}", f"hidden-id-{name}") else own


@register.filter
def rendered(markup: str) -> SafeString:
    """Controls that these templates rendered a moment ago and that crispy-forms joined as plain text."""
    return SafeString(markup)


def _drawn(field: BoundField, widget: forms.Widget, attributes: dict[str, Any]) -> str:
    """As BoundField.as_widget does, without the attributes that it adds unasked."""
    widget.is_localized = widget.is_localized or field.field.localize
    disabled = {"disabled": True} if field.field.disabled else {}
    attributes = {"id": field.auto_id, **attributes, **disabled}
    if type(widget) is forms.Select:
        return _select(field, widget, attributes)
    if type(widget) is forms.TextInput:
        return _input(field, widget, attributes)
    return widget.render(field.html_name, field.value(), attributes, field.form.renderer)


def _input(field: BoundField, widget: forms.TextInput, attributes: dict[str, Any]) -> SafeString:
    """As widget.render, without a template: every list has some."""
    value = widget.format_value(field.value())
    attributes = widget.build_attrs(widget.attrs, attributes)
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget.input_type,
        field.html_name,
        "" if value is None else format_html(' value="{}"', value),
        flatatt(attributes),
    )


def _select(field: BoundField, widget: forms.Select, attributes: dict[str, Any]) -> SafeString:
    """As widget.render, without a template for each option: a list's filter has hundreds of people to choose from."""
    chosen = set(widget.format_value(field.value()))
    return format_html(
        '<select name="{}"{}>{}</select>',
        field.html_name,
        flatatt(widget.build_attrs(widget.attrs, attributes)),
        _options(widget.choices, chosen),
    )


def _options(choices: Iterable[Any], chosen: set[str]) -> SafeString:
    """Options and, where a label is a list of further choices, groups of them."""
    return SafeString("".join(_option(value, label, chosen) for value, label in choices))


def _option(value: Any, label: Any, chosen: set[str]) -> str:
    """Escaped here: ``format_html`` costs several times as much, and a filter offers hundreds."""
    if isinstance(label, list | tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
    value = "" if value is None else str(value)
    selected = " selected" if value in chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(str(label))}</option>'


def _nth(number: int) -> str:
    return "" if number == 1 else f"-{number}"


def _item_id(field: BoundField, position: int) -> str:
    return field.auto_id if position == 0 else f"{field.auto_id}-{position + 1}"


def _at(listed: list[Any], position: int) -> Any:
    return listed[position] if position < len(listed) else None


def _classes(*groups: str) -> str:
    return " ".join(dict.fromkeys(name for group in groups for name in group.split()))


def _checkbox_described(field: BoundField) -> str:
    """A single checkbox has its hint beneath it, inside the item."""
    return described_by(field).replace(f"{field.auto_id}-hint", f"{field.auto_id}-item-hint", 1)


def _plain_file_input(widget: forms.ClearableFileInput) -> forms.FileInput:
    plain = forms.FileInput()
    plain.allow_multiple_selected = widget.allow_multiple_selected
    plain.attrs = widget.attrs
    return plain


def _part(field: BoundField, position: int, show_errors: bool) -> forms.Widget:
    """One box of a date. Without an error of a certain box, the error is of all of them."""
    part = copy.copy(field.field.widget.widgets[position])
    marked = show_errors and (position in _wrong_parts(field) or not _wrong_parts(field))
    part.attrs = {name: value for name, value in part.attrs.items() if name != "aria-describedby"} | {
        "class": _classes("govuk-input", part.attrs.get("class", ""), "govuk-input--error" if marked else ""),
        "inputmode": "numeric",
    }
    return part


def _wrong_parts(field: BoundField) -> list[int]:
    parts: Iterator[tuple[int, forms.Field]] = enumerate(getattr(field.field, "fields", ()))
    return [position for position, part in parts if getattr(part.widget, "errors", None)]


def _control_with(field: BoundField, error: str) -> str:
    for position, part in enumerate(getattr(field.field, "fields", ())):
        if error in [str(each) for each in getattr(part.widget, "errors", ())]:
            return f"{field.auto_id}_{position}"
    return _first_control(field)


def _first_control(field: BoundField) -> str:
    if control_kind(field) == "group":
        return f"{field.auto_id}_{min(_wrong_parts(field), default=0)}"
    return field.auto_id
