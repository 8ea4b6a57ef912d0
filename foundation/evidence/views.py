"""Pages of the evidence library."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.markings import Marking
from foundation.documents.responses import export_list
from foundation.evidence import actions, permissions
from foundation.evidence.forms import KINDS, EvidenceForm, KindForm, WithdrawForm
from foundation.evidence.listing import evidence_listing, lines, rows_for_list, state_of
from foundation.evidence.models import EvidenceFields, EvidenceItem, EvidenceRevision, Kind
from foundation.evidence.uses import uses_of
from foundation.files import permissions as files
from foundation.files.fields import ask_again
from foundation.files.receiving import accepts_files
from foundation.organisations import queries as organisations


def get_item_or_404(request: Request, reference: str) -> EvidenceItem:
    item = (
        EvidenceItem.objects.visible_to(request.acting)
        .filter(reference=reference)
        .select_related("owner", "file", "created_by")
        .first()
    )
    if item is None:
        raise Http404
    return item


@requires("evidence.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    page = evidence_listing(request.acting).read(
        request, rows_for_list(EvidenceItem.objects.visible_to(request.acting))
    )
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Evidence"), acting=request.acting, now=timezone.now())
    return render(
        request,
        "evidence/index.html",
        {
            "page": page,
            "lines": lines(page.items, timezone.localdate()),
            "can_manage": request.acting.may("evidence.manage"),
        },
    )


@requires("evidence.view")
@require_GET
def item(request: Request, reference: str) -> HttpResponse:
    found = get_item_or_404(request, reference)
    text, colour = state_of(found, timezone.localdate())
    return render(
        request,
        "evidence/item.html",
        {
            "item": found,
            "state": text,
            "colour": colour,
            "uses": uses_of(request.acting, found),
            "why_closed": files.why_closed(request.acting, found.file) if found.file else "",
            "can_change": request.acting.may("evidence.manage") and not found.is_withdrawn,
        },
    )


@requires("evidence.manage")
@accepts_files()
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Choose the kind, then say what it is. ``next`` leads back to where the evidence was wanted."""
    kind = request.GET.get("kind", "")
    if kind not in Kind.values:
        question = KindForm(request.GET if "kind" in request.GET else None)
        context = {"form": question, "next": _next(request), "choices": KINDS}
        return render(request, "evidence/kind.html", context)
    is_post = request.method == "POST"
    form = EvidenceForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        kind=kind,
        owners=_owners(request),
        initial={"effective_from": timezone.localdate(), "version": 0},
    )
    if is_post and form.is_valid():
        try:
            added = actions.add(
                kind=kind,
                description=form.description(),
                upload=form.cleaned_data.get("upload"),
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            form.add_error(None, str(error))
            ask_again(form, "upload", refused=True)
        else:
            messages.success(request, _("Evidence %(reference)s added") % {"reference": added.reference})
            return redirect(_next(request) or added.get_absolute_url())
    return render(request, "evidence/form.html", {"form": form, "item": None, "kind": Kind(kind).label})


@requires("evidence.manage")
@accepts_files()
@require_http_methods(["GET", "POST"])
def revise(request: Request, reference: str) -> HttpResponse:
    """Change what is said, or replace the file. A stale save shows both texts and loses nothing."""
    found = get_item_or_404(request, reference)
    permissions.check_can_manage(request.acting, found)
    is_post = request.method == "POST"
    form = _revise_form(request, found, request.POST if is_post else None)
    status, conflict = 200, None
    if is_post and form.is_valid():
        try:
            actions.revise(
                evidence_id=found.pk,
                version=form.cleaned_data["version"],
                description=form.description(),
                upload=form.cleaned_data.get("upload"),
                by=request.acting,
                now=timezone.now(),
            )
        except StaleVersion:
            current = get_item_or_404(request, reference)
            typed = request.POST.copy()
            typed["version"] = str(current.version)
            mine, form = form, _revise_form(request, current, typed)
            status, conflict = 409, _both_texts(current, mine, in_words=form)
            ask_again(form, "upload", refused=True)
        except RuleBroken as error:
            form.add_error(None, str(error))
            ask_again(form, "upload", refused=True)
        else:
            messages.success(request, _("Evidence %(reference)s saved") % {"reference": found.reference})
            return redirect(found)
    context = {"form": form, "item": found, "kind": found.get_kind_display(), "conflict": conflict}
    return render(request, "evidence/form.html", context, status=status)


@requires("evidence.manage")
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str) -> HttpResponse:
    found = get_item_or_404(request, reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(evidence_id=found.pk, by=request.acting, now=timezone.now(), **form.cleaned_data)
        except StaleVersion as stale:
            status = 409
            form = WithdrawForm({"reason": form.cleaned_data["reason"], "version": stale.current.version})
            form.add_error(
                None, _("Somebody changed this evidence first. Look at it, then withdraw it if you still want to.")
            )
            found = get_item_or_404(request, reference)
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Evidence %(reference)s withdrawn") % {"reference": found.reference})
            return redirect(found)
    context = {"form": form, "item": found, "uses": uses_of(request.acting, found)}
    return render(request, "evidence/withdraw.html", context, status=status)


@requires("evidence.view")
@require_GET
def history(request: Request, reference: str) -> HttpResponse:
    """Every version of a piece of evidence, newest first, with what changed from the one before."""
    found = get_item_or_404(request, reference)
    revisions = list(
        EvidenceRevision.objects.visible_to(request.acting)
        .filter(item=found)
        .select_related("changed_by", "owner", "file")
        .order_by("-number")
    )
    entries = [
        {"revision": revision, "changes": _changes(revision, before)}
        for revision, before in zip_longest(revisions, revisions[1:])
    ]
    return render(request, "evidence/history.html", {"item": found, "entries": entries})


def _revise_form(request: Request, found: EvidenceItem, data: Any) -> EvidenceForm:
    names = ("title", "link", "note", "effective_from", "effective_to", "expires_on", "marking", "owner_id", "version")
    owners = _owners(request)
    if found.owner and found.owner_id not in {pk for pk, _name in owners}:
        owners.append((found.owner.pk, found.owner.name))
    return EvidenceForm(
        data,
        request.FILES if data is not None else None,
        kind=found.kind,
        replacing=True,
        owners=owners,
        initial={name: getattr(found, name) for name in names},
    )


def _owners(request: Request) -> list[tuple[int, str]]:
    """People with a role, and whoever is adding."""
    return organisations.role_holders(request.acting, timezone.localdate())


def _next(request: Request) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") else ""


def _both_texts(current: EvidenceItem, form: EvidenceForm, *, in_words: EvidenceForm) -> list[dict[str, Any]]:
    """What stands and what was typed, where they differ."""
    mine = form.description()
    names = ("title", "link", "note", "effective_from", "effective_to", "expires_on", "marking", "owner_id")
    owners = dict(in_words.fields["owner_id"].choices)  # type: ignore[attr-defined]
    words: dict[str, dict[Any, Any]] = {"owner_id": owners, "marking": dict(Marking.choices)}
    return [
        {
            "label": _label(name.removesuffix("_id")),
            "theirs": words.get(name, {}).get(getattr(current, name), getattr(current, name)),
            "mine": words.get(name, {}).get(getattr(mine, name), getattr(mine, name)),
        }
        for name in names
        if (getattr(current, name) or "") != (getattr(mine, name) or "")
    ]


def _changes(revision: EvidenceRevision, before: EvidenceRevision | None) -> list[dict[str, Any]]:
    if before is None:
        return []
    names = ("title", "link", "note", "effective_from", "effective_to", "expires_on", "marking", "owner", "file")
    return [
        {
            "label": _label(name),
            "before": _shown(before, name),
            "after": _shown(revision, name),
        }
        for name in names
        if getattr(before, name) != getattr(revision, name)
    ]


def _shown(revision: EvidenceRevision, name: str) -> Any:
    """A value as people read it."""
    if name == "file":
        return revision.file.original_name if revision.file else ""
    return revision.get_marking_display() if name == "marking" else getattr(revision, name)


def _label(name: str) -> str:
    return str(getattr(EvidenceFields._meta.get_field(name), "verbose_name", name))
