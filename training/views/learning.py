"""A learner's way through a course, page by page. Looking at a page changes nothing."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core import drafts
from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from training import actions, queries, showing
from training.content import Page
from training.forms.learning import AnswerForm
from training.models import Attempt
from training.progress import Progress, page_of
from training.workflow import Status


@requires("portal.use")
@require_GET
def go_on(request: Request, reference: str) -> HttpResponse:
    """Leads to the page that comes next; after the last, to what came of the course."""
    attempt = queries.get_attempt_or_404(request.acting, reference)
    if attempt.status == Status.ENDED:
        return redirect(attempt.course)
    progress = queries.progress_of(attempt)
    return _to(attempt, progress.next_page or progress.content.final_check or progress.content.pages[-1])


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def page(request: Request, reference: str, page: str) -> HttpResponse:
    """A page to read, or one with questions, which the form answers."""
    attempt, progress, found = _find(request, reference, page)
    if attempt.status == Status.ENDED:
        return redirect(attempt.course)
    if not progress.is_open(found):
        return render(request, "training/ahead.html", {**_around(progress, found), "progress": progress})
    reply = progress.last_reply(found)
    if not found.asks:
        return render(request, "training/page.html", _around(progress, found))
    if request.method == "GET" and reply and not (_tries_again(request) and _may_try_again(progress, found)):
        return _result(request, progress, found)
    return _ask(request, progress, found)


@requires("portal.use")
@require_POST
def finish(request: Request, reference: str, page: str) -> HttpResponse:
    """Put a page behind oneself and go on to the next."""
    attempt, progress, found = _find(request, reference, page)
    try:
        actions.finish_page(attempt_id=attempt.pk, page=found.slug, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return _to(attempt, found)
    _before, after = showing.beside(progress.content, found)
    return _to(attempt, after) if after else redirect(attempt)


def _ask(request: Request, progress: Progress, found: Page) -> HttpResponse:
    """The questions of a try. Unanswered ones are named, and nothing that was chosen is lost."""
    number = _number(request) or progress.next_try(found)
    questions = progress.questions(found, number)

    def make(_row: None, posted: QueryDict | None) -> AnswerForm:
        return AnswerForm(posted, questions=questions, numbered=found.kind == "check")

    editor = Editor(request, None, make)
    if editor.is_ready:
        try:
            actions.answer(
                attempt_id=progress.attempt.pk, page=found.slug, number=number, chosen=editor.form.chosen,
                by=request.acting, now=timezone.now(),
            )  # fmt: skip
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            drafts.discard(request.acting, request.path)
        return _to(progress.attempt, found)
    return editor.render("training/question.html", **_around(progress, found), number=number)


def _result(request: Request, progress: Progress, found: Page) -> HttpResponse:
    """What came of the last answer."""
    reply = progress.last_reply(found)
    assert reply is not None
    is_final = found == progress.content.final_check
    completion = queries.completions(request.acting).filter(attempt=progress.attempt).first() if is_final else None
    return render(
        request,
        "training/result.html",
        {
            **_around(progress, found),
            "reply": reply,
            "judged": showing.judged(progress.questions(found, reply.number), reply),
            "completion": completion,
            "may_try_again": _may_try_again(progress, found),
            "can_go_on": progress.has_answered(found) and completion is None,
        },
    )


def _may_try_again(progress: Progress, found: Page) -> bool:
    """Whether a check can be tried once more."""
    return found.kind == "check" and progress.attempt.status == Status.IN_PROGRESS


def _tries_again(request: Request) -> bool:
    return request.GET.get("try") == "again"


def _number(request: Request) -> int | None:
    """The number of the try that a form was shown for."""
    sent = request.POST.get("number", "")
    return int(sent) if sent.isascii() and sent.isdigit() and 0 < int(sent) < 10_000 else None


def _around(progress: Progress, found: Page) -> dict[str, object]:
    """What stands around every page of a course."""
    attempt = progress.attempt
    return {
        **showing.around(progress, found, lambda page: reverse("training:page", args=[attempt.reference, page.slug])),
        "attempt": attempt,
        "course": attempt.course,
        "back_url": attempt.course.get_absolute_url(),
        "finish_url": reverse("training:finish_page", args=[attempt.reference, found.slug]),
    }


def _find(request: Request, reference: str, slug: str) -> tuple[Attempt, Progress, Page]:
    attempt = queries.get_attempt_or_404(request.acting, reference)
    progress = queries.progress_of(attempt)
    found = page_of(progress.content, slug)
    if found is None:
        raise Http404
    return attempt, progress, found


def _to(attempt: Attempt, found: Page) -> HttpResponse:
    return redirect("training:page", attempt.reference, found.slug)
