"""What several views share: finding rows, the tabs of an assessment, and a page with one form on it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core import addresses
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.organisations import queries as organisations
from risk import permissions, queries
from risk.models import Assessment, Entry
from risk.models.assessments import Template
from risk.workflow import OPEN

Do = Callable[[dict[str, Any]], object]


def today() -> date:
    """Today in London."""
    return timezone.localdate()


def find_entry(request: Request, reference: str, risk: str) -> tuple[Assessment, Entry]:
    """A risk in an assessment, or 404."""
    entry = queries.get_entry_or_404(request.acting, reference, risk)
    return entry.assessment, entry


def address_of(assessment: Assessment, entry: Entry) -> str:
    return reverse("risk:entry", args=[assessment.reference, entry.risk.reference])


def may_write(request: Request, assessment: Assessment) -> bool:
    """Whether this person may change the assessment as it stands."""
    return assessment.status in OPEN and allowed(permissions.check_can_edit, request.acting, assessment)


def owners(request: Request, *, including: int | None = None) -> list[tuple[int, str]]:
    """Who may own a risk: people with a role, and whoever owns it now."""
    found = organisations.role_holders(request.acting, today())
    if including is not None and including not in dict(found):
        found += [(pk, name) for pk, name in _named(request, including)]
    return found


def approvers(request: Request, *, including: int | None = None) -> list[tuple[int, str]]:
    """Senior approvers of today."""
    return organisations.people_choices(request.acting, on=today(), permission="risk.approve", including=including)


def _named(request: Request, membership_id: int) -> list[tuple[int, str]]:
    found = organisations.people_choices(request.acting, on=today(), permission="risk.approve", including=membership_id)
    return [each for each in found if each[0] == membership_id]


def closed_to_changes(request: Request, assessment: Assessment, to: str) -> HttpResponse | None:
    """Back with a sentence, where an approved assessment was asked to change."""
    permissions.check_can_edit(request.acting, assessment)
    if assessment.status in OPEN:
        return None
    messages.warning(request, _("This assessment is kept as it is. Copy it forward to change something."))
    return redirect(to)


def one_form(
    request: Request, row: Any, make: Any, do: Do, *, said: str, to: str, compares: bool = True, **context: Any
) -> HttpResponse:
    """A page with one form: show it, or do what it asks and go to ``to``. Nothing typed is lost."""
    editor: Editor = Editor(request, row, make, compares=compares)
    if editor.is_ready:
        try:
            do(editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(said, to=to)
    return editor.render("risk/form.html", up=to, **context)


def tabs(request: Request, assessment: Assessment) -> list[dict[str, Any]]:
    """The pages of an assessment."""
    pages = [(_("Register"), "risk:assessment")]
    if assessment.template == Template.SCORED:
        pages.append((_("Matrix"), "risk:matrix"))
    pages += [(_("Compare"), "risk:compare"), (_("Review and comments"), "risk:review")]
    found = [(label, addresses.of_row(name, assessment.reference)) for label, name in pages]
    return [{"label": label, "url": url, "is_current": url == request.path} for label, url in found]
