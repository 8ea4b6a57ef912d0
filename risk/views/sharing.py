"""Risks and partnerships: what we share, what our members share with us."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.accounts.authentication import safe_next
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.sharing_filter import chosen
from foundation.documents.responses import export_list
from foundation.organisations import queries as organisations
from risk import actions, permissions, pictures, reference, shared_list, sharing_list, tabs
from risk import sharing as shares
from risk.forms import ShareRiskForm
from risk.models import SharedRisk
from risk.models.sharing import SHORT
from risk.views.finding import today


# ---- What a member shares
@requires("risk.view")
@require_http_methods(["GET", "POST"])
def sharing(request: Request) -> HttpResponseBase:
    """What we let one of our partnerships read of our risks."""
    partnerships = organisations.belongs_to(request.acting, today())
    partnership = chosen(request, partnerships)
    page, lines = None, []
    if partnership is not None:
        rows = partial(sharing_list.rows, request.acting, partnership, asked=request.GET)
        first = sharing_list.FIRST_PAGE.question(request.acting.organisation_id, partnership.pk)
        found = sharing_list.listing(partnerships, first).read(request, rows)
        if not isinstance(found, ListPage):
            return found
        page = found
        lines = sharing_list.lines(request.acting, partnership, found.items, here=request.get_full_path())
    return render(
        request,
        "risk/sharing/sharing.html",
        {
            "partnership": partnership,
            "page": page,
            "lines": lines,
            "can_share": request.acting.may("risk.share"),
            "tabs": tabs.of("sharing", request.acting),
        },
    )


@requires("risk.share")
@require_http_methods(["GET", "POST"])
def share(request: Request, partnership: str, risk: str) -> HttpResponse:
    """Show what the partnership would read, and share it."""
    permissions.check_can_share(request.acting)
    own = _own_or_404(request, partnership, risk)
    form = _share_form(request, own)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.share_risk(
                risk_id=own.risk.pk,
                partnership_id=own.partnership.pk,
                by=request.acting,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except StaleVersion:
            own, status = _own_or_404(request, partnership, risk), 409
            form = _share_form(request, own, on_top=True)
            form.add_error(None, _("Another assessment was approved since you opened this page. Read it, then share."))
        except RuleBroken as error:
            form.add_error(None, str(error))
        else:
            text = _("%(code)s is shared with %(name)s") % {"code": own.risk.code, "name": own.partnership.name}
            messages.success(request, text)
            return _back(request)
    themes, ideologies = reference.words()
    return render(
        request,
        "risk/sharing/share.html",
        {
            "own": own,
            "form": form,
            "up": safe_next(request, request.GET.get("next", ""), default=reverse("risk:sharing")),
            "theme": themes.get(own.entry.theme, own.entry.theme) if own.entry else "",
            "ideologies": [ideologies.get(code, code) for code in own.entry.ideologies] if own.entry else [],
        },
        status=status,
    )


@requires("risk.share")
@require_POST
def take_back(request: Request, partnership: str, risk: str) -> HttpResponse:
    own = _own_or_404(request, partnership, risk)
    if own.shared is None:
        messages.warning(request, _("%(code)s is not shared any more") % {"code": own.risk.code})
        return _back(request)
    try:
        actions.take_back_risk(shared_id=own.shared.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        text = _("%(code)s is taken back: %(name)s cannot read it any more")
        messages.success(request, text % {"code": own.risk.code, "name": own.partnership.name})
    return _back(request)


# ---- What a partnership sees
@requires("risk.view")
@require_http_methods(["GET", "POST"])
def members_risks(request: Request) -> HttpResponseBase:
    """What members share with the partnership acted for: rolled up, and as a list."""
    _must_be_partnership(request)
    found = shares.rolled_up(request.acting, today())
    first = shared_list.FIRST_PAGE.question(request.acting.organisation_id, timezone.localdate(request.acting.at))
    listing = shared_list.shared_risks(found, whole=bool(request.GET.get("export")), first_page=first)
    page = listing.read(request, partial(shared_list.rows, request.acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        title = _("Risks of our members")
        return export_list(page, format=wanted, title=title, acting=request.acting, now=timezone.now())
    return render(
        request,
        "risk/sharing/members.html",
        {
            "found": found,
            "page": page,
            "lines": shared_list.lines(page.items, found),
            "chart": pictures.shared_chart(found.scale, found.drawn, chart_id="shared-risks") if found.scale else None,
            "tabs": tabs.of("members_risks", request.acting),
        },
    )


@requires("risk.view")
@require_GET
def members_risk(request: Request, reference: str) -> HttpResponse:
    """One risk that a member shares, as it was when it was shared."""
    _must_be_partnership(request)
    row = shares.gathered(request.acting).filter(reference=reference).first()
    if row is None:
        raise Http404
    return render(request, "risk/sharing/member.html", {"row": row, **_words_of(row)})


def _words_of(row: SharedRisk) -> dict[str, object]:
    themes, ideologies = reference.words()
    matrix = row.scale if row.score else None
    band, colour = shares.band_named(row.band, row.band_colour)
    return {
        "theme": themes.get(row.theme, row.theme),
        "ideologies": [ideologies.get(code, code) for code in row.ideologies],
        "band": band,
        "colour": colour,
        "score": shares.score_in_words(row.likelihood, row.impact, matrix.highest) if matrix else "",
        "likelihood": matrix.likelihood[(row.likelihood or 1) - 1] if matrix else "",
        "impact": matrix.impact[(row.impact or 1) - 1] if matrix else "",
    }


def _share_form(request: Request, own: shares.Own, *, on_top: bool = False) -> ShareRiskForm:
    """With ``on_top``, what was typed on top of the assessment that counts now."""
    entry_id = own.entry.pk if own.entry else 0
    typed = request.POST.copy() if request.method == "POST" else None
    if typed is not None and on_top:
        typed["entry_id"] = str(entry_id)
    return ShareRiskForm(
        typed,
        partnership=own.partnership.name,
        renew=own.shared is not None,
        initial={"entry_id": entry_id, "comment": own.entry.description[:SHORT] if own.entry else ""},
    )


def _own_or_404(request: Request, partnership: str, risk: str) -> shares.Own:
    found = shares.own_risk(request.acting, today(), risk)
    own = next((each for each in found if each.partnership.slug == partnership), None)
    if own is None:
        raise Http404
    return own


def _back(request: Request) -> HttpResponse:
    """To the list as it was searched and filtered where the decision began."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return redirect(safe_next(request, wanted, default=reverse("risk:sharing")))


def _must_be_partnership(request: Request) -> None:
    if not organisations.is_partnership(request.acting):
        raise Http404
