"""The request as views see it: what the middlewares added, with its types."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from foundation.core.acting import Acting
    from foundation.organisations.models import Membership


class Request(HttpRequest):
    """Only for annotations: Django makes the requests, our middlewares fill these in.

    ``acting`` is set wherever a view asks for sign-in; on a public page it is None for who is signed out.
    ``unread_notices`` is their number, where it was asked for already.
    """

    id: str
    acting: "Acting"
    memberships: "list[Membership]"
    unread_notices: int | None
    refused: str
    was_joined_meanwhile: bool
