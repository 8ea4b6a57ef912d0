"""Pages of the evidence library."""

from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor, Make
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_list
from foundation.evidence import actions, permissions
from foundation.evidence.forms import KINDS, EvidenceForm, KindForm, WithdrawForm
from foundation.evidence.listing import evidence_listing, rows_for_list, state_of
from foundation.evidence.models import EvidenceFields, EvidenceItem, EvidenceRevision, Kind
from foundation.evidence.uses import uses_of
from foundation.files import permissions as files
from foundation.files.fields import ask_again
from foundation.files.receiving import accepts_files
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership


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
    today = timezone.localdate()
    rows = [(item, *state_of(item, today)) for item in page.items]
    return render(
        request,
        "evidence/index.html",
        {"page": page, "rows": rows, "can_manage": request.acting.may("evidence.manage")},
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
    editor = Editor(request, None, _add_form(request, kind))
    if editor.is_ready:
        try:
            added = actions.add(
                kind=kind,
                description=editor.form.description(),
                upload=editor.form.cleaned_data.get("upload"),
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
            ask_again(editor.form, "upload", refused=True)
        else:
            words = _("Evidence %(reference)s added") % {"reference": added.reference}
            return editor.saved(words, to=_next(request) or added)
    return editor.render("evidence/form.html", item=None, kind=Kind(kind).label)


@requires("evidence.manage")
@accepts_files()
@require_http_methods(["GET", "POST"])
def revise(request: Request, reference: str) -> HttpResponse:
    """Change what is said, or replace the file. A stale save shows both texts and loses nothing."""
    found = get_item_or_404(request, reference)
    permissions.check_can_manage(request.acting, found)
    editor = Editor(request, found, _revise_form(request), who_saved=_who_saved)
    if editor.is_ready:
        try:
            actions.revise(
                evidence_id=found.pk,
                version=editor.form.cleaned_data["version"],
                description=editor.form.description(),
                upload=editor.form.cleaned_data.get("upload"),
                by=request.acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
            ask_again(editor.form, "upload", refused=True)
        else:
            return editor.saved(_("Evidence %(reference)s saved") % {"reference": found.reference}, to=found)
    return editor.render("evidence/form.html", item=found, kind=found.get_kind_display())


@requires("evidence.manage")
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str) -> HttpResponse:
    found = get_item_or_404(request, reference)
    editor = Editor(request, found, _withdraw_form, compares=False)
    if editor.is_ready:
        try:
            actions.withdraw(evidence_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except StaleVersion as stale:
            editor.refuse(stale)
            editor.form.add_error(
                None, _("Somebody changed this evidence first. Look at it, then withdraw it if you still want to.")
            )
            found = get_item_or_404(request, reference)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Evidence %(reference)s withdrawn") % {"reference": found.reference}, to=found)
    return editor.render("evidence/withdraw.html", item=found, uses=uses_of(request.acting, found))


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


def _files(request: Request, posted: QueryDict | None) -> Any:
    return None if posted is None else request.FILES


def _add_form(request: Request, kind: str) -> Make[EvidenceForm]:
    owners, initial = _owners(request), {"effective_from": timezone.localdate(), "version": 0}

    def make(_row: None, posted: QueryDict | None) -> EvidenceForm:
        return EvidenceForm(posted, _files(request, posted), kind=kind, owners=owners, initial=initial)

    return make


def _revise_form(request: Request) -> Make[EvidenceForm]:
    names = ("title", "link", "note", "effective_from", "effective_to", "expires_on", "marking", "owner_id", "version")
    current = _owners(request)

    def make(found: EvidenceItem, posted: QueryDict | None) -> EvidenceForm:
        owners = list(current)
        if found.owner and found.owner_id not in dict(owners):
            owners.append((found.owner.pk, found.owner.name))
        initial = {name: getattr(found, name) for name in names}
        return EvidenceForm(
            posted, _files(request, posted), kind=found.kind, replacing=True, owners=owners, initial=initial
        )

    return make


def _withdraw_form(found: EvidenceItem, posted: QueryDict | None) -> WithdrawForm:
    return WithdrawForm(posted, initial={"version": found.version})


def _who_saved(found: EvidenceItem) -> tuple[Membership | None, datetime | None]:
    """Whose version stands, and since when."""
    latest = found.revisions.select_related("changed_by").latest("number")
    return latest.changed_by, latest.changed_at


def _owners(request: Request) -> list[tuple[int, str]]:
    """People with a role, and whoever is adding."""
    return organisations.role_holders(request.acting, timezone.localdate())


def _next(request: Request) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") else ""


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
