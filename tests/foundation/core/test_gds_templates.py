"""Our form templates against the markup that GOV.UK Frontend itself publishes for each component."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from crispy_forms_gds.choices import Choice
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import (
    Button,
    ConditionalQuestion,
    ConditionalRadios,
    Field,
    Fieldset,
    Hidden,
    Layout,
    Size,
    Submit,
)
from django import forms
from django.template import Context, Template

from foundation.core.forms import DayField

FRONTEND = Path(__file__).parents[3] / "node_modules/govuk-frontend/dist/govuk/components"
VOID = {"input", "br", "img", "meta", "link"}
BAIT = "<script>alert('x')</script>&\"'{{ 7 }}"


class Tree(HTMLParser):
    """Markup as nested tuples: order of attributes and classes, and white space, make no difference."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[list[Any]] = [["root", {}]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        described = {name: value or "" for name, value in attrs if not name.startswith("data-i18n")}
        for name in ("class", "aria-describedby"):
            if name in described:
                described[name] = " ".join(sorted(described[name].split()))
        node: list[Any] = [tag, described]
        self.stack[-1].append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.stack[-1].append(text)


def tree(markup: str) -> list[Any]:
    parser = Tree()
    parser.feed(markup)
    assert len(parser.stack) == 1, "an element is not closed"
    return parser.stack[0][2:]


def published(component: str, name: str) -> dict[str, Any]:
    path = FRONTEND / component / "fixtures.json"
    if not path.exists():
        pytest.skip("the front-end packages are not installed")
    found = [each for each in json.loads(path.read_text())["fixtures"] if each["name"] == name]
    assert len(found) == 1, f"GOV.UK Frontend has no {component} called {name!r}"
    return found[0]


def shown(
    field: forms.Field, name: str, layout: Any = None, *, data: dict[str, Any] | None = None, **initial: Any
) -> str:
    """The field as our templates show it, with no form around it."""
    form = type("OneField", (forms.Form,), {name: field})(data, initial=initial, auto_id="%s")
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout = Layout(layout or name)
    return render_crispy_form(form)


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


@pytest.mark.parametrize("name", ["default", "inline", "with a divider", "with hints on items"])
def test_radios_are_frontends_own(name: str) -> None:
    theirs = published("radios", name)
    options = theirs["options"]

    ours = shown(*choice_question(options, forms.ChoiceField, forms.RadioSelect, inline=name == "inline"))

    assert tree(renumbered(ours, theirs["html"])) == tree(theirs["html"])


def test_checkboxes_are_frontends_own() -> None:
    theirs = published("checkboxes", "default")

    ours = shown(*choice_question(theirs["options"], forms.MultipleChoiceField, forms.CheckboxSelectMultiple))

    assert tree(ours) == tree(theirs["html"])


def test_checkboxes_with_hints_and_an_error_are_frontends_own() -> None:
    theirs = published("checkboxes", "with error message")
    options = theirs["options"]
    field, name, layout = choice_question(options, forms.MultipleChoiceField, forms.CheckboxSelectMultiple)
    field.error_messages["required"] = options["errorMessage"]["text"]

    ours = shown(field, name, layout, data={})

    assert tree(ours) == tree(theirs["html"])


def test_a_single_checkbox_is_described_by_its_hint_and_its_error() -> None:
    field = forms.BooleanField(label="I agree", help_text="Read it first", error_messages={"required": "Tick the box"})

    ours = tree(shown(field, "agree", data={}))

    item = ours[0][3][2]
    assert ours[0][1]["class"] == "govuk-form-group govuk-form-group--error"
    assert item == [
        "div",
        {"class": "govuk-checkboxes__item"},
        [
            "input",
            {
                "type": "checkbox",
                "name": "agree",
                "id": "agree",
                "class": "govuk-checkboxes__input",
                "aria-describedby": "agree-error agree-item-hint",
            },
        ],
        ["label", {"class": "govuk-checkboxes__label govuk-label", "for": "agree"}, "I agree"],
        ["div", {"id": "agree-item-hint", "class": "govuk-checkboxes__hint govuk-hint"}, "Read it first"],
    ]


