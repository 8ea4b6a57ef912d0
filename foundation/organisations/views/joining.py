"""Two entries of one person: those that look like it, the other one found, both compared, and joined."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from foundation.organisations import actions, duplicates, permissions, queries
from foundation.organisations.forms.joining import FindEntryForm, JoinForm


@requires("people.manage")
@require_GET
def likely(request: Request) -> HttpResponse:
    """Entries that look as if they were of one person."""
    groups = duplicates.likely(request.acting, timezone.localdate())
    is_cut = sum(1 + len(group.others) for group in groups) >= duplicates.MOST
    apart = [
        (each, allowed(permissions.check_can_join, request.acting, each.lower, each.higher))
        for each in duplicates.kept_apart(request.acting)
    ]
    return render(request, "organisations/duplicates.html", {"groups": groups, "is_cut": is_cut, "apart": apart})


@requires("people.manage")
@require_http_methods(["GET", "POST"])
def find(request: Request, reference: str) -> HttpResponse:
    """Look for somebody's other entry. What is typed is posted, so that no name stands in an address."""
    acting = request.acting
    person = queries.get_person_or_404(acting, reference)
    permissions.check_can_join(acting, person)
    form = FindEntryForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = duplicates.find(acting, form.cleaned_data["text"], beside=person)
    context = {
        "person": person,
        "form": form,
        "found": (found or [])[: duplicates.FOUND],
        "is_searched": found is not None,
        "are_more": len(found or []) > duplicates.FOUND,
    }
    return render(request, "organisations/find_entry.html", context)


@requires("people.manage", step_up=True)
@require_http_methods(["GET", "POST"])
def join(request: Request, reference: str, other: str) -> HttpResponse:
    """Compare two entries and make one of them."""
    acting = request.acting
    one, another = queries.get_person_or_404(acting, reference), queries.get_person_or_404(acting, other)
    permissions.check_can_join(acting, one, another)
    versions = {"version_of_one": one.version, "version_of_other": another.version}
    editor = Editor(
        request, None, lambda _row, posted: JoinForm(posted, one=one, other=another, initial=versions), compares=False
    )
    if editor.is_ready:
        (kept, kept_version), (ended, ended_version) = editor.form.order
        try:
            actions.join_people(
                kept=actions.Seen(kept.pk, kept_version),
                ended=actions.Seen(ended.pk, ended_version),
                by=acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            words = _("The two entries are one now. The page of the other one leads here")
            return editor.saved(words, to=reverse("organisations:person", args=[kept.reference]))
    return editor.render(
        "organisations/join.html",
        person=one,
        other=another,
        compared=duplicates.compare(acting, one, another),
        both_sign_in=one.user_id is not None and another.user_id is not None,
        apart=duplicates.apart(acting, one, another),
    )


@requires("people.manage")
@require_POST
def keep_apart(request: Request, reference: str, other: str) -> HttpResponse:
    """Say that two entries are of two people."""
    return _tell(
        request, reference, other, actions.keep_apart, _("Marked as two people: they are not offered any more")
    )


@requires("people.manage")
@require_POST
def no_longer_keep_apart(request: Request, reference: str, other: str) -> HttpResponse:
    """Take back that two entries are of two people."""
    return _tell(request, reference, other, actions.no_longer_keep_apart, _("Taken back: they may be one person"))


def _tell(request: Request, reference: str, other: str, action: Callable[..., object], done: str) -> HttpResponse:
    one, another = (queries.get_person_or_404(request.acting, each) for each in (reference, other))
    try:
        action(membership_id=one.pk, other_id=another.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("organisations:duplicates")
