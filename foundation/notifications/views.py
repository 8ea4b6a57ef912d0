from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import signed_in
from foundation.core.acting import Acting
from foundation.core.http import Request
from foundation.core.lists import Column, Listing
from foundation.documents.responses import export_list
from foundation.notifications import actions, permissions, queries
from foundation.notifications.forms import NoticeFilterForm, PreferencesForm
from foundation.notifications.models import Notice

LISTING = Listing(
    "notices",
    (
        Column("notice", gettext_lazy("Notice"), lambda notice: notice.sentence),
        Column("when", gettext_lazy("When"), lambda notice: notice.created_at, sort="created_at"),
        Column("state", gettext_lazy("State"), lambda notice: str(_("Read") if notice.read_at else _("New"))),
    ),
    "-when",
    filters=NoticeFilterForm,
)


@signed_in
@require_http_methods(["GET"])
def index(request: Request) -> HttpResponseBase:
    """The person's own notices in the organisation they act for."""
    acting = _acting(request)
    page = LISTING.read(request, Notice.objects.visible_to(acting).with_things())
    assert not isinstance(page, HttpResponse)  # nothing is searched, so nothing is posted
    if export := request.GET.get("export"):
        return export_list(page, format=export, title=_("Notices"), acting=acting, now=timezone.now())
    unread = queries.unread_count(acting)
    return render(request, "notifications/index.html", {"page": page, "notices": page.items, "unread": unread})


@signed_in
@require_POST
def open_notice(request: Request, reference: str) -> HttpResponse:
    """Mark a notice read and go where it leads; that page decides whether the person may still see it."""
    acting = _acting(request)
    notice = Notice.objects.visible_to(acting).filter(reference=reference).first()
    if notice is None:
        raise Http404
    permissions.check_can_read(acting, notice)
    actions.mark_read(notice_id=notice.pk, by=acting, now=timezone.now())
    return redirect(notice.address or "notifications:index")


@signed_in
@require_POST
def read_all(request: Request) -> HttpResponse:
    number = actions.mark_all_read(by=_acting(request), now=timezone.now())
    messages.success(request, ngettext("%d notice marked as read", "%d notices marked as read", number) % number)
    return redirect("notifications:index")


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: Request) -> HttpResponse:
    """When e-mails come."""
    acting = _acting(request)
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=queries.preferences(acting))
    if request.method == "POST" and form.is_valid():
        actions.prefer(deliveries=form.cleaned_data, by=acting, now=timezone.now())
        messages.success(request, _("Your choice is saved"))
        return redirect("notifications:index")
    return render(request, "notifications/preferences.html", {"form": form})


def _acting(request: Request) -> Acting:
    return request.acting