def test_a_revealed_question_belongs_to_its_radio() -> None:
    class Contact(forms.Form):
        how = forms.ChoiceField(label="How?", choices=[("e", "E-mail"), ("p", "Phone")], widget=forms.RadioSelect)
        number = forms.CharField(label="Number", required=False)

    form = Contact({"how": "p"})
    form.helper = FormHelper()
    form.helper.layout = Layout(ConditionalRadios("how", "E-mail", ConditionalQuestion("Phone", "number")))

    ours = render_crispy_form(form)

    assert 'id="id_how-2" name="how" type="radio" value="p" checked data-aria-controls="conditional-id_how-2"' in ours
    assert '<div class="govuk-radios__conditional" id="conditional-id_how-2">' in ours
    assert 'name="number"' in ours


def test_a_select_with_hint_and_error_is_frontends_own() -> None:
    theirs = published("select", "with hint text and error message")
    field = forms.ChoiceField(
        label=theirs["options"]["label"]["text"],
        help_text=theirs["options"]["hint"]["text"],
        choices=[(str(each["value"]), each["text"]) for each in theirs["options"]["items"]],
        error_messages={"required": theirs["options"]["errorMessage"]["text"]},
    )

    assert tree(shown(field, "select-2", data={})) == tree(theirs["html"])


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


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("prevent double click", Button("submit", "Submit", data_prevent_double_click="true")),
        ("secondary", Button.secondary("secondary", "Secondary button")),
        ("warning", Button.warning("Warning", "Warning button")),
    ],
)
def test_buttons_are_frontends_own(name: str, button: Button) -> None:
    theirs = tree(published("button", name)["html"])
    form = forms.Form()
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout = Layout(button)

    ours = tree(render_crispy_form(form))

    ours[0][1].pop("name")
    theirs[0][1].pop("name", None)
    assert ours == theirs


def test_two_forms_on_one_page_repeat_no_id() -> None:
    form = forms.Form()
    form.helper = FormHelper()
    form.helper.layout = Layout(Button("submit", "Save"), Submit("go", "Go"), Hidden("a", "b"))

    ours = render_crispy_form(form)

    assert re.findall(r'[ ]id="', ours) == []


def test_the_browser_leaves_checking_to_us() -> None:
    form = forms.Form()
    form.helper = FormHelper()

    assert tree(render_crispy_form(form, context={"csrf_token": "t"}))[0][1]["novalidate"] == ""


