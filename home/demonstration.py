"""One-click sign-in as a made-up person. Exists only with demonstration data on the embedded database."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation import ledger
from foundation.accounts import authentication
from foundation.core.access import public
from foundation.organisations.models import Membership, Organisation, RoleGrant
from foundation.organisations.models.people import MembershipQuerySet
from foundation.organisations.roles import Role

MOST_ORGANISATIONS = 40
# The people most visitors want to be come first.
FIRST = [
    Role.PREVENT_LEAD,
    Role.SENIOR_APPROVER,
    Role.TRAINING_MANAGER,
    Role.BOARD_MEMBER,
    Role.ASSURER,
    Role.INSPECTOR,
    Role.RECORDS_MANAGER,
    Role.ORGANISATION_ADMIN,
    Role.STAFF,
]


@dataclass(frozen=True)
class Choice:
    """Somebody one can be, and in which roles."""

    membership: Membership
    roles: list[Role]

    @property
    def labels(self) -> list[str]:
        return [str(role.label) for role in self.roles]


@public("demonstration only: the people are made up")
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody one can be, by organisation: the county first, then in the order in which they joined the portal."""
    today = timezone.localdate()
    with ledger.acting_system("provision"):
        shown = [
            (organisation, sorted((_choice(membership) for membership in of_organisation), key=_place))
            for organisation, of_organisation in groupby(_who_can_sign_in(today), key=lambda one: one.organisation)
        ]
    return render(
        request,
        "home/demo.html",
        {"organisations": shown[:MOST_ORGANISATIONS], "more": max(len(shown) - MOST_ORGANISATIONS, 0)},
    )


@public("demonstration only: the people are made up")
@require_POST
def sign_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Become this person, as if they had used their passkey."""
    with ledger.acting_system("provision"):
        membership = _who_can_sign_in(timezone.localdate()).filter(reference=reference).select_related("user").first()
    if membership is None:
        raise Http404
    assert membership.user is not None
    authentication.sign_in_for_demonstration(request, membership.user)
    request.session["organisation"] = membership.organisation_id
    return redirect("home:start")


def _who_can_sign_in(today: date) -> MembershipQuerySet:
    open_today = Organisation.objects.active(today)
    return (
        Membership.objects.current(today)
        .filter(user__is_active=True, organisation__in=open_today)
        .select_related("organisation")
        .prefetch_related(Prefetch("role_grants", RoleGrant.objects.in_force(today), to_attr="roles_now"))
        .order_by("organisation_id", "pk")
    )


def _choice(membership: Membership) -> Choice:
    held = [Role(grant.role) for grant in membership.roles_now]  # type: ignore[attr-defined]  # prefetched above
    return Choice(membership, sorted(held, key=FIRST.index) or [Role.STAFF])


def _place(choice: Choice) -> tuple[int, int]:
    return FIRST.index(choice.roles[0]), choice.membership.pk
