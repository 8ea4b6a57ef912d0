"""How everybody stood when each quarter ended: as it was kept then, never worked out anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.http import Request
from foundation.core.templatetags.portal import day
from foundation.documents.responses import export_rows
from training.figures import Figure
from training.models import Group, Snapshot
from training.views.reports import tabs
from training.workflow import Standing

HEADERS = (
    gettext_lazy("Quarter ended"),
    gettext_lazy("Requirement"),
    gettext_lazy("Course"),
    gettext_lazy("Figures of"),
    gettext_lazy("Group"),
    gettext_lazy("Asked"),
    gettext_lazy("Counted"),
    gettext_lazy("In date"),
    gettext_lazy("Per cent"),
    gettext_lazy("Target"),
)


class QuarterFilter(forms.Form):
    """Which quarter, and by what its people are grouped."""

    quarter = forms.ChoiceField(label=gettext_lazy("Quarter ended"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Figures of"), required=False, choices=Group)


@dataclass(frozen=True)
class Line:
    """One snapshot with its figures."""

    figure: Figure
    row: Snapshot

    @property
    def group(self) -> str:
        """Whom the figures are of, in words."""
        if self.row.group == Group.ALL:
            return _("Everybody")
        return self.row.group_name or (_("No team") if self.row.group == Group.TEAM else _("No staff group"))

    @property
    def is_below_target(self) -> bool:
        return self.figure.reaches(self.row.target) is False

    def cells(self) -> list[Any]:
        figure = self.figure
        return [
            self.row.quarter_end, self.row.title, self.row.course_title, self.row.get_group_display(), self.group,
            figure.asked, figure.counted, figure.in_date, figure.percent, self.row.target,
            *(figure.at(standing) for standing in Standing),
        ]  # fmt: skip


@requires("training.view")
@require_GET
def quarter_ends(request: Request) -> HttpResponseBase:
    """One quarter's figures; as a file for whoever may report."""
    acting = request.acting
    kept = Snapshot.objects.visible_to(acting)
    quarters = list(kept.order_by("-quarter_end").values_list("quarter_end", flat=True).distinct())
    form = QuarterFilter(request.GET)
    set_choices(form, "quarter", [(each.isoformat(), day(each)) for each in quarters])
    chosen = form.cleaned_data if form.is_valid() else {}
    quarter = date.fromisoformat(chosen["quarter"]) if chosen.get("quarter") else next(iter(quarters), None)
    group = Group(chosen.get("group") or Group.ALL)
    rows = kept.filter(quarter_end=quarter, group=group) if quarter else kept.none()
    can_export = acting.may("training.report")
    if (wanted := request.GET.get("export")) and can_export:
        return _export(acting, rows, wanted)
    shown = QuarterFilter({"quarter": quarter.isoformat() if quarter else "", "group": group})
    set_choices(shown, "quarter", [(each.isoformat(), day(each)) for each in quarters])
    return render(
        request,
        "training/quarter_ends.html",
        {
            "form": shown,
            "tabs": tabs(request),
            "quarter": quarter,
            "lines": [Line(Figure(row.counts), row) for row in rows],
            "is_grouped": group != Group.ALL,
            "can_export": can_export,
        },
    )


def _export(acting: Acting, rows: QuerySet, wanted: str) -> HttpResponseBase:
    def read() -> Iterator[list[Any]]:
        return (Line(Figure(row.counts), row).cells() for row in rows.iterator(chunk_size=2_000))

    return export_rows(
        [*map(str, HEADERS), *(str(standing.label) for standing in Standing)],
        read,
        name="training-quarter-ends",
        format=wanted,
        title=_("Training at the end of a quarter"),
        acting=acting,
        now=timezone.now(),
    )
