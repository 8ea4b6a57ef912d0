"""What the rooms above tell this one. Imports point down, so settings name the functions; each may be left out.

PORTAL_PASSWORD_WORDS(user) -> iterable of words
    Words that must not carry the person's password: names and short names of their organisations.
PORTAL_FIND_IDENTITY_PROVIDER(reference) -> foundation.accounts.oidc.provider.Provider or None
    The identity provider with this reference, if people may sign in through it today.
PORTAL_LIST_IDENTITY_PROVIDERS() -> list of (reference, organisation's name)
    The providers people may choose from.
PORTAL_CLAIM_MEMBERSHIP(provider_reference, issuer, subject, claims) -> User
    Somebody whom we do not know signed in at a provider: find their membership by the claim the organisation chose and
    give back its user (``actions.create_user`` makes one). Raises RuleBroken with a sentence for the person.
PORTAL_PROVIDER_MEMBER(provider_reference, user) -> bool
    Whether a known person still belongs to the organisation of this provider.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def call(name: str, *arguments: Any, default: Any) -> Any:
    """Call the function that the setting names, or give the default where none is set."""
    path = getattr(settings, name, "")
    if not path:
        return default
    function: Callable[..., Any] = import_string(path)
    return function(*arguments)
