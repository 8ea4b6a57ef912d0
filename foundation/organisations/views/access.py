"""A person's roles, invitation and resets: what they may do and how they get in."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.accounts import actions as accounts
from foundation.accounts.models import FactorReset
from foundation.core.access import requires, signed_in
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.organisations import actions, permissions, queries
from foundation.organisations.forms.people import EndRoleForm, GrantRoleForm
from foundation.organisations.models import Invitation, Membership, RoleGrant
from foundation.organisations.roles import PERMISSIONS, ROLES


@signed_in
@require_http_methods(["GET"])
def roles(request: Request) -> HttpResponse:
    """Roles and what they allow, straight from the table in the code."""
    lines = [
        {
            "role": role,
            "entry": entry,
            "allows": [PERMISSIONS[name] for name in PERMISSIONS if name in entry.permissions],
        }
        for role, entry in ROLES.items()
    ]
    context = {"lines": lines, "administrators": queries.administrators(request.acting)}
    return render(request, "organisations/roles.html", context)


@requires("roles.grant", step_up=True)
@require_http_methods(["GET", "POST"])
def grant_role(request: Request, reference: str) -> HttpResponse:
    """Give somebody else a role."""
    acting = request.acting
    found = queries.get_person_or_404(acting, reference)
    permissions.check_can_grant_role(acting, found)
    initial = {"starts_on": timezone.localdate()}
    editor = Editor(request, None, lambda _row, posted: GrantRoleForm(posted, initial=initial), compares=False)
    if editor.is_ready:
        try:
            grant = actions.grant_role(
                membership_id=found.pk, by=acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = _("%(name)s has the role %(role)s") % {"name": found.name, "role": grant.get_role_display()}
            return editor.saved(words, to=reverse("organisations:person", args=[found.reference]))
    return editor.render("organisations/role_grant.html", person=found)


@requires("roles.grant", step_up=True)
@require_http_methods(["GET", "POST"])
def end_role(request: Request, reference: str, grant_id: int) -> HttpResponse:
    """End a role of a person."""
    acting = request.acting
    found = queries.get_person_or_404(acting, reference)
    grant = get_object_or_404(RoleGrant.objects.visible_to(acting), pk=grant_id, membership=found)
    permissions.check_can_end_role(acting, found)
    editor = Editor(request, None, lambda _row, posted: EndRoleForm(posted), compares=False)
    if editor.is_ready:
        try:
            actions.end_role(
                grant_id=grant.pk,
                last_day=editor.form.chosen_last_day,
                reason=editor.form.cleaned_data["reason"],
                by=acting,
                now=timezone.now(),
                keep=request.session,
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            person = reverse("organisations:person", args=[found.reference])
            return editor.saved(_("The end of the role was recorded"), to=person)
    return editor.render("organisations/role_end.html", person=found, grant=grant)


@requires("people.manage", step_up=True)
@require_POST
def invite(request: Request, reference: str) -> HttpResponse:
    """Send an invitation, or send it again."""
    found = queries.get_person_or_404(request.acting, reference)
    return _do(
        request,
        found,
        lambda: actions.invite(
            membership_id=found.pk, site=request.build_absolute_uri("/"), by=request.acting, now=timezone.now()
        ),
        _("An invitation is on its way. It works once, within 72 hours"),
    )


@requires("people.manage")
@require_POST
def withdraw_invitation(request: Request, reference: str) -> HttpResponse:
    """Make the open invitation of a person unusable."""
    found = queries.get_person_or_404(request.acting, reference)
    invitation: Invitation | None = queries.open_invitation_of(request.acting, found, timezone.now())
    if invitation is None:
        messages.error(request, _("There is no open invitation any more."))
        return redirect("organisations:person", found.reference)
    return _do(
        request,
        found,
        lambda: actions.withdraw_invitation(invitation_id=invitation.pk, by=request.acting, now=timezone.now()),
        _("The invitation was withdrawn"),
    )


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def reset_password(request: Request, reference: str) -> HttpResponse:
    """Have a link for a new password sent to the person. The administrator learns neither link nor password."""
    found = queries.get_person_or_404(request.acting, reference)
    permissions.check_can_reset_sign_in(request.acting, found)
    if request.method == "GET":
        return render(request, "organisations/reset_password.html", {"person": found})
    return _do(
        request,
        found,
        lambda: actions.start_password_reset(
            membership_id=found.pk, site=request.build_absolute_uri("/"), by=request.acting, now=timezone.now()
        ),
        _("A link to choose a new password is on its way to the person"),
    )


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def reset_factors(request: Request, reference: str) -> HttpResponse:
    """Ask for the removal of somebody's second factors. A second administrator approves it."""
    found = queries.get_person_or_404(request.acting, reference)
    permissions.check_can_reset_sign_in(request.acting, found)
    if request.method == "GET":
        return render(request, "organisations/reset_factors.html", {"person": found})
    return _do(
        request,
        found,
        lambda: actions.request_factor_reset(
            membership_id=found.pk, site=request.build_absolute_uri("/"), by=request.acting, now=timezone.now()
        ),
        _("Asked. A second administrator has to approve it within three days"),
    )


@requires("people.manage", step_up=True)
@require_POST
def decide_factor_reset(request: Request, reference: str, reset_id: int) -> HttpResponse:
    """Approve or withdraw the removal of somebody's second factors."""
    acting, now = request.acting, timezone.now()
    found = queries.get_person_or_404(acting, reference)
    reset = get_object_or_404(FactorReset.objects.visible_to(acting), pk=reset_id, user_id=found.user_id)
    if request.POST.get("decision") == "approve":
        return _do(
            request,
            found,
            lambda: actions.approve_factor_reset(
                membership_id=found.pk, reset_id=reset.pk, site=request.build_absolute_uri("/"), by=acting, now=now
            ),
            _("Removed. The person sets up a second factor again when they next sign in"),
        )
    if request.POST.get("decision") == "withdraw":
        return _do(
            request,
            found,
            lambda: accounts.withdraw_factor_reset(reset_id=reset.pk, by=acting, now=now),
            _("The request was withdrawn"),
        )
    raise Http404


def _do(request: Request, person: Membership, action: Callable[[], object], done: str) -> HttpResponse:
    """Do one thing from a person's page and go back there with what came of it."""
    try:
        action()
    except RuleBroken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("organisations:person", person.reference)
