"""What the address of an author's page names, or 404."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404

from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from training import queries
from training.content import Content
from training.models import CourseDraft

T = TypeVar("T")


def find_draft(request: Request, reference: str) -> tuple[CourseDraft, Content]:
    """The draft of that reference, and what it says."""
    draft = queries.get_draft_or_404(request.acting, reference)
    return draft, Content.from_plain(draft.content)


def or_404(find: Callable[..., T], *arguments: Any) -> T:
    """What ``find`` finds in a course. What is not in it is as missing as any page."""
    try:
        return find(*arguments)
    except RuleBroken:
        raise Http404 from None
