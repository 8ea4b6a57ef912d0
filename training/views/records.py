"""Training done elsewhere: said by a person, checked by others, or recorded for several people at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list
from foundation.files.fields import ask_again
from foundation.files.permissions import why_closed
from foundation.files.receiving import accepts_files
from foundation.organisations.people_fields import People
from training import actions, permissions, record_lists, record_queries
from training.forms.records import CERTIFICATES, DeclareForm, RecordForForm, WhyForm
from training.models import Completion
from training.workflow import RecordStatus


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """Records of those whom one may decide about: what waits first, then all of them."""
    acting = request.acting
    manages = acting.may("training.manage")
    if not manages and not record_queries.leads_people(acting):
        return redirect("training:mine")
    page = record_lists.RECORDS.read(request, record_queries.records_of_others(acting))
    if not isinstance(page, ListPage):
        return page
    if (wanted := request.GET.get("export")) and acting.may("training.report"):
        title = _("Training done elsewhere")
        return export_list(page, format=wanted, title=title, acting=acting, now=timezone.now())
    waiting = record_queries.waiting_for(acting)
    context = {
        "page": page,
        "waiting": list(waiting.order_by("recorded_at", "pk")[:25]),
        "waiting_count": waiting.count(),
        "manages": manages,
        "can_export": acting.may("training.report"),
    }
    return render(request, "training/records/index.html", context)


@requires("portal.use")
@accepts_files(max_bytes=CERTIFICATES.max_bytes)
@require_http_methods(["GET", "POST"])
def declare(request: Request) -> HttpResponse:
    """Say what one did elsewhere."""
    acting = request.acting
    permissions.check_can_learn(acting)
    courses = record_lists.course_choices(acting)

    def make(_row: None, posted: QueryDict | None) -> DeclareForm:
        return DeclareForm(posted, request.FILES if posted is not None else None, courses=courses)

    editor: Editor[DeclareForm] = Editor(request, None, make)
    if editor.is_ready:
        certificate = editor.form.cleaned_data["certificate"]
        try:
            said = actions.declare(done=editor.form.done, certificate=certificate, by=acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
            ask_again(editor.form, "certificate", refused=True)
        else:
            return editor.saved(_("Sent to be checked"), to=said)
    return editor.render(
        "training/records/form.html",
        heading=_("I did this elsewhere"),
        lead=_("Somebody looks at your certificate. Until then it does not count."),
        up=reverse("training:mine"),
        up_label=_("My training"),
    )


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Record what several people did together."""
    acting = request.acting
    people = People(acting, on=timezone.localdate())
    courses = record_lists.course_choices(acting)

    def make(_row: None, posted: QueryDict | None) -> RecordForForm:
        return RecordForForm(posted, courses=courses, people=people)

    editor: Editor[RecordForForm] = Editor(request, None, make)
    if editor.is_ready:
        members = editor.form.cleaned_data["member_ids"]
        try:
            actions.record_for(membership_ids=members, done=editor.form.done, by=acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_recorded(len(members)), to=reverse("training:records"))
    return editor.render(
        "training/records/form.html",
        heading=_("Record training for people"),
        lead=_("One course on one day, for one person or for many. It counts at once."),
        up=reverse("training:records"),
        up_label=_("Training done elsewhere"),
    )


@requires("portal.use")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """One record, with the certificate behind it and what was decided."""
    acting = request.acting
    found = record_queries.get_record_or_404(acting, reference)
    decides = allowed(permissions.check_can_decide, acting, found)
    waits = found.status == RecordStatus.WAITING
    may_open = found.proof is not None and allowed(permissions.check_can_open_proof, acting, found)
    context = {
        "record": found,
        "facts": record_lists.facts(found),
        "is_own": found.membership_id == acting.membership_id,
        "can_decide": decides and waits,
        "can_withdraw": decides and found.status == RecordStatus.COUNTS,
        "can_take_back": waits and allowed(permissions.check_can_take_back, acting, found),
        "may_open": may_open,
        "why_closed": why_closed(acting, found.proof) if found.proof is not None and may_open else "",
        "decides_others": acting.may("training.manage") or found.membership.line_manager_id == acting.membership_id,
    }
    return render(request, "training/records/show.html", context)


@requires("portal.use")
@require_POST
def accept(request: Request, reference: str) -> HttpResponse:
    """Count it."""
    found = record_queries.get_record_or_404(request.acting, reference)
    permissions.check_can_decide(request.acting, found)
    return _do(request, found, actions.accept, said=_("The record counts now"))


@requires("portal.use")
@require_POST
def take_back(request: Request, reference: str) -> HttpResponse:
    """Take back what one said oneself."""
    found = record_queries.get_record_or_404(request.acting, reference)
    permissions.check_can_take_back(request.acting, found)
    return _do(request, found, actions.take_back, said=_("You took the record back"))


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def refuse(request: Request, reference: str) -> HttpResponse:
    """Not count it, and say why."""
    return _with_reason(
        request, reference, actions.refuse, RecordStatus.WAITING,
        heading=_("Do not accept this record"), submit=_("Do not accept it"), said=_("The record was not accepted"),
    )  # fmt: skip


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str) -> HttpResponse:
    """Take back a record that was wrong, and say why."""
    return _with_reason(
        request, reference, actions.withdraw, RecordStatus.COUNTS,
        heading=_("Withdraw this record"), submit=_("Withdraw it"), said=_("The record was withdrawn"),
    )  # fmt: skip


def _do(request: Request, found: Completion, action: Callable[..., Any], *, said: str) -> HttpResponse:
    try:
        action(completion_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    return redirect(found)


def _with_reason(
    request: Request, reference: str, action: Callable[..., Any], wanted: RecordStatus, *,
    heading: str, submit: str, said: str,
) -> HttpResponse:  # fmt: skip
    found = record_queries.get_record_or_404(request.acting, reference)
    permissions.check_can_decide(request.acting, found)
    if request.method == "GET" and found.status != wanted:
        messages.warning(request, _("Somebody has decided about this record already."))
        return redirect(found)

    def make(_row: Completion, posted: QueryDict | None) -> WhyForm:
        return WhyForm(posted, submit=submit)

    editor: Editor[WhyForm] = Editor(request, found, make, compares=False)
    if editor.is_ready:
        reason = editor.form.cleaned_data["reason"]
        try:
            action(completion_id=found.pk, reason=reason, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(said, to=found)
    return editor.render(
        "training/records/form.html",
        heading=heading,
        caption=f"{found.membership.name}: {found.course_title}",
        up=found.get_absolute_url(),
        up_label=_("The record"),
    )


def _recorded(count: int) -> str:
    return _("Recorded for one person") if count == 1 else _("Recorded for %(count)s people") % {"count": count}
