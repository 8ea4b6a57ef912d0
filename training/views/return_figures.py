"""The figures for returns to others: what is counted, the figures of a period, and the rows behind each of them."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.marks import mark_in_words
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from training import permissions, return_lists, returns
from training.actions import reporting
from training.actions.return_choices import choose_for_return
from training.forms.return_choices import ChoicesForm, ReturnReportForm, field_of
from training.models import ReturnChoices
from training.return_files import Definition, Of, definitions
from training.return_periods import Period, offered
from training.views.reports import tabs


def get_definition_or_404(code: str) -> Definition:
    found = definitions().get(code)
    if found is None:
        raise Http404
    return found


def _period(request: Request, definition: Definition) -> Period:
    """The period asked for; else the newest that is over."""
    periods = offered(definition.every, timezone.localdate())
    asked = (request.POST if request.method == "POST" else request.GET).get("period") or request.GET.get("period")
    return next((each for each in periods if each.code == asked), periods[1])


@requires("training.report")
@require_GET
def index(request: Request) -> HttpResponse:
    """The returns that the portal has figures for."""
    return render(request, "training/returns.html", {"returns": list(definitions().values()), "tabs": tabs(request)})


@requires("training.report")
@require_GET
def figures(request: Request, code: str) -> HttpResponse:
    """The figures of a period, each with what it means and the way to the rows behind it."""
    definition = get_definition_or_404(code)
    period, today = _period(request, definition), timezone.localdate()
    choices = returns.choices_of(request.acting, definition)
    lines = returns.lines(request.acting, definition, period, choices.chosen, today=today)
    return render(
        request,
        "training/return.html",
        {
            "definition": definition,
            "period": period,
            "is_running": period.last >= today,
            "periods": offered(definition.every, today),
            "lines": [
                (line, mark_in_words(line.field.mark.value), _address(definition, period, line)) for line in lines
            ],
            "is_chosen": any(choices.chosen.values()),
            "form": ReturnReportForm(),
            "can_choose": allowed(permissions.check_can_manage_training, request.acting),
        },
    )


def _address(definition: Definition, period: Period, line: returns.Line) -> str:
    """Where the rows behind a figure stand; nothing where there is no figure."""
    if line.value is None:
        return ""
    asked: dict[str, Any] = {"field": line.field.code, "period": period.code}
    if line.course is not None:
        asked["course"] = line.course
    return f"{reverse('training:return_rows', args=[definition.code])}?{urlencode(asked)}"


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def choose(request: Request, code: str) -> HttpResponse:
    """Which requirements and courses stand for the parts of a return."""
    permissions.check_can_manage_training(request.acting)
    definition = get_definition_or_404(code)
    named = {each.code: returns.named(request.acting, each) for each in definition.choices}

    def make(row: ReturnChoices, posted: QueryDict | None) -> ChoicesForm:
        initial = {field_of(each.code): list(row.chosen.get(each.code, ())) for each in definition.choices}
        return ChoicesForm(posted, definition=definition, named=named, initial=initial | {"version": row.version})

    editor: Editor[ChoicesForm] = Editor(request, returns.choices_of(request.acting, definition), make)
    if editor.is_ready:
        try:
            choose_for_return(
                definition=definition.code,
                version=editor.form.cleaned_data["version"],
                chosen=editor.form.chosen,
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Saved"), to=reverse("training:return", args=[definition.code]))
    return editor.render("training/return_choices.html", definition=definition)


@requires("training.report")
@require_http_methods(["GET", "POST"])
def rows(request: Request, code: str) -> HttpResponseBase:
    """The people or records that one figure is counted from."""
    definition = get_definition_or_404(code)
    field = next((each for each in definition.fields if each.code == request.GET.get("field")), None)
    if field is None:
        raise Http404
    period, today = _period(request, definition), timezone.localdate()
    course = request.GET.get("course", "")
    found = returns.behind(
        request.acting,
        field,
        period,
        returns.choices_of(request.acting, definition).chosen,
        course=int(course) if course.isdecimal() and len(course) < 18 else None,
        today=today,
    )
    listing = return_lists.RECORDS if field.choice.of == Of.COURSES else return_lists.ASKED
    page = listing.read(request, return_lists.with_names(found, field.choice.of))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=field.label, acting=request.acting, now=timezone.now())
    return render(
        request,
        "training/return_rows.html",
        {
            "definition": definition,
            "field": field,
            "period": period,
            "page": page,
            "people": returns.people_in(found),
            "cells": [[column.value(row) for column in listing.columns] for row in page.items],
            "up": f"{reverse('training:return', args=[definition.code])}?{urlencode({'period': period.code})}",
        },
    )


@requires("training.report")
@require_POST
def report(request: Request, code: str) -> HttpResponse:
    """Ask for the figures of a period as a document. A job makes it."""
    definition = get_definition_or_404(code)
    form = ReturnReportForm(request.POST)
    if not form.is_valid():
        return redirect("training:return", code=definition.code)
    made = reporting.request_return_report(
        definition=definition.code,
        period_from=_period(request, definition).first,
        marking=form.cleaned_data["marking"],
        by=request.acting,
        now=timezone.now(),
    )
    assert made.job is not None  # just queued
    return redirect("jobs:job", reference=made.job.reference)
