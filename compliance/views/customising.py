"""What an organisation adds to the duty and how it keeps its assessment."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance import actions, permissions, queries
from compliance.forms import RequirementForm, SettingsForm
from compliance.models import Requirement
from compliance.views.finding import get_requirement_or_404
from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request


@requires("compliance.customise")
@require_http_methods(["GET", "POST"])
def add_requirement(request: Request) -> HttpResponse:
    form = RequirementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            row = actions.add_requirement(by=request.acting, now=timezone.now(), **values)
        except RuleBroken as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Requirement %(code)s added") % {"code": row.code})
            return redirect(row)
    return render(request, "compliance/requirement_form.html", {"form": form, "requirement": None})


@requires("compliance.customise")
@require_http_methods(["GET", "POST"])
def change_requirement(request: Request, code: str) -> HttpResponse:
    row = _own_or_404(request, code)
    form = RequirementForm(
        request.POST if request.method == "POST" else None,
        existing=row,
        initial={
            "theme_code": row.theme_id,
            "title": row.title,
            "text": row.text,
            "force": row.force,
            "review_interval_months": row.review_interval_months,
            "version": row.version,
        },
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_requirement(
                requirement_id=row.pk, by=request.acting, now=timezone.now(), **form.cleaned_data
            )
        except RuleBroken as error:
            status = 409 if isinstance(error, StaleVersion) else 200
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Requirement %(code)s changed") % {"code": row.code})
            return redirect(row)
    return render(request, "compliance/requirement_form.html", {"form": form, "requirement": row}, status=status)


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
    row = queries.settings_of(request.acting)
    form = SettingsForm(
        request.POST if request.method == "POST" else None,
        initial={
            "version": row.version,
            "stale_after_months": row.stale_after_months,
            "expiry_warning_days": row.expiry_warning_days,
            "highest_score": row.highest_score,
        },
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_settings(by=request.acting, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as error:
            status = 409 if isinstance(error, StaleVersion) else 200
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Settings saved"))
            return redirect("compliance:overview")
    return render(request, "compliance/settings.html", {"form": form}, status=status)


def _own_or_404(request: Request, code: str) -> Requirement:
    row = get_requirement_or_404(request.acting, code)
    permissions.check_can_customise(request.acting)
    if not row.is_local:
        raise Http404
    return row
