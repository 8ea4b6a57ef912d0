"""What is typed, uploaded or dated against the markup that GOV.UK Frontend itself publishes."""

import re

import pytest
from crispy_forms_gds.layout import Field
from django import forms

from foundation.core.forms import DayField
from tests.foundation.core.frontend import published, shown, tree


def test_a_text_input_is_frontends_own() -> None:
    ours = shown(forms.CharField(label="National Insurance number"), "test-name")

    assert tree(ours) == tree(published("input", "default")["html"])


def test_a_text_input_with_hint_and_error_is_frontends_own() -> None:
    theirs = published("input", "with error and hint")
    field = forms.CharField(
        label=theirs["options"]["label"]["text"],
        help_text=theirs["options"]["hint"]["text"],
        error_messages={"required": theirs["options"]["errorMessage"]["text"]},
    )

    assert tree(shown(field, "with-error-hint", data={})) == tree(theirs["html"])


def test_a_width_is_kept_beside_the_base_class() -> None:
    theirs = published("input", "with width-5 class")
    field = forms.CharField(label=theirs["options"]["label"]["text"], help_text=theirs["options"]["hint"]["text"])

    ours = shown(field, "test-width-5", Field.text("test-width-5", field_width=5))

    assert tree(ours.replace('id="test-width-5', 'id="input-width-5').replace("test-width-5-hint", "input-width-5-hint")
                .replace('for="test-width-5"', 'for="input-width-5"')) == tree(theirs["html"])  # fmt: skip


@pytest.mark.parametrize(
    ("field", "mode"),
    [(forms.IntegerField(label="How many"), "numeric"), (forms.DecimalField(label="How many"), "decimal")],
)
def test_a_number_is_typed_as_text_with_a_number_keyboard(field: forms.Field, mode: str) -> None:
    field.widget.attrs |= {"min": 1, "max": 9}

    ours = tree(shown(field, "many"))

    control = ours[0][3]
    assert control == [
        "input",
        {
            "type": "text",
            "name": "many",
            "id": "many",
            "class": "govuk-input",
            "inputmode": mode,
            "spellcheck": "false",
        },
    ]


@pytest.mark.parametrize("widget", [forms.NumberInput, forms.EmailInput, forms.URLInput, forms.TextInput])
def test_every_kind_of_input_is_marked_when_it_is_wrong(widget: type[forms.Widget]) -> None:
    ours = tree(shown(forms.CharField(label="Word", widget=widget), "word", data={}))

    assert ours[0][1]["class"] == "govuk-form-group govuk-form-group--error"
    assert ours[0][4][1]["class"] == "govuk-input govuk-input--error"
    assert ours[0][4][1]["aria-describedby"] == "word-error"


def test_nothing_a_person_types_is_cut_off_or_refused_by_the_browser() -> None:
    ours = shown(forms.CharField(label="Name", max_length=10, min_length=2), "name")

    assert [word for word in ("maxlength", "minlength", "required") if word in ours] == []


def test_a_password_can_be_shown_and_is_frontends_own_with_hint_and_error() -> None:
    theirs = published("password-input", "with error message")
    name = theirs["options"]["name"]
    field = forms.CharField(
        label="Password",
        widget=forms.PasswordInput,
        help_text=theirs["options"]["hint"]["text"],
        error_messages={"required": "Error message goes here"},
    )

    ours = shown(field, name, data={}).replace(f'"{name}', '"' + theirs["options"]["id"]).replace(
        f" {name}-", " " + theirs["options"]["id"] + "-"
    ).replace(f'name="{theirs["options"]["id"]}"', f'name="{name}"')  # fmt: skip

    assert tree(ours) == tree(theirs["html"])


def test_a_new_password_keeps_its_own_autocomplete() -> None:
    field = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    assert 'autocomplete="new-password"' in shown(field, "password")


def test_a_text_area_with_hint_and_error_is_frontends_own() -> None:
    theirs = published("textarea", "with hint and error message")
    options = theirs["options"]
    field = forms.CharField(
        label=options["label"]["text"],
        help_text=options["hint"]["text"],
        widget=forms.Textarea,
        error_messages={"required": options["errorMessage"]["text"]},
    )

    ours = shown(field, options["name"], Field.textarea(options["name"], rows=5), data={})

    assert tree(ours.replace(f'id="{options["name"]}', f'id="{options["id"]}')) == tree(theirs["html"])


def test_a_character_count_with_hint_and_error_is_frontends_own() -> None:
    theirs = published("character-count", "with hint and error")
    options = theirs["options"]
    field = forms.CharField(
        label=options["label"]["text"],
        help_text=options["hint"]["text"],
        widget=forms.Textarea,
        error_messages={"required": options["errorMessage"]["text"]},
    )

    ours = shown(field, "with-error", Field.textarea("with-error", rows=5, max_characters=10), data={})

    assert tree(ours) == tree(theirs["html"])


def test_an_upload_is_frontends_own() -> None:
    field = forms.FileField(label="Upload a file")

    assert tree(shown(field, "file-upload-1")) == tree(published("file-upload", "enhanced")["html"])


def test_an_upload_with_an_error_is_marked() -> None:
    ours = tree(shown(forms.FileField(label="File"), "file", data={}))

    assert ours[0][4][2][1]["class"] == "govuk-file-upload govuk-file-upload--error"


@pytest.mark.parametrize("name", ["default", "with error message and hint", "with error on month input"])
def test_a_date_is_frontends_own(name: str) -> None:
    theirs = published("date-input", name)
    options = theirs["options"]
    wrong = "errorMessage" in options
    parts = {"month": {"_0": "1", "_1": "x", "_2": "2026"}} if "month" in name else {}
    field = DayField(
        label=options["fieldset"]["legend"]["text"],
        help_text=options["hint"]["text"],
        required_error=options["errorMessage"]["text"] if wrong else None,
    )
    field.fields[1].validators[0].message = options["errorMessage"]["text"] if wrong else ""
    data = {f"{options['id']}{part}": value for part, value in parts.get("month", {}).items()}

    ours = shown(field, options["id"], data=data if wrong else None)

    for position, part in enumerate(("day", "month", "year")):
        ours = re.sub(f'name="{options["id"]}_{position}"( value="[^"]*")?', f'name="{part}"', ours)
        ours = ours.replace(f'"{options["id"]}_{position}"', f'"{options["id"]}-{part}"')
    assert tree(ours) == tree(theirs["html"])


def test_only_the_wrong_box_of_a_date_is_marked() -> None:
    ours = shown(DayField(label="When?"), "when", data={"when_0": "x", "when_1": "2"})

    marked = re.findall(r'<input[^>]*govuk-input--error[^>]*id="([^"]+)"|id="([^"]+)"[^>]*govuk-input--error', ours)
    assert [first or second for first, second in marked] == ["when_0", "when_2"]
