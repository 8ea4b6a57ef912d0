"""What belongs to a risk in an assessment: its history, comments and controls, and taking it out."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from risk import actions, permissions, sides
from risk.forms import CommentForm, ControlForm, ReasonForm, VersionForm
from risk.models import Control, Entry, EntryRevision
from risk.reference import words as known_words
from risk.views.assessments import head
from risk.views.finding import address_of, closed_to_changes, find_entry, one_form


@requires("risk.view")
@require_GET
def history(request: Request, reference: str, risk: str) -> HttpResponse:
    """Every state of a risk in this assessment, newest first, with what changed from the one before."""
    assessment, row = find_entry(request, reference, risk)
    revisions = list(
        EntryRevision.objects.visible_to(request.acting)
        .filter(entry=row)
        .select_related("owner", "changed_by")
        .order_by("-number")[:200]
    )
    known = known_words()
    entries = []
    for revision, before in zip_longest(revisions, revisions[1:]):
        now = sides.fields_of(revision, revision.controls, *known)
        was = sides.fields_of(before, before.controls, *known) if before else None
        changed = [(label, old, new) for (label, old), (_label, new) in zip(was or [], now, strict=False) if old != new]
        entries.append({"revision": revision, "is_first": before is None, "changed": changed})
    return render(
        request,
        "risk/history.html",
        {**head(request, assessment), "entry": row, "entries": entries, "up": address_of(assessment, row)},
    )


@requires("risk.contribute")
@require_POST
def comment(request: Request, reference: str, risk: str) -> HttpResponse:
    """Say something about this risk."""
    assessment, row = find_entry(request, reference, risk)
    permissions.check_can_comment(request.acting, assessment)
    return commented(request, assessment.pk, to=f"{address_of(assessment, row)}#comments", entry_id=row.pk)


def commented(request: Request, assessment_id: int, *, to: str, entry_id: int | None = None) -> HttpResponse:
    """Add the posted comment and go on; an empty one is refused with a sentence."""
    form = CommentForm(request.POST)
    try:
        actions.comment(
            assessment_id=assessment_id,
            entry_id=entry_id,
            text=form.cleaned_data["text"] if form.is_valid() else "",
            by=request.acting,
            now=timezone.now(),
        )
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Comment added"))
    return redirect(to)


@requires("risk.edit")
@require_POST
def reviewed(request: Request, reference: str, risk: str) -> HttpResponse:
    """Looked at today, and it stands as it is."""
    assessment, row = find_entry(request, reference, risk)
    permissions.check_can_edit(request.acting, assessment)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        actions.mark_reviewed(entry_id=row.pk, version=version, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("%(code)s reviewed today") % {"code": row.risk.code})
    return redirect(address_of(assessment, row))


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def take_out(request: Request, reference: str, risk: str) -> HttpResponse:
    """Take a risk out of an assessment that is still open."""
    assessment, row = find_entry(request, reference, risk)
    if refused := closed_to_changes(request, assessment, address_of(assessment, row)):
        return refused
    return one_form(
        request,
        row,
        lambda current, posted: ReasonForm(
            posted, submit=_("Take it out"), warning=True, initial={"version": current.version}
        ),
        lambda typed: actions.remove_entry(entry_id=row.pk, by=request.acting, now=timezone.now(), **typed),
        said=_("%(code)s taken out") % {"code": row.risk.code},
        to=assessment.get_absolute_url(),
        compares=False,
        heading=_("Take the risk out of this assessment"),
        caption=f"{row.risk.code} {row.title}",
        lead=_("Its history stays. A risk that stands in no other assessment is closed with this reason."),
    )


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def add_control(request: Request, reference: str, risk: str) -> HttpResponse:
    """Name something that is done already."""
    return _control(request, reference, risk, None)


@requires("risk.edit")
@require_http_methods(["GET", "POST"])
def change_control(request: Request, reference: str, risk: str, control: int) -> HttpResponse:
    """Reword a control, or say anew how well it holds."""
    return _control(request, reference, risk, control)


@requires("risk.edit")
@require_POST
def remove_control(request: Request, reference: str, risk: str, control: int) -> HttpResponse:
    """Take a control away."""
    assessment, row = find_entry(request, reference, risk)
    permissions.check_can_edit(request.acting, assessment)
    found = _find(request, row, control)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        actions.remove_control(control_id=found.pk, version=version, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Control taken away"))
    return redirect(address_of(assessment, row))


def _control(request: Request, reference: str, risk: str, number: int | None) -> HttpResponse:
    assessment, row = find_entry(request, reference, risk)
    found = _find(request, row, number) if number is not None else None
    to = address_of(assessment, row)
    if refused := closed_to_changes(request, assessment, to):
        return refused

    def make(current: Entry, posted: QueryDict | None) -> ControlForm:
        control = Control.objects.visible_to(request.acting).filter(pk=found.pk).first() if found else None
        written = {"text": control.text, "strength": control.strength} if control else {}
        return ControlForm(posted, initial={"version": current.version, **written})

    def do(typed: dict[str, Any]) -> object:
        if found is None:
            return actions.add_control(entry_id=row.pk, by=request.acting, now=timezone.now(), **typed)
        return actions.change_control(control_id=found.pk, by=request.acting, now=timezone.now(), **typed)

    heading = _("Change a control") if found else _("Add a control")
    context: dict[str, Any] = {"heading": heading, "caption": f"{row.risk.code} {row.title}"}
    return one_form(request, row, make, do, said=_("Control saved"), to=to, **context)


def _find(request: Request, row: Entry, number: int) -> Control:
    found = Control.objects.visible_to(request.acting).filter(pk=number, entry=row).first()
    if found is None:
        raise Http404
    return found
