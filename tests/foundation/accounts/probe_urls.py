"""The sign-in pages and a few pages of a made-up room behind them, one of each kind of access."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from foundation.accounts import session_rules
from foundation.core.access import public, requires, signed_in


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"reached by {request.method}")


@public("a probe")
def whoami(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user.pk or "nobody"))


frame = [path(f"{name}/", whoami, name=name) for name in ("start", "help", "accessibility", "privacy", "draft")]

urlpatterns = [
    path("", signed_in(answer)),
    path("", include((frame, "home"))),
    path("accounts/", include("foundation.accounts.urls")),
    path("probe/public/", whoami),
    path("probe/page/", signed_in(answer)),
    path("probe/polled/", signed_in(session_rules.background(answer))),
    path("probe/people/", requires("people.view")(answer)),
    path("probe/export/", signed_in(step_up=True)(answer)),
]
