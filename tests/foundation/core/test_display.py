"""The small tags and filters: what people typed stays text in each of them."""

from types import SimpleNamespace

import pytest
from django import forms
from django.http import QueryDict
from django.template import engines

from foundation.core.templatetags.portal import flag, hint_line, query

HOSTILE = "<script>alert('x')</script>\"&"
ESCAPED = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&quot;&amp;"


def test_a_flag_says_its_words_and_has_its_colour() -> None:
    assert flag("Overdue", "red") == '<span class="portal-flag portal-flag--red">Overdue</span>'


def test_words_of_a_flag_stay_text() -> None:
    assert flag(HOSTILE) == f'<span class="portal-flag portal-flag--yellow">{ESCAPED}</span>'


@pytest.mark.parametrize(("said", "drawn"), [("", ""), (HOSTILE, f'<span class="portal-hint-line">{ESCAPED}</span>')])
def test_a_line_below_a_cell_stays_text_and_is_left_out_when_it_says_nothing(said: str, drawn: str) -> None:
    assert hint_line(said) == drawn


def test_options_of_a_select_stay_text_in_and_out_of_groups() -> None:
    class Choosing(forms.Form):
        choice = forms.ChoiceField(choices=[(HOSTILE, HOSTILE), (HOSTILE, [("a", HOSTILE), ("b", "B")])])

    template = engines["django"].from_string("{% load govuk_fields %}{% control form.choice %}")

    drawn = template.render({"form": Choosing(initial={"choice": "b"})})

    assert f'<option value="{ESCAPED}">{ESCAPED}</option>' in drawn
    assert (
        f'<optgroup label="{ESCAPED}"><option value="a">{ESCAPED}</option><option value="b" selected>B</option>'
        in drawn
    )


@pytest.mark.parametrize(
    ("address", "changes", "expected"),
    [
        ("", {"sort": "title"}, "?sort=title"),
        ("team=1&team=2&after=9", {"after": None, "sort": "-x y"}, "?team=1&team=2&sort=-x+y"),
        ("sort=a&state=open", {"sort": "b"}, "?state=open&sort=b"),
        ("q=%26%3D%22%3C", {}, "?q=%26%3D%22%3C"),
    ],
)
def test_an_address_keeps_its_parameters_but_for_those_that_change(
    address: str, changes: dict[str, str | None], expected: str
) -> None:
    context = {"request": SimpleNamespace(GET=QueryDict(address))}

    assert query(context, **changes) == expected
