"""What django-allauth asks us while somebody signs in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.accounts import authentication, clients, limits, trail
from foundation.accounts.models import User

LOCKED = _("There were too many wrong tries. Wait 5 minutes and try again, or use a passkey, which always works.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right. Check both and try again."),
        "incorrect_password": _("The password is not right. Check it and try again."),
        "incorrect_code": _("The code is not right. Check it and enter it again."),
        "too_many_login_attempts": LOCKED,
        "rate_limited": LOCKED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return clients.address(request)

    def is_safe_url(self, url: str | None) -> bool:
        return bool(url) and authentication.safe_next(context.request, str(url), default="") == url

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Take a place under the limits before the password is looked at."""
        account = limits.account_of(credentials.get("email", ""))
        self._try = limits.try_account(account=account, client=clients.network(request), now=timezone.now())
        if self._try is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        if self._try is not None:
            self._try.give_back()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = User.objects.normalise(credentials.get("email", ""))
        with transaction.atomic():
            user = User.objects.filter(email=email).first()
            trail.record(
                request, "sign_in.refused", user=user, at=timezone.now(), done_by_user=False, because="password"
            )

    def login(self, request: HttpRequest, user: User) -> None:
        """The one door into a session: a new session id, what was proved, and the event, together or not at all."""
        with transaction.atomic():
            super().login(request, user)
            authentication.read_strength(request, user)
            steps = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
            trail.record(request, "session.opened", user=user, at=timezone.now(), steps=steps)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response = super().post_login(request, user, **details)
        set_language_cookie(response, user.language)
        return response

    def get_login_stages(self) -> list[str]:
        return ["foundation.accounts.stages.SecondFactorStage"]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        return [{"id": "confirm", "description": "", "url": reverse("accounts:confirm")}]

    def is_reauthentication_required(self, *, app: str, **details: Any) -> bool:
        return not authentication.freshly_proved(context.request, timezone.now())

    def set_password(self, user: User, password: str) -> None:
        raise RuntimeError("Passwords are changed by foundation.accounts.actions.")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise RuntimeError("Letters are sent by foundation.accounts.letters.")

    def add_message(self, *arguments: Any, **details: Any) -> None:
        """Our pages say in their own words what happened."""


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Signed-out pages follow the language the person chose."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        path="/",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
