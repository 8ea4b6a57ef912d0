"""Answering, assuring and linking evidence."""

from datetime import datetime
from itertools import zip_longest

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import actions, contributions, permissions
from compliance.forms import AnswerForm, AssuranceForm
from compliance.models import Answer, AnswerEvidence, AnswerRevision, Requirement
from compliance.models.library import scale_of
from compliance.views.finding import get_requirement_or_404, today
from foundation.core.access import requires
from foundation.core.editing import Editor, Make, WhoSaved
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.prepared import PreparedObjects, stand_in
from foundation.evidence import choosing
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership


def current_answer(request: Request, requirement: Requirement) -> Answer | None:
    return _ANSWER.first(request.acting.organisation_id, requirement.pk)


_ANSWER = PreparedObjects(
    lambda organisation_id, requirement_id: (
        Answer.objects.visible_to(stand_in(organisation_id=organisation_id))
        .filter(requirement_id=requirement_id)
        .order_by()
    ),
    int,
    int,
    related=("owner",),
)


@requires("compliance.assess")
@require_http_methods(["GET", "POST"])
def answer(request: Request, code: str) -> HttpResponse:
    """Say where the organisation stands. A stale save shows both texts and loses nothing."""
    requirement = get_requirement_or_404(request.acting, code)
    permissions.check_can_answer(request.acting, requirement)
    row = current_answer(request, requirement)
    editor = Editor(request, row, _answer_form(request, requirement), who_saved=_who_saved(request))
    if editor.is_ready:
        try:
            actions.answer(
                requirement_id=requirement.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Answer to %(code)s saved") % {"code": requirement.code}, to=requirement)
    of_members = contributions.is_partnership(request.acting)
    gathered = contributions.context_of(request.acting, requirement, today()) if of_members else {}
    return editor.render("compliance/answer.html", requirement=requirement, **gathered)


@requires("compliance.assure")
@require_http_methods(["GET", "POST"])
def assure(request: Request, code: str) -> HttpResponse:
    """Record the assurer's rating beside the organisation's own answer."""
    requirement = get_requirement_or_404(request.acting, code)
    row = current_answer(request, requirement)
    if row is None:
        raise Http404
    permissions.check_can_assure(request.acting, row)
    editor = Editor(request, row, _assurance_form(request, requirement), who_saved=_who_saved(request))
    if editor.is_ready:
        try:
            actions.assure(
                requirement_id=requirement.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Rating of %(code)s saved") % {"code": requirement.code}, to=requirement)
    return editor.render("compliance/assure.html", requirement=requirement, answer=row)


@requires("compliance.view")
@require_GET
def history(request: Request, code: str) -> HttpResponse:
    """Every answer there ever was, newest first, with what changed from the one before."""
    requirement = get_requirement_or_404(request.acting, code)
    revisions = list(
        AnswerRevision.objects.visible_to(request.acting)
        .filter(requirement=requirement)
        .select_related("owner", "changed_by", "requirement_revision")
        .order_by("-number")
    )
    uses = (
        AnswerEvidence.objects.visible_to(request.acting)
        .filter(answer__requirement=requirement)
        .select_related("evidence", "linked_by", "unlinked_by")
        .order_by("-linked_at")
    )
    scale = scale_of(requirement)
    labels = {step["code"]: step["label"] for step in scale.steps}
    labels |= {step["code"]: step["label"] for step in scale_of(requirement, assurer=True).steps}
    entries = [
        {
            "revision": revision,
            "status": labels.get(revision.status, revision.status),
            "assured": labels.get(revision.assured_status, ""),
            "changed": _changed(revision, before),
        }
        for revision, before in zip_longest(revisions, revisions[1:])
    ]
    return render(request, "compliance/history.html", {"requirement": requirement, "entries": entries, "uses": uses})


@requires("compliance.assess")
@require_http_methods(["GET", "POST"])
def link_evidence(request: Request, code: str) -> HttpResponseBase:
    """Choose from the organisation's evidence, or add new evidence and come back here."""
    requirement = get_requirement_or_404(request.acting, code)
    permissions.check_can_answer(request.acting, requirement)
    if choosing.is_choice(request):
        return _link_chosen(request, requirement)
    linked = AnswerEvidence.objects.visible_to(request.acting).filter(
        answer__requirement=requirement, unlinked_at__isnull=True
    )
    named = f"{requirement.code} {requirement.title}"
    return choosing.choose(request, linked=linked.values("evidence_id"), named=named, up=requirement.get_absolute_url())


@requires("compliance.assess")
@require_POST
def unlink_evidence(request: Request, code: str, use: int) -> HttpResponse:
    requirement = get_requirement_or_404(request.acting, code)
    found = AnswerEvidence.objects.visible_to(request.acting).filter(pk=use, answer__requirement=requirement).first()
    if found is None:
        raise Http404
    try:
        actions.unlink_evidence(use_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Evidence no longer linked to %(code)s") % {"code": requirement.code})
    return redirect(requirement)


def _link_chosen(request: Request, requirement: Requirement) -> HttpResponse:
    item = choosing.chosen(request)
    if item is None:
        messages.warning(request, _("Select the evidence to link."))
        return redirect("compliance:link_evidence", code=requirement.code)
    try:
        actions.link_evidence(requirement_id=requirement.pk, evidence_id=item.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Evidence linked to %(code)s") % {"code": requirement.code})
    return redirect(requirement)


def _answer_form(request: Request, requirement: Requirement) -> Make[AnswerForm]:
    scale = scale_of(requirement)
    scores = actions.score_range(scale, request.acting)
    current = organisations.role_holders(request.acting, today())

    def make(row: Answer | None, posted: QueryDict | None) -> AnswerForm:
        owners, initial = list(current), {"version": 0, "applies": "yes"}
        if row:
            if row.owner and row.owner_id not in dict(owners):
                owners.append((row.owner.pk, row.owner.name))
            fields = ("version", "why_not", "status", "score", "comment", "owner_id", "next_review_on")
            initial = {name: getattr(row, name) for name in fields} | {"applies": "yes" if row.applies else "no"}
        return AnswerForm(posted, scale=scale, scores=scores, owners=owners, today=today(), initial=initial)

    return make


def _assurance_form(request: Request, requirement: Requirement) -> Make[AssuranceForm]:
    scale = scale_of(requirement, assurer=True)
    scores = actions.score_range(scale, request.acting)

    def make(row: Answer, posted: QueryDict | None) -> AssuranceForm:
        rated = {name: getattr(row, f"assured_{name}") for name in ("status", "score", "comment")}
        initial = {"version": row.version, "assured_on": row.assured_on, **rated}
        return AssuranceForm(posted, scale=scale, scores=scores, today=today(), initial=initial)

    return make


def _who_saved(request: Request) -> WhoSaved:
    """Whoever changed the answer or its rating last."""

    def who_saved(row: Answer) -> tuple[Membership | None, datetime | None]:
        by_id, at = row.saved_last
        people = Membership.objects.visible_to(request.acting)
        return (people.filter(pk=by_id).first() if by_id else None), at

    return who_saved


def _changed(revision: AnswerRevision, before: AnswerRevision | None) -> list[str]:
    """Labels of the fields that differ from the revision before."""
    if before is None:
        return []
    labels = {field.attname: field.verbose_name for field in revision._meta.fields}
    names = ("status", "score", "applies", "why_not", "comment", "owner_id", "next_review_on")
    rated = ("assured_status", "assured_score", "assured_comment", "assured_on")
    return [str(labels[name]) for name in (*names, *rated) if getattr(revision, name) != getattr(before, name)]
