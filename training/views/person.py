"""A person's training, and what is agreed with them about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core import addresses
from foundation.core.access import requires, signed_in
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership
from training import permissions
from training.actions import agreements
from training.forms.agreements import AbsenceForm, ExtendForm, WaiveForm
from training.models import Absence, Assignment
from training.seeing import listing
from training.seeing import person as seeing
from training.seeing.on_a_day import as_at


@signed_in
@require_GET
def person(request: Request, reference: str) -> HttpResponse:
    """What a person is asked and why, what they did and what was agreed, on a day."""
    acting, at = request.acting, as_at(request.GET)
    found = seeing.get_person_or_404(acting, reference)
    teams = listing.names_of(organisations.team_tree(acting))
    is_own = found.pk == acting.membership_id
    given = seeing.certificates(acting) if is_own else {}
    known = seeing.known(found, at)
    agreed = seeing.agreements(known, at)
    can_manage = not at.is_past and allowed(permissions.check_can_manage_training, acting, found)
    return render(
        request,
        "training/person.html",
        {
            "person": found,
            "joined_into": seeing.joined_into(acting, found),
            "at": at,
            "is_own": is_own,
            "asked": seeing.asked(known, teams),
            "completions": [(each, given.get(each.pk)) for each in known.completions],
            "agreements": agreed,
            "history": seeing.history(known, at),
            "can_agree": can_manage and not is_own,
            "can_manage": can_manage,
            "is_away": any(isinstance(each.row, Absence) and each.ended_at is None for each in agreed),
            "has_left": found.ends_on is not None and found.ends_on < at.day,
        },
    )


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def waive(request: Request, reference: str, requirement: str) -> HttpResponse:
    """Let somebody off what they are asked."""
    return _agree(
        request,
        _agreeable(request, reference, requirement),
        agreements.waive,
        lambda posted: WaiveForm(posted, initial={"starts_on": timezone.localdate()}),
        heading=_("Waive this training"),
        done=_("The training was waived"),
    )


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def extend(request: Request, reference: str, requirement: str) -> HttpResponse:
    """Give somebody more time."""
    return _agree(
        request,
        _agreeable(request, reference, requirement),
        agreements.extend,
        lambda posted: ExtendForm(posted),
        heading=_("Give more time"),
        done=_("The day was moved"),
    )


@requires("training.manage")
@require_POST
def end_waiver(request: Request, reference: str, requirement: str) -> HttpResponse:
    """Ask somebody again for what they were let off."""
    row = _agreeable(request, reference, requirement)
    try:
        agreements.end_waiver(assignment_id=row.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The waiver was ended"))
    return redirect(_page(row.membership))


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def record_absence(request: Request, reference: str) -> HttpResponse:
    """Count somebody apart while they are away for long."""
    found = seeing.get_person_or_404(request.acting, reference)
    permissions.check_can_manage_training(request.acting, found)
    editor = Editor(
        request,
        None,
        lambda _row, posted: AbsenceForm(posted, initial={"starts_on": timezone.localdate()}),
        compares=False,
    )
    if editor.is_ready:
        try:
            agreements.record_absence(
                membership_id=found.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The absence was recorded"), to=_page(found))
    return editor.render(
        "training/agree.html", person=found, row=None, back=_page(found), heading=_("Record a long absence")
    )


@requires("training.manage")
@require_POST
def end_absence(request: Request, reference: str) -> HttpResponse:
    """Count somebody again."""
    found = seeing.get_person_or_404(request.acting, reference)
    permissions.check_can_manage_training(request.acting, found)
    try:
        agreements.end_absence(membership_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The absence was ended"))
    return redirect(_page(found))


def _agreeable(request: Request, reference: str, requirement: str) -> Assignment:
    found = seeing.get_person_or_404(request.acting, reference)
    row = seeing.get_assignment_or_404(request.acting, found, requirement, timezone.localdate())
    permissions.check_can_agree(request.acting, row)
    return row


def _agree(
    request: Request,
    row: Assignment,
    action: Callable[..., Any],
    make: Callable[[QueryDict | None], forms.Form],
    *,
    heading: str,
    done: str,
) -> HttpResponse:
    editor = Editor(request, None, lambda _row, posted: make(posted), compares=False)
    back = _page(row.membership)
    if editor.is_ready:
        try:
            action(assignment_id=row.pk, by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(done, to=back)
    due = listing.due(row.due_on)
    return editor.render("training/agree.html", person=row.membership, row=row, due=due, back=back, heading=heading)


def _page(person: Membership) -> str:
    return addresses.of_row("training:person", person.reference)
