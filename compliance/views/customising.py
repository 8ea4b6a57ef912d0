"""What an organisation adds to the duty and how it keeps its assessment."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance import actions, own_settings, permissions
from compliance.forms import RequirementForm, SettingsForm
from compliance.models import Requirement, Settings
from compliance.views.finding import get_requirement_or_404
from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request


@requires("compliance.customise")
@require_http_methods(["GET", "POST"])
def add_requirement(request: Request) -> HttpResponse:
    """Add what the organisation asks of itself beyond the library."""
    editor = Editor(request, None, lambda _row, posted: RequirementForm(posted))
    if editor.is_ready:
        wanted = dict(editor.form.cleaned_data)
        try:
            row = actions.add_requirement(code=wanted.pop("own_code"), by=request.acting, now=timezone.now(), **wanted)
        except RuleBroken as error:
            editor.refuse(error, on="own_code")
        else:
            return editor.saved(_("Requirement %(code)s added") % {"code": row.code}, to=row)
    return editor.render("compliance/requirement_form.html", requirement=None)


@requires("compliance.customise")
@require_http_methods(["GET", "POST"])
def change_requirement(request: Request, code: str) -> HttpResponse:
    """Reword what the organisation asks of itself. A stale save shows both texts and loses nothing."""
    row = _own_or_404(request, code)
    editor = Editor(request, row, _requirement_form)
    if editor.is_ready:
        try:
            actions.change_requirement(
                requirement_id=row.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Requirement %(code)s changed") % {"code": row.code}, to=row)
    return editor.render("compliance/requirement_form.html", requirement=row)


@requires("compliance.customise")
@require_http_methods(["GET", "POST"])
def withdraw_requirement(request: Request, code: str) -> HttpResponse:
    row = _own_or_404(request, code)
    if request.method == "POST":
        try:
            actions.withdraw_requirement(requirement_id=row.pk, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Requirement %(code)s withdrawn") % {"code": row.code})
        return redirect("compliance:register")
    return render(request, "compliance/withdraw_requirement.html", {"requirement": row})


@requires("compliance.customise")
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """When to flag and warn, and whether scores are used."""
    editor = Editor(request, own_settings.settings_of(request.acting), _settings_form)
    if editor.is_ready:
        try:
            actions.change_settings(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Settings saved"), to="compliance:overview")
    return editor.render("compliance/settings.html")


def _requirement_form(row: Requirement, posted: QueryDict | None) -> RequirementForm:
    fields = ("title", "text", "force", "review_interval_months", "version")
    initial = {name: getattr(row, name) for name in fields} | {"theme_code": row.theme_id}
    return RequirementForm(posted, existing=row, initial=initial)


def _settings_form(row: Settings, posted: QueryDict | None) -> SettingsForm:
    fields = ("version", "stale_after_months", "expiry_warning_days", "highest_score")
    return SettingsForm(posted, initial={name: getattr(row, name) for name in fields})


def _own_or_404(request: Request, code: str) -> Requirement:
    row = get_requirement_or_404(request.acting, code)
    permissions.check_can_customise(request.acting)
    if not row.is_local:
        raise Http404
    return row
