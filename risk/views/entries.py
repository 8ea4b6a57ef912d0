"""One risk in an assessment: its page and the forms that change it, each a small group of questions."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from risk import actions, attention, beside, permissions, pictures, queries, reference, rescoring
from risk.forms import CommentForm, DescriptionForm, PromptsForm, ResponseForm, ScoreForm
from risk.models import Assessment, Category, Entry, ScoreChange
from risk.models.assessments import Template
from risk.reference import words as known_words
from risk.views.assessments import head
from risk.views.finding import (
    address_of,
    approvers,
    closed_to_changes,
    find_entry,
    one_form,
    owners,
    today,
)
from risk.workflow import OPEN

DESCRIBED = (
    "version",
    "title",
    "theme",
    "description",
    "cause",
    "at_risk",
    "places",
    "ideologies",
    "source",
    "source_note",
    "marking",
)


@requires("risk.view")
@require_GET
def entry(request: Request, reference: str, risk: str) -> HttpResponse:
    """Everything about a risk in this assessment."""
    assessment, row = find_entry(request, reference, risk)
    words, controls, changes = known_words(), queries.controls_of(row), queries.score_changes(row)
    top = head(request, assessment)
    found = attention.of_entry(assessment, row, has_controls=bool(controls), on=today())
    can_comment = assessment.status in OPEN and allowed(permissions.check_can_comment, request.acting, assessment)
    return render(
        request,
        "risk/entry.html",
        {
            **top,
            "entry": row,
            "scored": assessment.template == Template.SCORED,
            "theme": words.themes.get(row.theme, row.theme),
            "ideologies": ", ".join(words.ideologies.get(code, code) for code in row.ideologies),
            "controls": controls,
            "scores": _scores(row),
            "flags": attention.flags(assessment, row, found, can_fix=top["can_write"]),
            "changes": [_told(row, each) for each in changes],
            "line": pictures.score_line(changes[::-1], chart_id="score-line"),
            "comments": queries.comments_on(row),
            "comment_form": CommentForm() if can_comment else None,
            "recommendations": beside.recommendations(request.acting, row.risk),
            "panels": beside.of_risk(request.acting, row.risk),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def add(request: Request, reference: str) -> HttpResponse:
    """Put a new risk into an open assessment."""
    assessment = queries.get_assessment_or_404(request.acting, reference)
    if refused := closed_to_changes(request, assessment, assessment.get_absolute_url()):
        return refused
    offers = _offers(None)

    def make(_row: None, posted: QueryDict | None) -> DescriptionForm:
        return DescriptionForm(posted, is_new=True, initial={"marking": assessment.marking}, **offers)

    editor: Editor[DescriptionForm] = Editor(request, None, make)
    if editor.is_ready:
        described = actions.Description(**editor.form.cleaned_data)
        try:
            row = actions.add_entry(
                assessment_id=assessment.pk, description=described, by=request.acting, now=timezone.now()
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Risk %(code)s added") % {"code": row.risk.code}, to=address_of(assessment, row))
    return editor.render(
        "risk/form.html", heading=_("Add a risk"), caption=assessment.title, up=assessment.get_absolute_url()
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def describe(request: Request, reference: str, risk: str) -> HttpResponse:
    """What the risk is."""
    assessment, row = find_entry(request, reference, risk)

    def make(row: Entry, posted: QueryDict | None) -> DescriptionForm:
        initial = {name: getattr(row, name) for name in DESCRIBED}
        imported = row.assessment.template == Template.SCORED and bool(row.further_action)
        return DescriptionForm(posted, initial=initial, with_further_action=imported, **_offers(row))

    def do(row: Entry, typed: dict[str, Any]) -> None:
        version = typed.pop("version")
        described = actions.Description(**typed)
        actions.describe_entry(
            entry_id=row.pk, version=version, description=described, by=request.acting, now=timezone.now()
        )

    return _change(request, assessment, row, make, do, heading=_("Describe the risk"))


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def score(request: Request, reference: str, risk: str) -> HttpResponse:
    """Inherent, current and target, with the matrix beside them."""
    assessment, row = find_entry(request, reference, risk)
    matrix = assessment.scale
    names = [f"{kind}_{side}" for kind in queries.KINDS for side in ("likelihood", "impact")]

    def make(row: Entry, posted: QueryDict | None) -> ScoreForm:
        initial = {name: getattr(row, name) for name in ("version", "target_on", *names)}
        return ScoreForm(posted, matrix=matrix, initial=initial | {"reason": rescoring.reason_for(request, risk)})

    def do(row: Entry, typed: dict[str, Any]) -> None:
        actions.score_entry(entry_id=row.pk, by=request.acting, now=timezone.now(), **typed)
        rescoring.done(request, risk)

    return _change(request, assessment, row, make, do, heading=_("Score the risk"), matrix=_shown(matrix))


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def respond(request: Request, reference: str, risk: str) -> HttpResponse:
    """What is done, who owns it, when it is looked at again."""
    assessment, row = find_entry(request, reference, risk)
    names = ("version", "response", "tolerated_by_id", "tolerated_until", "owner_id")
    more = ("review_every_months", "next_review_on")

    def make(row: Entry, posted: QueryDict | None) -> ResponseForm:
        return ResponseForm(
            posted,
            people=owners(request, including=row.owner_id),
            approvers=approvers(request, including=row.tolerated_by_id),
            initial={name: getattr(row, name) for name in (*names, *more)},
        )

    def do(row: Entry, typed: dict[str, Any]) -> None:
        actions.respond(entry_id=row.pk, by=request.acting, now=timezone.now(), **typed)

    return _change(request, assessment, row, make, do, heading=_("Response, owner and review"))


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def prompts(request: Request, reference: str, risk: str) -> HttpResponse:
    """A risk of a form without scores."""
    assessment, row = find_entry(request, reference, risk)
    names = ("version", "description", "management", "further_action", "owner_id", "target_on", "next_review_on")

    def make(row: Entry, posted: QueryDict | None) -> PromptsForm:
        people = owners(request, including=row.owner_id)
        initial = {name: getattr(row, name) for name in names}
        return PromptsForm(posted, people=people, template=assessment.template, initial=initial)

    def do(row: Entry, typed: dict[str, Any]) -> None:
        actions.answer_prompts(entry_id=row.pk, by=request.acting, now=timezone.now(), **typed)

    return _change(request, assessment, row, make, do, heading=_("How the risk is managed"))


def _change(
    request: Request, assessment: Assessment, row: Entry, make: Any, do: Any, *, heading: str, **context: Any
) -> HttpResponse:
    to = address_of(assessment, row)
    if refused := closed_to_changes(request, assessment, to):
        return refused
    said = _("%(code)s saved") % {"code": row.risk.code}
    caption = f"{row.risk.code} {row.title}"
    return one_form(
        request, row, make, lambda typed: do(row, typed), said=said, to=to, heading=heading, caption=caption, **context
    )


def _offers(row: Entry | None) -> dict[str, Any]:
    """Themes and ideologies of today, and those that the risk already has."""
    themes = reference.offered(Category.Kind.THEME, today())
    ideologies = reference.offered(Category.Kind.IDEOLOGY, today())
    if row is not None:
        known = reference.words()
        themes += [(code, known.themes.get(code, code)) for code in [row.theme] if code not in dict(themes)]
        ideologies += [
            (code, known.ideologies.get(code, code)) for code in row.ideologies if code not in dict(ideologies)
        ]
    return {"themes": themes, "ideologies": ideologies}


def _scores(row: Entry) -> list[dict[str, Any]]:
    matrix = row.assessment.scale
    found = []
    for kind in queries.KINDS:
        band, colour = queries.band_of(matrix, row.score(kind))
        words = queries.filled_in(matrix, queries.cell(row, kind))
        found.append({"kind": ScoreChange.Kind(kind).label, "words": words, "band": band, "colour": colour})
    return found


def _told(row: Entry, change: ScoreChange) -> dict[str, Any]:
    """A change of a score for components/history.html."""
    matrix = row.assessment.scale
    before = (
        (change.before_likelihood, change.before_impact)
        if change.before_likelihood is not None and change.before_impact is not None
        else None
    )
    after = (change.likelihood, change.impact) if change.likelihood is not None and change.impact is not None else None
    return {
        "what": _("%(kind)s score: %(before)s → %(after)s")
        % {
            "kind": change.get_kind_display(),
            "before": queries.filled_in(matrix, before) or _("none"),
            "after": queries.filled_in(matrix, after) or _("none"),
        },
        "at": change.changed_at,
        "who": change.changed_by.name,
        "detail": change.reason,
    }


def _shown(matrix: Any) -> dict[str, Any]:
    """The matrix as a table: likelihood downwards from the highest, each cell with its score and band."""
    return {
        "impact": matrix.impact,
        "rows": [
            {
                "label": f"{likelihood} {label}",
                "cells": [
                    (likelihood * impact, *queries.band_of(matrix, likelihood * impact))
                    for impact in range(1, len(matrix.impact) + 1)
                ],
            }
            for likelihood, label in reversed(list(enumerate(matrix.likelihood, start=1)))
        ],
    }
