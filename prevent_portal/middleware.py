"""Puts the acting context around every request and lets nobody past a view's declaration."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.accounts import authentication
from foundation.core.access import Access, declared_on
from foundation.core.acting import Acting, Settings, acting_as, person_context
from foundation.core.exceptions import ProofNeeded
from foundation.core.http import Request
from foundation.notifications.queries import asking_unread
from foundation.organisations import acting as organisations_acting
from foundation.organisations.models import Membership

# What the database says when something is written about an entry that somebody joins in the same moment.
JOINED_MEANWHILE = "This person was joined with another entry."


class ActingMiddleware:
    """One transaction and one row-level-security context for each signed-in request.

    An exception rolls the work back; a refusal is then recorded in a second transaction with the same context.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.acting = None  # type: ignore[assignment]  # Request says what views behind the door rely on
        request.refused, request.was_joined_meanwhile = "", False
        if not request.user.is_authenticated or not authentication.has_second_factor(request):
            return self.get_response(request)
        user, provider = request.user, request.session.get(authentication.PROVIDER)

        def memberships_of(setting: Settings) -> list[Membership]:
            return organisations_acting.memberships_of(user, timezone.now(), provider=provider, setting=setting)

        with person_context(user_id=user.pk, organisation_id=None, first=memberships_of) as memberships:
            request.memberships = memberships
            chosen = next((m for m in memberships if m.organisation_id == request.session.get("organisation")), None)
            membership = chosen or (memberships[0] if memberships else None)
            if membership is None:
                return self.get_response(request)
            unread = asking_unread(organisation_id=membership.organisation_id, membership_id=membership.pk)
            asked = [unread] if request.method == "GET" else []  # a GET writes nothing: the answer holds to its end
            request.acting, answered = organisations_acting.for_membership_with(
                request.user,
                membership,
                *asked,
                at=timezone.now(),
                strong_at=authentication.strong_at(request),
                has_passkey=authentication.used_passkey(request),
            )
            request.unread_notices = len(answered[0]) if asked else None
            response = self.get_response(request)
        if request.refused:
            record_refusal(request, request.acting)
        # Whoever acted as the entry that ended is signed out by now, and learns at the sign-in how to go on.
        if request.was_joined_meanwhile and request.session.exists(request.session.session_key or ""):
            messages.warning(request, _("Two entries of one person were joined at this moment, so nothing was saved."))
        return response

    def process_view(
        self, request: Request, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        access = declared_on(view) or Access("requires", permission="")  # an undeclared view stops start-up already
        if access.kind == "public":
            return None
        if not request.user.is_authenticated:
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        if access.before_second_factor:
            return None
        acting: Acting | None = request.acting
        if acting is None and not access.without_organisation:
            return refuse(request, why_no_organisation(request))
        if access.kind == "requires" and not (acting and acting.may(access.permission)):
            return refuse(request, "Your role does not allow this.", permission=access.permission)
        if access.step_up and not authentication.freshly_proved(request, timezone.now()):
            return authentication.ask_again(request)
        return None

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ProofNeeded):
            return authentication.ask_again(request)
        request.was_joined_meanwhile = was_joined_meanwhile(request, exception)
        connection = transaction.get_connection()
        if connection.in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, PermissionDenied):
            request.refused = "denied"
        return redirect("home:start") if request.was_joined_meanwhile else None


def was_joined_meanwhile(request: Request, exception: Exception) -> bool:
    """Whether it went wrong because two entries were joined since we looked: the database refuses what is written about
    the one that ended, and whoever acts as that one finds what they had no more."""
    if isinstance(exception, IntegrityError):
        return JOINED_MEANWHILE in str(exception)
    if request.acting is None or not isinstance(exception, (ObjectDoesNotExist, Http404)):
        return False
    return Membership.objects.filter(pk=request.acting.membership_id, joined_into__isnull=False).exists()


def why_no_organisation(request: Request) -> str:
    """What to tell somebody who is signed in and belongs nowhere. In their own context, which shows their own rows."""
    if Membership.objects.filter(user__in=[request.user.pk], joined_into__isnull=False).exists():
        return (
            "You were in your organisation's list twice, and the two entries were joined. This account does not open"
            " the portal any more: sign out, and sign in with your other account."
        )
    return "You are not a member of an organisation that uses this portal."


def refuse(request: Request, sentence: str, permission: str = "") -> HttpResponse:
    request.refused = permission or "denied"
    return render(request, "403.html", {"exception": sentence}, status=403)


def record_refusal(request: Request, acting: Acting) -> None:
    match = request.resolver_match
    with acting_as(acting):
        ledger.record(
            "access.refused",
            actor=acting,
            at=timezone.now(),
            route=match.view_name if match else "",
            method=request.method,
            permission=request.refused,
        )
