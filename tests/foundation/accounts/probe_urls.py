"""The portal and a few pages of a made-up room, one of each kind of access."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from foundation.accounts import session_rules
from foundation.core.access import public, requires, signed_in
from prevent_portal.urls import urlpatterns as portal


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"reached by {request.method}")


@public("a probe")
def whoami(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user.pk or "nobody"))


urlpatterns = [
    path("probe/public/", whoami),
    path("probe/page/", signed_in(answer)),
    path("probe/polled/", signed_in(session_rules.background(answer))),
    path("probe/people/", requires("people.view")(answer)),
    path("probe/export/", signed_in(step_up=True)(answer)),
    *portal,
]
