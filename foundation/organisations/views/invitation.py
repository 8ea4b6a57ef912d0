"""The page an invitation leads to. Whoever holds an unusable one is told the same, whatever the reason."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from foundation.accounts import authentication, clients, limits
from foundation.accounts.models import User
from foundation.core.access import public
from foundation.core.exceptions import RuleBroken
from foundation.organisations import actions
from foundation.organisations.forms.invitation import AcceptForm
from foundation.organisations.models import Invitation


@public("whoever was invited has no sign-in yet; the secret in the address is what lets them in")
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation: with a new account, or with the one that is signed in."""
    taken = limits.take((limits.INVITATIONS_FROM_CLIENT, clients.network(request)), now=timezone.now())
    try:
        if taken is None:  # too many that were none: the same answer, whatever this one is
            raise actions.InvitationUnusable
        opened = actions.open_invitation(secret, timezone.now())
        taken.give_back()
        if not request.user.is_authenticated:
            return _accept_new(request, secret, opened)
        if not authentication.has_second_factor(request):
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}")
        return _accept_signed_in(request, secret, opened)
    except actions.InvitationUnusable as refusal:
        return render(request, "organisations/invitation_unusable.html", {"sentence": str(refusal)}, status=404)


def _accept_signed_in(request: HttpRequest, secret: str, opened: Invitation) -> HttpResponse:
    if request.method == "POST":
        try:
            joined = actions.accept(secret=secret, user=cast(User, request.user), now=timezone.now())
        except actions.InvitationUnusable:
            raise
        except RuleBroken as error:
            messages.error(request, str(error))
        else:
            request.session["organisation"] = joined.organisation_id
            messages.success(
                request, _("You now belong to %(organisation)s") % {"organisation": opened.organisation.name}
            )
            return redirect("/")
    return render(request, "organisations/invitation_signed_in.html", {"invitation": opened})


def _accept_new(request: HttpRequest, secret: str, opened: Invitation) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = AcceptForm(
        posted,
        email=opened.email,
        organisation=opened.organisation.name,
        initial={"name": opened.membership.name, "language": "en-gb"},
    )
    context = {"invitation": opened, "form": form, "has_account": False}
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_with_new_account(
                secret=secret,
                name=form.cleaned_data["name"],
                language=form.cleaned_data["language"],
                password=form.cleaned_data["password1"],
                now=timezone.now(),
            )
        except actions.AlreadyHasAccount:
            context["has_account"] = True
        else:
            messages.success(request, _("Your sign-in was made. Sign in, and set up your second factor"))
            return redirect("/accounts/sign-in/")
    return render(request, "organisations/invitation.html", context)
