"""Pages for what went wrong before a view was reached."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from foundation.core.access import public


@public("shown when a form's token is missing or old")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that waited too long, or that did not come from us."""
    sentence = _("This form was open too long, or cookies are off. Go back, load the page again and send it again.")
    return render(request, "403.html", {"exception": sentence}, status=403)


@public("shown when the portal itself failed")
def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", {"request_id": getattr(request, "id", "")}, status=500)