# ---- Error summary -------------------------------------------------------------------------------------------------
class Everything(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="Name", error_messages={"required": "Enter a name"})
    colour = forms.ChoiceField(
        label="Colour",
        choices=[("r", "Red"), ("b", "Blue")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select a colour"},
    )
    day = DayField(label="Day")
    other = DayField(label="Other day", required_error="Enter the other day")

    def clean(self) -> None:
        self.add_error(None, "Somebody saved first")


def test_the_error_summary_leads_to_the_control_where_each_answer_is_put_right() -> None:
    form = Everything({"day_0": "1", "day_1": "x", "day_2": "2026"})
    summary = Template("{% load crispy_forms_gds %}{% error_summary form %}").render(Context({"form": form}))
    whole = render_crispy_form(form)

    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>|<li>([^<]+)</li>', summary)

    assert links == [
        ("id_name", "Somebody saved first", ""),
        ("", "", "This field is required."),
        ("id_name", "Enter a name", ""),
        ("id_colour", "Select a colour", ""),
        ("id_day_1", "Enter a valid month", ""),
        ("id_other_0", "Enter the other day", ""),
    ]
    assert [target for target, _, _ in links if target and f'id="{target}"' not in whole] == []


def test_the_error_summary_is_framed_as_frontend_does() -> None:
    theirs = tree(published("error-summary", "default")["html"])
    form = Everything({})

    ours = tree(Template("{% load crispy_forms_gds %}{% error_summary form %}").render(Context({"form": form})))

    for each in (ours, theirs):
        each[0][2][3][2][2:] = []
    assert ours == theirs


def test_a_form_without_errors_has_no_error_summary() -> None:
    summary = Template("{% load crispy_forms_gds %}{% error_summary form %}").render(Context({"form": Everything()}))

    assert summary.strip() == ""


def test_a_form_can_be_shown_twice_and_is_the_same_both_times() -> None:
    form = Everything({})

    assert render_crispy_form(form) == render_crispy_form(form)


# ---- Nothing typed is trusted --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "field",
    [
        forms.CharField(label=BAIT, help_text=BAIT),
        forms.BooleanField(label=BAIT, help_text=BAIT),
        forms.ChoiceField(label=BAIT, help_text=BAIT, choices=[(BAIT, BAIT)]),
        forms.ChoiceField(label=BAIT, choices=[Choice(BAIT, BAIT, hint=BAIT, divider=BAIT)], widget=forms.RadioSelect),
        forms.MultipleChoiceField(label=BAIT, choices=[(BAIT, BAIT)], widget=forms.CheckboxSelectMultiple),
        DayField(label=BAIT, help_text=BAIT),
        forms.CharField(label=BAIT, widget=forms.Textarea),
        forms.CharField(label=BAIT, widget=forms.PasswordInput),
        forms.FileField(label=BAIT),
    ],
    ids=["text", "checkbox", "select", "radios", "checkboxes", "date", "textarea", "password", "file"],
)
def test_a_label_or_choice_with_markup_in_it_is_shown_as_text(field: forms.Field) -> None:
    unbound = shown(field, "bait", bait=BAIT if not isinstance(field, DayField) else None)
    wrong = shown(field, "bait", data={"bait": [BAIT], "bait_0": BAIT})

    assert "<script" not in unbound + wrong
    assert "&lt;script&gt;" in unbound


def test_a_legend_or_button_with_markup_in_it_is_shown_as_text() -> None:
    form = Everything()
    form.helper = FormHelper()
    form.helper.layout = Layout(
        Fieldset("name", legend=BAIT, legend_size=Size.MEDIUM), Button("save", "<b>Save</b>"), Submit("go", "<b>Go</b>")
    )

    ours = render_crispy_form(form)

    assert "<script" not in ours
    assert "<b>" not in ours


# ---- Means ---------------------------------------------------------------------------------------------------------
def choice_question(options: dict[str, Any], field: type, widget: type, *, inline: bool = False) -> tuple:
    """Field, name and layout for a published set of radios or checkboxes."""
    choices: list[Choice] = []
    for each in options["items"]:
        if "divider" in each:
            choices[-1].divider = each["divider"]
        else:
            hint = {"hint": each["hint"]["text"]} if "hint" in each else {}
            choices.append(Choice(each["value"], each["text"], **hint))
    name = options.get("idPrefix") or options["name"]
    made = field(
        label=options["fieldset"]["legend"]["text"],
        help_text=options.get("hint", {}).get("text", ""),
        choices=choices,
        widget=widget,
        initial=next((each["value"] for each in options["items"] if each.get("checked")), None),
    )
    legend = options["fieldset"]["legend"].get("classes", "")
    context = {"radios_inline": inline, "legend_size": legend}
    if options["fieldset"]["legend"].get("isPageHeading"):
        context["legend_tag"] = "h1"
    return made, name, Field(name, context=context)


def renumbered(ours: str, theirs: str) -> str:
    """Frontend counts a divider as an item in its ids, and its examples have ids apart from their names."""
    wanted = re.findall(r'<input[^>]* id="([^"]+)"', theirs)
    for mine, other in zip(re.findall(r'<input[^>]* id="([^"]+)"', ours), wanted, strict=True):
        if mine != other:
            ours = ours.replace(f'"{mine}"', f'"{other}"').replace(f'"{mine}-item-hint"', f'"{other}-item-hint"')
    name = re.findall(r'<input[^>]* name="([^"]+)"', theirs)[0]
    return re.sub(r' name="[^"]+"', f' name="{name}"', ours)
