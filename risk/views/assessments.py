"""Assessments: the list, one register, its matrix, and two versions side by side."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.dates import a_year_on, months_after
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_list
from risk import actions, comparison, pictures, queries, reference, rescoring, sides, standings
from risk import tabs as room
from risk.forms import AssessmentForm, CopyForm, NewAssessmentForm
from risk.listing import (
    STATUS_COLOUR,
    assessment_lines,
    assessments_listing,
    lines,
    register_listing,
    register_or_404,
    rows_of_register,
)
from risk.models import Assessment
from risk.models.assessments import Template
from risk.views.finding import closed_to_changes, may_write, one_form, tabs, today
from risk.workflow import Status


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """Every assessment there was, newest first."""
    page = assessments_listing().read(request, queries.assessments_for_list(request.acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Risk assessments"), acting=request.acting, now=timezone.now())
    return render(
        request,
        "risk/assessments.html",
        {
            "page": page,
            "lines": assessment_lines(page.items),
            "tabs": room.of("assessments", request.acting),
            "can_edit": request.acting.may("risk.edit"),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Begin an assessment, with starter risks of the organisation's sectors."""
    starters = reference.starters_for(request.acting.organisation.sectors)
    initial = {"marking": queries.settings_of(request.acting).marking, "template": Template.SCORED}

    def make(_row: None, posted: QueryDict | None) -> NewAssessmentForm:
        return NewAssessmentForm(posted, starters=starters, initial=initial)

    editor: Editor[NewAssessmentForm] = Editor(request, None, make)
    if editor.is_ready:
        try:
            row = actions.create_assessment(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Assessment begun"), to=row)
    return editor.render(
        "risk/form.html",
        heading=_("Begin a risk assessment"),
        up=reverse("risk:assessments"),
        up_label=_("All assessments"),
    )


@requires("risk.view")
@require_http_methods(["GET", "POST"])
def assessment(request: Request, reference: str) -> HttpResponseBase:
    """The register of one assessment, to filter, sort, search and export."""
    row, offered = register_or_404(request.acting, reference)
    wanted = request.GET.get("export")
    listing = register_listing(row, offered, whole=bool(wanted))
    page = listing.read(request, rows_of_register(request.acting, row))
    if not isinstance(page, ListPage):
        return page
    if wanted:
        return export_list(page, format=wanted, title=row.title, acting=request.acting, now=timezone.now())
    return render(
        request,
        "risk/register.html",
        {
            **head(request, row),
            "page": page,
            "lines": lines(page.items, row, offered.words.themes, today()),
            "scored": row.template == Template.SCORED,
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Title, period, marking and summary."""
    row = queries.get_assessment_or_404(request.acting, reference)
    if refused := closed_to_changes(request, row, row.get_absolute_url()):
        return refused

    def make(current: Assessment, posted: QueryDict | None) -> AssessmentForm:
        names = ("version", "title", "period_from", "period_to", "marking", "summary")
        return AssessmentForm(posted, initial={name: getattr(current, name) for name in names})

    return one_form(
        request,
        row,
        make,
        lambda typed: actions.change_assessment(assessment_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("Assessment saved"),
        to=row.get_absolute_url(),
        heading=_("Title, period and summary"),
        caption=row.title,
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def copy(request: Request, reference: str) -> HttpResponse:
    """Begin the next period with what the approved assessment says."""
    row = queries.get_assessment_or_404(request.acting, reference)
    initial = {
        "title": a_year_on(row.title),
        "period_from": months_after(row.period_from, 12),
        "period_to": months_after(row.period_to, 12),
    }
    editor: Editor[CopyForm] = Editor(request, None, lambda _row, posted: CopyForm(posted, initial=initial))
    if editor.is_ready:
        try:
            made = actions.copy_forward(
                assessment_id=row.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Copied into a new draft"), to=rescoring.after_copying(request, made))
    lead = _("Every open risk comes along with its scores, controls and owner. Closed risks stay behind.")
    return editor.render(
        "risk/form.html", heading=_("Copy forward"), caption=row.title, up=row.get_absolute_url(), lead=lead
    )


@requires("risk.view")
@require_GET
def matrix(request: Request, reference: str) -> HttpResponse:
    """The heat map with movement since the last approval, and the risks of each cell one click away."""
    row = queries.get_assessment_or_404(request.acting, reference)
    scale = row.scale
    earlier = queries.approved_before(request.acting, row)
    drawn = standings.of(request.acting, row, earlier)
    cells = [
        {
            "label": label,
            "cells": [
                {
                    "count": drawn.counts[(likelihood, impact)],
                    "likelihood": label,
                    "impact": scale.impact[impact - 1],
                    "url": f"{row.get_absolute_url()}?cell={likelihood}x{impact}",
                }
                for impact in range(1, len(scale.impact) + 1)
            ],
        }
        for likelihood, label in reversed(list(enumerate(scale.likelihood, start=1)))
    ]
    return render(
        request,
        "risk/matrix.html",
        {
            **head(request, row),
            "chart": pictures.matrix_chart(scale, drawn, chart_id="heat-map"),
            "cells": cells,
            "impact": scale.impact,
            "earlier": earlier,
            "unscored": drawn.counts[None],
        },
    )


@requires("risk.view")
@require_GET
def compare(request: Request, reference: str) -> HttpResponse:
    """This version beside another, risk by risk, the older on the left.

    Without a choice it stands beside the one approved before, or else the latest other.
    """
    row = queries.get_assessment_or_404(request.acting, reference)
    others = list(queries.assessments(request.acting).exclude(pk=row.pk)[:50])
    if chosen := request.GET.get("with", ""):
        other: Assessment | None = queries.get_assessment_or_404(request.acting, chosen)
    else:
        other = queries.approved_before(request.acting, row) or next(iter(others), None)
    earlier, later = sorted((row, other or row), key=lambda each: (each.period_from, each.pk))
    pairs: list[comparison.Pair] = []
    if other is not None:
        pairs = comparison.compare(sides.of(request.acting, earlier), sides.of(request.acting, later))
    counted = comparison.counts(pairs)
    return render(
        request,
        "risk/compare.html",
        {
            **head(request, row),
            "other": other,
            "others": others,
            "earlier": earlier,
            "later": later,
            "lines": sides.lines(pairs, earlier, later),
            "counts": [(comparison.WORDS[change][0], counted[change]) for change in comparison.Change],
        },
    )


def head(request: Request, row: Assessment) -> dict[str, Any]:
    """What the top of each page of an assessment shows."""
    return {
        "assessment": row,
        "tabs": tabs(request, row),
        "status_colour": STATUS_COLOUR[Status(row.status)],
        "can_write": may_write(request, row),
        "can_import": may_write(request, row) and row.status == Status.DRAFT,
        "can_report": request.acting.may("risk.report"),
        "can_copy": row.status == Status.APPROVED and request.acting.may("risk.edit"),
    }
