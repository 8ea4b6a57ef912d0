"""Publishing a course of the organisation's own, withdrawing it and offering it again; putting a draft away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from training import actions, course_checks, queries, writing_page
from training.content import Content
from training.forms.writing import PublishForm
from training.models import CourseDraft
from training.views.finding import find_draft
from training.views.removing import ask_to_remove


@requires("training.write")
@require_http_methods(["GET", "POST"])
def publish(request: Request, reference: str) -> HttpResponse:
    """Publish what the draft says now. Asks whether earlier completions still count; says how many are inside."""
    draft, content = find_draft(request, reference)
    closed = queries.closed_pictures(request.acting, content.files)
    problems = course_checks.before_publishing(content, closed, today=timezone.localdate())
    editor = Editor(request, draft, _form, compares=False)
    if editor.is_ready:
        try:
            published = actions.publish_course(
                draft_id=draft.pk, version=editor.form.cleaned_data["version"], expires_earlier=editor.form.expires,
                by=request.acting, now=timezone.now(),
            )  # fmt: skip
        except StaleVersion:
            messages.warning(
                request, _("Somebody changed or published this course meanwhile. Look at it again, then publish it.")
            )
            return redirect(draft)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Version %(number)s is published") % {"number": published.number}, to=draft)
    return editor.render(
        "training/writing/publish.html",
        draft=draft,
        problems=writing_page.with_addresses(draft, content, problems),
        inside=queries.count_inside(request.acting, draft.course) if draft.course else 0,
        number=draft.published.number + 1 if draft.published else 1,
    )


@requires("training.write")
@require_POST
def withdraw(request: Request, reference: str) -> HttpResponse:
    """Offer the course no longer."""
    return _do(
        request, reference, actions.withdraw_course, _("The course is withdrawn. Whoever is inside can finish it")
    )


@requires("training.write")
@require_POST
def offer(request: Request, reference: str) -> HttpResponse:
    """Offer the course again."""
    return _do(request, reference, actions.offer_course, _("The course is offered again"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def put_away(request: Request, reference: str) -> HttpResponse:
    """Put away a draft that was begun by mistake. Asks first."""
    draft, content = find_draft(request, reference)
    if draft.course is not None or draft.is_put_away:
        return redirect(draft)
    return ask_to_remove(
        request,
        draft,
        name=draft.title,
        text=_written(content),
        remove=lambda version: actions.put_draft_away(
            draft_id=draft.pk, version=version, by=request.acting, now=timezone.now()
        ),
        template="training/writing/put_away.html",
        done=_("The draft is put away"),
    )


def _written(content: Content) -> str:
    """How much there is in a draft, for whoever is about to put it away."""
    count = len(content.pages)
    if not count:
        return _("No page is written in it yet.")
    return ngettext("%(count)s page is written in it.", "%(count)s pages are written in it.", count) % {"count": count}


@requires("training.write")
@require_POST
def take_up(request: Request, reference: str) -> HttpResponse:
    """Go on with a draft that was put away."""
    return _do(request, reference, actions.take_draft_up, _("You can go on with the draft"))


def _do(request: Request, reference: str, action: Callable[..., Any], sentence: str) -> HttpResponse:
    draft, _content = find_draft(request, reference)
    try:
        action(draft_id=draft.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, sentence)
    return redirect(draft)


def _form(row: CourseDraft, posted: QueryDict | None) -> PublishForm:
    return PublishForm(posted, is_first=row.course_id is None, initial={"version": row.version})
