"""Answering, assuring and linking evidence."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import actions, contributions, permissions
from compliance.forms import AnswerForm, AssuranceForm
from compliance.models import Answer, AnswerEvidence, AnswerRevision, Requirement
from compliance.models.library import scale_of
from compliance.views.finding import get_requirement_or_404, today
from foundation.core import drafts
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.lists import Column, Listing, ListPage
from foundation.evidence.listing import state_of
from foundation.evidence.models import EvidenceItem
from foundation.organisations import queries as organisations

CHOICES = Listing(
    name="evidence-to-link",
    columns=(Column("title", gettext_lazy("Evidence"), lambda item: item.title, sort="title"),),
    default_sort="title",
    search=("title", "reference"),
    search_label=gettext_lazy("Search by title or reference"),
)


def current_answer(request: Request, requirement: Requirement) -> Answer | None:
    return (
        Answer.objects.visible_to(request.acting)
        .filter(requirement=requirement)
        .select_related("owner", "answered_by", "assured_by")
        .first()
    )


@requires("compliance.assess")
@require_http_methods(["GET", "POST"])
def answer(request: Request, code: str) -> HttpResponse:
    """Say where the organisation stands. A stale save shows both texts and loses nothing."""
    requirement = get_requirement_or_404(request.acting, code)
    permissions.check_can_answer(request.acting, requirement)
    row = current_answer(request, requirement)
    draft = drafts.find(request.acting, request.path) if request.method == "GET" else None
    form = _answer_form(request, requirement, row, draft)
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(requirement_id=requirement.pk, by=request.acting, now=timezone.now(), **form.cleaned_data)
        except StaleVersion as stale:
            _keep(request)
            status, conflict = 409, _both_texts(request, requirement, form, stale)
            form = _answer_form(request, requirement, stale.current, None, typed=request.POST)
        except RuleBroken as error:
            _keep(request)
            form.add_error(None, str(error))
        else:
            drafts.discard(request.acting, request.path)
            messages.success(request, _("Answer to %(code)s saved") % {"code": requirement.code})
            return redirect(requirement)
    context = {"requirement": requirement, "form": form, "conflict": conflict, "has_draft": draft is not None}
    if contributions.is_partnership(request.acting):
        context |= contributions.context_of(request.acting, requirement, today())
    return render(request, "compliance/answer.html", context, status=status)


@requires("compliance.assure")
@require_http_methods(["GET", "POST"])
def assure(request: Request, code: str) -> HttpResponse:
    """Record the assurer's rating beside the organisation's own answer."""
    requirement = get_requirement_or_404(request.acting, code)
    row = current_answer(request, requirement)
    if row is None:
        raise Http404
    permissions.check_can_assure(request.acting, row)
    scale = scale_of(requirement, assurer=True)
    form = AssuranceForm(
        request.POST if request.method == "POST" else None,
        scale=scale,
        scores=actions.score_range(scale, request.acting),
        today=today(),
        initial={
            "version": row.version,
            "status": row.assured_status,
            "score": row.assured_score,
            "comment": row.assured_comment,
            "assured_on": row.assured_on,
        },
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.assure(requirement_id=requirement.pk, by=request.acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            _keep(request)
            status = 409 if isinstance(error, StaleVersion) else 200
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Rating of %(code)s saved") % {"code": requirement.code})
            return redirect(requirement)
    return render(
        request, "compliance/assure.html", {"requirement": requirement, "answer": row, "form": form}, status=status
    )


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
def link_evidence(request: Request, code: str) -> HttpResponse:
    """Choose from the organisation's evidence, or add new evidence and come back here."""
    requirement = get_requirement_or_404(request.acting, code)
    permissions.check_can_answer(request.acting, requirement)
    if request.method == "POST" and "search" not in request.POST:
        return _link_chosen(request, requirement)
    linked = AnswerEvidence.objects.visible_to(request.acting).filter(
        answer__requirement=requirement, unlinked_at__isnull=True
    )
    items = EvidenceItem.objects.visible_to(request.acting).filter(withdrawn_at__isnull=True)
    page = CHOICES.read(request, items.exclude(pk__in=linked.values("evidence_id")).for_list())
    if not isinstance(page, ListPage):
        return page
    return render(
        request,
        "compliance/link_evidence.html",
        {
            "requirement": requirement,
            "page": page,
            "rows": [(item, *state_of(item, today())) for item in page.items],
            "can_add": request.acting.may("evidence.manage"),
        },
    )


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
    item = EvidenceItem.objects.visible_to(request.acting).filter(reference=request.POST.get("evidence", "")).first()
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


def _answer_form(
    request: Request,
    requirement: Requirement,
    row: Answer | None,
    draft: dict[str, list[str]] | None,
    typed: Any = None,
) -> AnswerForm:
    scale = scale_of(requirement)
    owners = organisations.role_holders(request.acting, today())
    if row and row.owner and row.owner.pk not in {pk for pk, _name in owners}:
        owners.append((row.owner.pk, row.owner.name))
    initial: dict[str, Any] = {"version": row.version if row else 0, "applies": "yes"}
    if row:
        initial |= {
            "applies": "yes" if row.applies else "no",
            "why_not": row.why_not,
            "status": row.status,
            "score": row.score,
            "comment": row.comment,
            "owner_id": row.owner_id,
            "next_review_on": row.next_review_on,
        }
    if draft:
        texts = ("why_not", "status", "comment", "applies", "score", "owner_id")
        initial |= {name: draft[name][0] for name in texts if draft.get(name)}
    if typed is not None:  # the person's own text, on top of the version that stands now
        typed = typed.copy()
        typed["version"] = str(row.version if row else 0)
    data = typed if typed is not None else request.POST if request.method == "POST" else None
    return AnswerForm(
        data,
        scale=scale,
        scores=actions.score_range(scale, request.acting),
        owners=owners,
        today=today(),
        initial=initial,
    )


def _both_texts(
    request: Request, requirement: Requirement, form: AnswerForm, stale: StaleVersion
) -> list[dict[str, Any]]:
    """What stands and what was typed, field by field, where they differ."""
    current = current_answer(request, requirement)
    assert current is not None
    labels = {step["code"]: step["label"] for step in scale_of(requirement).steps}
    mine = form.cleaned_data
    pairs = [
        (_("Where you stand"), labels.get(current.status, current.status), labels.get(mine["status"], mine["status"])),
        (_("How you meet it"), current.comment, mine["comment"]),
        (_("Why it does not apply"), current.why_not, mine["why_not"]),
        (_("Next review"), current.next_review_on, mine["next_review_on"]),
    ]
    stale.current = current
    return [
        {"label": label, "theirs": theirs, "mine": typed, "by": current.answered_by}
        for label, theirs, typed in pairs
        if (theirs or "") != (typed or "")
    ]


def _changed(revision: AnswerRevision, before: AnswerRevision | None) -> list[str]:
    """Labels of the fields that differ from the revision before."""
    if before is None:
        return []
    labels = {field.attname: field.verbose_name for field in revision._meta.fields}
    names = ("status", "score", "applies", "why_not", "comment", "owner_id", "next_review_on")
    rated = ("assured_status", "assured_score", "assured_comment", "assured_on")
    return [str(labels[name]) for name in (*names, *rated) if getattr(revision, name) != getattr(before, name)]


def _keep(request: Request) -> None:
    drafts.keep(acting=request.acting, path=request.path, typed=dict(request.POST.lists()), now=timezone.now())
