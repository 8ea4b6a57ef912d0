"""Radios, checkboxes and selects against the markup that GOV.UK Frontend itself publishes."""

import re
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from crispy_forms_gds.choices import Choice
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Layout
from django import forms

from tests.foundation.core.frontend import published, shown, tree


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
