"""Every component on one page, with awkward content: how the portal looks, and what the accessibility check reads."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Size
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.core.access import public
from foundation.core.forms import DayField, layout
from foundation.core.lists import FilterForm
from foundation.documents.charts import Category, Shade, Trend, stacked_bars, trend

SCALE = [
    Category("Exceeded", Shade.BEST),
    Category("Met", Shade.GOOD),
    Category("Partly met", Shade.PART),
    Category("Not met", Shade.POOR),
    Category("Not assessed", Shade.UNKNOWN),
]
THEN = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
LONG_NAME = "Prevent-duty-risk-assessment-and-partnership-action-plan-2026-to-2029-final-agreed-version-v12.pdf"


class EveryControl(forms.Form):
    """One of each control that the portal uses."""

    name = forms.CharField(
        label="Name of the venue", help_text="As people know it", error_messages={"required": "Enter a name"}
    )
    number = forms.IntegerField(label="How many people", error_messages={"required": "Enter how many people"})
    email = forms.EmailField(label="E-mail address", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)
    theme = forms.ChoiceField(
        label="Theme", choices=[("", "Choose a theme"), ("risk", "Risk assessment")], required=False
    )
    status = forms.ChoiceField(
        label="Where does this stand?",
        choices=[
            Choice("met", "Met", hint="There is evidence, and it is in date"),
            Choice("partly", "Partly met"),
            Choice("not", "Not met", divider="or"),
            Choice("na", "Does not apply"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select where this stands"},
    )
    again = forms.ChoiceField(
        label="Again?", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect, required=False
    )
    sectors = forms.MultipleChoiceField(
        label="Sectors",
        choices=[("la", "Local authority"), ("fe", "Further education")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select a sector"},
    )
    agree = forms.BooleanField(label="I have read the guidance", error_messages={"required": "Tick the box"})
    day = DayField(label="Next review", help_text="For example, 27 3 2027", required_error="Enter a date")
    comment = forms.CharField(
        label="How do you meet it?", widget=forms.Textarea, error_messages={"required": "Enter how you meet it"}
    )
    file = forms.FileField(label="Evidence", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = layout(
            self,
            Field.text("name"), Field.text("number", field_width=4), "email", "password", "theme",
            Field.radios("status", legend_size=Size.MEDIUM), Field.radios("again", inline=True), "sectors", "agree",
            "day", Field.textarea("comment", rows=4, max_characters=500), "file",
            submit="Save",
        )  # fmt: skip


class Filters(FilterForm):
    """Filters as a list has them."""

    theme = forms.ChoiceField(label="Theme", choices=[("", "All themes"), ("risk", "Risk assessment")], required=False)
    state = forms.ChoiceField(label="State", choices=[("", "All states"), ("met", "Met")], required=False)
    owner = forms.CharField(label="Owner", required=False)


@public("demonstration only: shows how the portal looks, no data")
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """The page at /components/, mounted in demonstration mode only."""
    return render(request, "components/gallery.html", content(request))


def content(request: HttpRequest) -> dict[str, Any]:
    """What the gallery shows."""
    with_errors = EveryControl({"day_0": "1", "day_1": "x", "day_2": "2026"}, auto_id="wrong_%s")
    return {
        "form": EveryControl(),
        "form_with_errors": with_errors,
        "page": _list_page(request),
        "empty_page": SimpleNamespace(items=[]),
        "charts": _charts(),
        "tags": ["grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"],
        "figures": [
            {"value": "61", "of": "of 84", "label": "ready", "url": "#figures", "change": "4 more than in June"},
            {"value": "3", "label": "with expired evidence", "url": "#figures", "tone": "bad"},
            {"value": "7", "label": "overdue for review", "tone": "warn"},
            {"value": "12,480", "label": "people trained", "tone": "good"},
        ],
        "entries": [
            {
                "what": "Answer changed: partly met",
                "at": THEN,
                "who": "Morwenna Llewellyn",
                "detail": "Two lines,\nkept as typed.",
            },
            {"what": "Evidence linked", "at": THEN, "who": "Hal Benbow", "url": "#history"},
        ],
        "flags": [
            {"text": "Evidence expired on 4 March 2026", "tone": "red", "url": "#flags", "action": "Renew it"},
            {"text": "Nothing has changed for 14 months", "tone": "orange"},
            {"text": "Reviewed last week", "tone": "green"},
            {"text": "No owner yet"},
        ],
        "fields": [
            {
                "label": "How we meet it",
                "theirs": "Training twice a year.\nBoard sees figures.",
                "mine": "Training once a year.",
            },
            {"label": "Owner", "theirs": "Hal Benbow", "mine": "Hal Benbow"},
        ],
        "crumbs": [("Home", "#"), ("The duty", "#"), ("Risk assessment", "#")],
        "tabs": [
            SimpleNamespace(label=label, url="#tabs", is_current=label == "Alarms")
            for label in ("Everything", "Alarms")
        ],
        "tasks": [
            {"title": "Check the sectors of your organisation", "done": True},
            {"title": "Invite your colleagues", "url": "#tasks", "hint": "Or let them sign in through your provider"},
        ],
        "long_name": LONG_NAME,
        "then": THEN,
    }


def _list_page(request: HttpRequest) -> SimpleNamespace:
    """What foundation.core.lists gives a template, filled by hand."""
    headings = ["Requirement", "State", "Owner", "Next review", "Evidence"]
    return SimpleNamespace(
        listing=SimpleNamespace(search=("title",), search_label="Search the requirements"),
        search_text="",
        is_filtered=False,
        filter_form=Filters(request.GET),
        headings=[
            {"label": label, "numeric": label == "Evidence", "sort": "" if label == "Owner" else label.lower(),
             "direction": "ascending" if label == "Requirement" else "none"}
            for label in headings
        ],
        items=[
            {"title": "Assess the risk of people being drawn into terrorism, with the Counter Terrorism Local Profile",
             "state": "Partly met", "colour": "orange", "owner": "Morwenna Llewellyn-Featherstonehaugh", "files": 12},
            {"title": "Train staff", "state": "Met", "colour": "green", "owner": "Hal Benbow", "files": 3},
            {"title": "Refer concerns", "state": "Not assessed", "colour": "grey", "owner": "", "files": 0},
        ],
        total=1284, total_is_capped=False, first_number=51, last_number=100,
        previous_parameters={"before": 51}, next_parameters={"after": 100},
    )  # fmt: skip


def _charts() -> list[Any]:
    return [
        stacked_bars(
            [
                ("Risk assessment", (2, 5, 3, 1, 0)),
                ("Training and capability", (0, 8, 2, 0, 1)),
                ("Venues", (1, 1, 1, 4, 2)),
            ],
            SCALE,
            caption="Where each theme stands",
            chart_id="gallery-themes",
            label_header="Theme",
        ),
        trend(
            ["2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4"],
            [Trend("Ready", [12, 20, 38, 61]), Trend("Expired", [1, None, 4, 3], Shade.POOR)],
            caption="Ready requirements over time",
            chart_id="gallery-trend",
            period_header="Quarter",
        ),
    ]
