"""Members' contributions to the benchmarks of a group: what we share, what our members share with us."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import actions, contributions, permissions, queries
from compliance.contribution_forms import ContributionFilter, ShareForm
from compliance.models.contributions import SHORT
from compliance.views.finding import today
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.sharing_filter import SharingFilter, by_partnership
from foundation.documents.responses import export_rows


@requires("compliance.view")
@require_GET
def gathered(request: Request) -> HttpResponseBase:
    """All benchmarks and all members: what is shared with the partnership acted for."""
    _must_be_partnership(request)
    found = contributions.gathered(request.acting, today())
    form = ContributionFilter(request.GET, gathered=found)
    cells = form.narrow(found.cells)
    if wanted := request.GET.get("export"):
        return export_rows(
            [
                _("Member"),
                _("Code"),
                _("Benchmark"),
                _("Shared"),
                _("Where it stands"),
                _("Comment"),
                _("As at"),
                _("Shared on"),
            ],
            lambda: (_cells(cell) for cell in cells),
            name="contributions",
            format=wanted,
            title=_("Members' contributions to the benchmarks"),
            acting=request.acting,
            now=timezone.now(),
        )
    context = {"gathered": found, "form": form, "cells": cells}
    return render(request, "compliance/contributions/gathered.html", context)


@requires("compliance.view")
@require_GET
def benchmark(request: Request, code: str) -> HttpResponse:
    """One benchmark: the group's answer, and each member's contribution beside it."""
    _must_be_partnership(request)
    found = contributions.gathered(request.acting, today(), code)
    if not found.benchmarks:
        raise Http404
    line = queries.register(request.acting, today()).line(code)
    return render(
        request,
        "compliance/contributions/benchmark.html",
        {
            "gathered": found,
            "row": found.benchmarks[0],
            "line": line,
            "shared": contributions.shared(found.cells),
            "not_shared": contributions.not_shared(found.cells),
            "can_answer": request.acting.may("compliance.assess"),
        },
    )


@requires("compliance.view")
@require_GET
def sharing(request: Request) -> HttpResponse:
    """What we let our partnerships read of our answers to the benchmarks."""
    found = contributions.own(request.acting, today())
    form = SharingFilter(request.GET, rows=found, states=contributions.Sharing)
    return render(
        request,
        "compliance/contributions/sharing.html",
        {
            "by_partnership": by_partnership(form.narrow(found, contributions.words_of)),
            "has_any": bool(found),
            "page": form.as_page(),
            "can_share": request.acting.may("compliance.share"),
        },
    )


@requires("compliance.share")
@require_http_methods(["GET", "POST"])
def share(request: Request, partnership: str, code: str) -> HttpResponse:
    """Show what the partnership would read, and share it."""
    permissions.check_can_share(request.acting)
    own = _own_or_404(request, partnership, code)
    form = _share_form(request, own)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.share_contribution(
                requirement_id=own.requirement.pk,
                partnership_id=own.partnership.pk,
                by=request.acting,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except StaleVersion:
            own, status = _own_or_404(request, partnership, code), 409
            form = _share_form(request, own, on_top=True)
            form.add_error(None, _("Your answer was changed since you opened this page. Read it again, then share."))
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            text = _("%(code)s is shared with %(name)s") % {"code": code, "name": own.partnership.name}
            messages.success(request, text)
            return redirect("compliance:sharing")
    return render(request, "compliance/contributions/share.html", {"own": own, "form": form}, status=status)


@requires("compliance.share")
@require_POST
def take_back(request: Request, partnership: str, code: str) -> HttpResponse:
    own = _own_or_404(request, partnership, code)
    if own.shared is None:
        messages.warning(request, _("%(code)s is not shared any more") % {"code": code})
        return redirect("compliance:sharing")
    try:
        actions.take_back_contribution(contribution_id=own.shared.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        text = _("%(code)s is taken back: %(name)s cannot read it any more")
        messages.success(request, text % {"code": code, "name": own.partnership.name})
    return redirect("compliance:sharing")


def _share_form(request: Request, own: contributions.Own, *, on_top: bool = False) -> ShareForm:
    """With ``on_top``, what was typed on top of the answer that stands now."""
    version = own.answer.version if own.answer else 0
    typed = request.POST.copy() if request.method == "POST" else None
    if typed is not None and on_top:
        typed["version"] = str(version)
    return ShareForm(
        typed,
        partnership=own.partnership.name,
        renew=own.shared is not None,
        initial={"version": version, "comment": own.answer.comment[:SHORT] if own.answer else ""},
    )


def _own_or_404(request: Request, partnership: str, code: str) -> contributions.Own:
    found = contributions.own(request.acting, today(), code)
    own = next((each for each in found if each.partnership.slug == partnership), None)
    if own is None:
        raise Http404
    return own


def _must_be_partnership(request: Request) -> None:
    if not contributions.is_partnership(request.acting):
        raise Http404


def _cells(cell: contributions.Cell) -> list[object]:
    return [
        cell.member.name,
        cell.requirement.code,
        cell.requirement.title,
        str(cell.seen.label),
        cell.tag[0] if cell.shared else "",
        cell.comment,
        timezone.localdate(cell.as_at) if cell.as_at else None,
        timezone.localdate(cell.shared_at) if cell.shared_at else None,
    ]
