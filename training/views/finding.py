"""What the address of an author's page names, and forms about one part of a draft."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import render

from foundation.core.editing import VERSION, Editor, Make
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from training import queries
from training.content import Content
from training.models import CourseDraft

T = TypeVar("T")
NOT_TYPED = {"csrfmiddlewaretoken", "submit", VERSION}


def find_draft(request: Request, reference: str) -> tuple[CourseDraft, Content]:
    """The draft of that reference, and what it says."""
    draft = queries.get_draft_or_404(request.acting, reference)
    return draft, Content.from_plain(draft.content)


def or_404(find: Callable[..., T], *arguments: Any) -> T:
    """What ``find`` finds in a course. What is not in it is as missing as any page."""
    found = or_none(find, *arguments)
    if found is None:
        raise Http404
    return found


def or_none(find: Callable[..., T], *arguments: Any) -> T | None:
    """What ``find`` finds in a course, if it is there."""
    try:
        return find(*arguments)
    except RuleBroken:
        return None


def edit_part(request: Request, draft: CourseDraft, make: Make, part: str) -> Editor:
    """The form of one part of a draft: only who changed that part meanwhile is in its way."""
    return Editor(
        request,
        draft,
        make,
        who_saved=partial(_who_saved, part),
        version_of=lambda row: row.version_of(part),
    )


def gone(request: Request, draft: CourseDraft) -> HttpResponse:
    """What a form was about is no longer in the course: 404, but what somebody typed meanwhile is shown to them."""
    if request.method != "POST":
        raise Http404
    typed = [value for name, value in request.POST.items() if name not in NOT_TYPED and len(value) > 3]
    return render(request, "training/writing/gone.html", {"draft": draft, "typed": typed}, status=404)


def _who_saved(part: str, draft: CourseDraft) -> tuple[models.Model | None, datetime | None]:
    """Known as long as nobody changed another part since."""
    is_last = draft.version_of(part) == draft.version
    return (draft.saved_by, draft.saved_at) if is_last else (None, None)
