"""What differs between a form and what stands, in words. The pages are in tests/test_nothing_typed_is_lost.py."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict

from foundation.core.editing import differences
from foundation.core.forms import DayField, VersionField


class Everything(forms.Form):
    version = VersionField()
    text = forms.CharField(label="Text", required=False)
    number = forms.IntegerField(label="Number", required=False)
    owner = forms.TypedChoiceField(
        label="Owner", choices=[("", "Nobody"), (7, "Hal")], coerce=int, empty_value=None, required=False
    )
    sectors = forms.MultipleChoiceField(label="Sectors", choices=[("LA", "Council"), ("HE", "University")])
    applies = forms.TypedChoiceField(
        label="Applies", choices=[("yes", "Yes, it does"), ("no", "No")], coerce=lambda value: value == "yes"
    )
    checked = forms.BooleanField(label="Checked", required=False)
    on = DayField(label="On", required=False)
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput, required=False)
    file = forms.FileField(label="File", required=False)


STANDS = {
    "version": 1, "text": "As it was", "number": 4, "owner": 7, "sectors": ["LA", "HE"], "applies": "yes",
    "checked": False, "on": date(2026, 3, 4),
}  # fmt: skip
THE_SAME = "version=1&text=As+it+was&number=4&owner=7&sectors=HE&sectors=LA&applies=yes&on_0=04&on_1=3&on_2=2026"


def found(sent: str) -> list[tuple[str, str, str]]:
    form = Everything(QueryDict(sent), initial=STANDS)
    return [(str(each.label), each.theirs, each.mine) for each in differences(form)]


def test_what_says_the_same_in_other_signs_is_no_difference():
    assert found(THE_SAME + "&secret=x&version=9") == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("text=As+it+is", ("Text", "As it was", "As it is")),
        ("text=", ("Text", "As it was", "")),
        ("number=five", ("Number", "4", "five")),
        ("owner=", ("Owner", "Hal", "Nobody")),
        ("owner=99", ("Owner", "Hal", "99")),
        ("applies=no", ("Applies", "Yes, it does", "No")),
        ("checked=on", ("Checked", "No", "Yes")),
        ("on_0=5", ("On", "4 March 2026", "5 March 2026")),
        ("on_0=31&on_1=2", ("On", "4 March 2026", "31 2 2026")),
        ("on_0=&on_1=&on_2=", ("On", "4 March 2026", "")),
    ],
)
def test_a_difference_is_shown_as_people_read_it(sent, expected):
    changed = QueryDict(THE_SAME, mutable=True)
    for name, values in QueryDict(sent).lists():
        changed.setlist(name, values)

    assert found(changed.urlencode()) == [expected]


def test_several_choices_are_shown_in_a_row():
    one = THE_SAME.replace("&sectors=LA", "")

    assert found(one) == [("Sectors", "Council, University", "University")]


def test_a_field_that_was_not_sent_is_left_out():
    sent = "text=As+it+is&sectors=LA&sectors=HE"  # a browser sends a list of boxes, or it is empty

    assert found(sent) == [("Text", "As it was", "As it is")]
