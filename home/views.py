"""The start page and the pages that belong to no room."""

from django.contrib import messages
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.accounts.authentication import safe_next
from foundation.core import drafts
from foundation.core.access import public, signed_in
from foundation.core.http import Request
from home import queries


@signed_in
@require_GET
def start(request: Request) -> HttpResponse:
    """What matters to this person today: the duty at a glance, my work, people and settings, or what is asked of me."""
    return render(request, "home/start.html", {"start": queries.start(request.acting)})


@signed_in
@require_POST
def keep_draft(request: Request) -> HttpResponse:
    """Keep what is being typed on a page. Called while the person types; answers nothing."""
    path = request.GET.get("path", "")
    if not path.startswith("/") or len(path) > 300:
        return JsonResponse({"error": "path"}, status=400)
    drafts.keep(acting=request.acting, path=path, typed=dict(request.POST.lists()), now=timezone.now())
    return HttpResponse(status=204)


@signed_in
@require_POST
def drop_draft(request: Request) -> HttpResponse:
    """Forget what was typed on a page and show the page again, with what is saved."""
    address = safe_next(request, request.GET.get("path", ""))
    drafts.discard(request.acting, address.partition("?")[0])
    messages.success(request, _("What you had typed was let go"))
    return redirect(address)


@signed_in
@require_GET
def stay(request: Request) -> HttpResponse:
    """The person says that they are still here, so the session's idle time starts again. Answers nothing."""
    return HttpResponse(status=204)


@public("help is for everyone")
@require_GET
def help_page(request: Request) -> HttpResponse:
    return render(request, "home/help.html")


@public("a statement every visitor may read")
@require_GET
def accessibility(request: Request) -> HttpResponse:
    return render(request, "home/accessibility.html")


@public("a notice every visitor may read")
@require_GET
def privacy(request: Request) -> HttpResponse:
    return render(request, "home/privacy.html")


@public("a probe: is the process alive? Needs nothing else")
@require_GET
def livez(request: Request) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public("a probe: can requests be served? Needs the database")
@require_GET
def readyz(request: Request) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")
