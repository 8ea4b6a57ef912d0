"""Numbers of partners who do not share names: the list, one of them with what it was before, and its form."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_list
from foundation.organisations import queries as organisations
from training import actions, record_lists, record_queries
from training.forms.returns import ReturnForm
from training.models import PartnerReturn


@requires("training.view")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """The numbers that stand, the latest first."""
    acting = request.acting
    page = record_lists.RETURNS.read(request, record_queries.returns(acting))
    if not isinstance(page, ListPage):
        return page
    if (wanted := request.GET.get("export")) and acting.may("training.report"):
        title = _("Numbers of partners")
        return export_list(page, format=wanted, title=title, acting=acting, now=timezone.now())
    context = {
        "page": page,
        "lines": [(row, record_lists.of_what(row)) for row in page.items],
        "can_manage": acting.may("training.manage"),
        "can_export": acting.may("training.report"),
    }
    return render(request, "training/records/returns.html", context)


@requires("training.view")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """One partner's numbers, and what they were before they were corrected."""
    acting = request.acting
    found = record_queries.get_return_or_404(acting, reference)
    newer = getattr(found, "replaced_by", None)
    context = {
        "found": found,
        "of_what": record_lists.of_what(found),
        "newer": newer,
        "earlier": record_queries.earlier_returns(acting, found),
        "can_correct": acting.may("training.manage") and newer is None,
    }
    return render(request, "training/records/return.html", context)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Write down a partner's numbers."""
    return _form(request, None)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def correct(request: Request, reference: str) -> HttpResponse:
    """Put other numbers in the place of those that stand."""
    found = record_queries.get_return_or_404(request.acting, reference)
    if request.method == "GET" and getattr(found, "replaced_by", None) is not None:
        return redirect(found)
    return _form(request, found)


def _form(request: Request, row: PartnerReturn | None) -> HttpResponse:
    acting = request.acting
    today = timezone.localdate()
    offers: dict[str, Any] = {
        "members": [(each.pk, each.name) for each in organisations.members(acting, today)],
        "requirements": record_queries.requirement_choices(acting, row.requirement_id if row else None),
        "today": today,
    }

    def make(_row: PartnerReturn | None, posted: QueryDict | None) -> ReturnForm:
        return ReturnForm(posted, initial=_initial(row), **offers)

    editor: Editor[ReturnForm] = Editor(request, row, make, compares=False)
    if editor.is_ready:
        given, by, now = editor.form.given, acting, timezone.now()
        try:
            if row is None:
                saved = actions.record_return(given=given, by=by, now=now)
            else:
                saved = actions.correct_return(return_id=row.pk, given=given, by=by, now=now)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The numbers are saved"), to=saved)
    return editor.render(
        "training/records/form.html",
        heading=_("Correct a partner's numbers") if row else _("Record a partner's numbers"),
        caption=row.partner_name if row else "",
        lead=_("What stands now is kept in the history.") if row else _("For partners who do not share names."),
        up=row.get_absolute_url() if row else reverse("training:partner_returns"),
        up_label=row.partner_name if row else _("Numbers of partners"),
    )


def _initial(row: PartnerReturn | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("partner_id", "requirement_id", "group", "as_at", "in_scope", "in_date", "note")
    named = "" if row.partner_id else row.partner_name
    return {name: getattr(row, name) for name in names} | {"partner_name": named}
