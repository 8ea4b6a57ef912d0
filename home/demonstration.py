"""One-click sign-in as a made-up person. Exists only with demonstration data on the embedded database."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation import ledger
from foundation.accounts import authentication
from foundation.core.access import public
from foundation.organisations.models import Membership, RoleGrant
from foundation.organisations.roles import Role


@public("demonstration only: the people are made up")
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody one can be, by organisation and role."""
    with ledger.acting_system("provision"):
        grants = list(
            RoleGrant.objects.in_force(timezone.localdate())
            .filter(membership__user__isnull=False, membership__user__is_active=True)
            .select_related("membership__organisation")
            .order_by("membership__organisation__name", "membership__name", "role")
        )
    organisations = [
        {
            "organisation": organisation,
            "people": [
                {"membership": membership, "roles": [Role(grant.role).label for grant in held]}
                for membership, held in groupby(list(of_organisation), key=lambda grant: grant.membership)
            ],
        }
        for organisation, of_organisation in groupby(grants, key=lambda grant: grant.membership.organisation)
    ]
    return render(request, "home/demo.html", {"organisations": organisations})


@public("demonstration only: the people are made up")
@require_POST
def sign_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Become this person, as if they had used their passkey."""
    with ledger.acting_system("provision"):
        membership = Membership.objects.filter(reference=reference, user__isnull=False).select_related("user").first()
    if membership is None:
        raise Http404
    authentication.sign_in_for_demonstration(request, membership.user)
    request.session["organisation"] = membership.organisation_id
    return redirect("home:start")
