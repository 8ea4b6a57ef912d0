from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 -- models are not loaded before

        user_logged_in.connect(begin_session, dispatch_uid="accounts.begin_session")


def begin_session(sender: type, request: Any, user: Any, **details: Any) -> None:
    """Every way into a session passes here, so none is without its clocks."""
    from django.utils import timezone  # noqa: PLC0415 -- models are not loaded before

    from foundation.accounts import session_rules  # noqa: PLC0415 -- models are not loaded before

    request.user = user
    session_rules.begin(request, user, timezone.now())
