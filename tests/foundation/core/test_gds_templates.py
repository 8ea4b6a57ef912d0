"""Forms as a whole: buttons, the error summary, and markup that somebody typed."""

import re

import pytest
from crispy_forms.utils import render_crispy_form
from crispy_forms_gds.choices import Choice
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Button, Fieldset, Hidden, Layout, Size, Submit
from django import forms
from django.template import Context, Template

from foundation.core.forms import DayField
from tests.foundation.core.frontend import published, shown, tree

BAIT = "<script>alert('x')</script>&\"'{{ 7 }}"


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
