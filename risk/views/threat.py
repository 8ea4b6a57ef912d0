"""The national threat level: what it is, what it was, and a newer one that the portal does not know yet."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from risk import actions, permissions, tabs, threat, threat_chart
from risk.models import ThreatLevel
from risk.threat_forms import LevelForm, WithdrawLevelForm


@requires("risk.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """The level in force with its source, and the whole history as a drawing and a table."""
    today = timezone.localdate()
    spells = threat.history(request.acting)
    now = threat.level_in_force(request.acting, today)
    own = ThreatLevel.objects.visible_to(request.acting).filter(organisation_id=request.acting.organisation_id)
    return render(
        request,
        "risk/threat/index.html",
        {
            "tabs": tabs.of("threat_level", request.acting),
            "spells": spells,
            "now": next((spell for spell in spells if now is not None and spell.row.pk == now.pk), None),
            "drawing": threat_chart.steps(spells, today, chart_id="threat") if spells else "",
            "meanings": threat.meanings(today),
            "own": own.select_related("entered_by"),
            "can_enter": allowed(permissions.check_can_keep_profiles, request.acting),
        },
    )


@requires("risk.view")
@require_GET
def entry(request: Request, reference: str) -> HttpResponse:
    """A level that the organisation entered itself: who, when and whether it was withdrawn."""
    return render(
        request,
        "risk/threat/entry.html",
        {
            "row": _own_or_404(request, reference),
            "can_enter": allowed(permissions.check_can_keep_profiles, request.acting),
        },
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def enter(request: Request) -> HttpResponse:
    """Enter a newer level for the own organisation."""
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, None, _level_form)
    if editor.is_ready:
        try:
            entered = actions.enter_level(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = ngettext(
                "Level entered. %(count)s risk is to be assessed again.",
                "Level entered. %(count)s risks are to be assessed again.",
                len(entered.tasks),
            )
            return editor.saved(words % {"count": len(entered.tasks)}, to="risk:threat_level")
    return editor.render("risk/threat/enter.html", now=threat.level_in_force(request.acting, timezone.localdate()))


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str) -> HttpResponse:
    row = _own_or_404(request, reference)
    permissions.check_can_keep_profiles(request.acting)
    editor = Editor(request, None, _withdraw_form)
    if editor.is_ready:
        try:
            actions.withdraw_level(level_id=row.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Level withdrawn"), to="risk:threat_level")
    return editor.render("risk/threat/withdraw.html", row=row)


def _own_or_404(request: Request, reference: str) -> ThreatLevel:
    rows = ThreatLevel.objects.visible_to(request.acting).filter(
        organisation_id=request.acting.organisation_id, reference=reference
    )
    found = rows.select_related("entered_by", "withdrawn_by").first()
    if found is None:
        raise Http404
    return found


def _level_form(_row: None, posted: QueryDict | None) -> LevelForm:
    today = timezone.localdate()
    return LevelForm(posted, meanings=dict(threat.meanings(today)), initial={"effective_from": today})


def _withdraw_form(_row: None, posted: QueryDict | None) -> WithdrawLevelForm:
    return WithdrawLevelForm(posted)
