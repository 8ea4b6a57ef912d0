"""Everything a person, or an administrator for them, can do to a sign-in."""

from foundation.accounts.actions.administration import (
    approve_factor_reset,
    create_user,
    disable_user,
    enable_user,
    request_factor_reset,
    start_password_reset,
    withdraw_factor_reset,
)
from foundation.accounts.actions.factors import add_app, add_passkey, remove_factor, renew_recovery_codes
from foundation.accounts.actions.sessions import end_other_sessions, end_session
from foundation.accounts.actions.settings import change_password, change_preferences, link_identity

__all__ = [
    "add_app",
    "add_passkey",
    "approve_factor_reset",
    "change_password",
    "change_preferences",
    "create_user",
    "disable_user",
    "enable_user",
    "end_other_sessions",
    "end_session",
    "link_identity",
    "remove_factor",
    "renew_recovery_codes",
    "request_factor_reset",
    "start_password_reset",
    "withdraw_factor_reset",
]
