"""A course as a learner sees it, page by page, for its authors: the draft or a version. Nothing done here is kept."""

from collections.abc import Callable

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core import drafts
from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.http import Request
from training import course_memory, queries, showing
from training.content import Content, Page
from training.forms.learning import AnswerForm
from training.models import Attempt, Completion, CourseDraft, Reply
from training.progress import Progress, page_of
from training.views.finding import find_draft

Address = Callable[[Page], str]


@requires("training.write")
@require_http_methods(["GET", "POST"])
def draft(request: Request, reference: str, page: str) -> HttpResponse:
    """A page of what is being written."""
    found, content = find_draft(request, reference)
    said = _("Preview of the draft, as a learner sees it. Nothing that you do here is kept.")
    return _page(request, found, content, page, said, lambda each: _draft_address(found, each))


@requires("training.write")
@require_GET
def version(request: Request, reference: str, number: int) -> HttpResponse:
    """Leads to the first page of a version."""
    _found, content = _version(request, reference, number)
    return redirect("training:version_page", reference, number, content.pages[0].slug)


@requires("training.write")
@require_http_methods(["GET", "POST"])
def version_page(request: Request, reference: str, number: int, page: str) -> HttpResponse:
    """A page of a version that was published."""
    found, content = _version(request, reference, number)
    said = _("Version %(number)s, as learners see it. Nothing that you do here is kept.") % {"number": number}

    def address(each: Page) -> str:
        return reverse("training:version_page", args=[found.reference, number, each.slug])

    return _page(request, found, content, page, said, address)


def _page(
    request: Request, draft: CourseDraft, content: Content, slug: str, said: str, address: Address
) -> HttpResponse:
    found = page_of(content, slug)
    if found is None:
        raise Http404
    before = {each.slug for each in content.pages[: content.places[slug]]}
    progress = Progress(Attempt(reference=draft.reference), content, before, {})
    around = {
        **showing.around(progress, found, address),
        "parts": showing.outline(content, progress, found, address, all_open=True),
        "preview": said,
        "back_url": draft.get_absolute_url(),
    }
    if not found.asks:
        return render(request, "training/page.html", around)
    return _ask(request, progress, found, around)


def _ask(request: Request, progress: Progress, found: Page, around: dict[str, object]) -> HttpResponse:
    questions = progress.questions(found, 1)

    def make(_row: None, posted: QueryDict | None) -> AnswerForm:
        return AnswerForm(posted, questions=questions, numbered=found.kind == "check")

    editor = Editor(request, None, make)
    if not editor.is_ready or not questions:
        return editor.render("training/question.html", **around, number=1)
    drafts.discard(request.acting, request.path)
    chosen = editor.form.chosen
    right = sum(question.is_right(chosen[question.code]) for question in questions)
    passed = progress.content.passed(right, len(questions))
    reply = Reply(page=found.slug, chosen=chosen, right=right, total=len(questions), passed=passed)
    is_through = passed and found == progress.content.final_check
    return render(
        request,
        "training/result.html",
        {
            **around,
            "reply": reply,
            "judged": showing.judged(questions, reply),
            "completion": _completion(reply) if is_through else None,
            "may_try_again": found.kind == "check",
            "can_go_on": not is_through and (passed or found != progress.content.final_check),
        },
    )


def _completion(reply: Reply) -> Completion:
    """What a learner would have now. It is never saved."""
    return Completion(completed_on=timezone.localdate(), score=100 * reply.right // reply.total)


def _draft_address(draft: CourseDraft, page: Page) -> str:
    return reverse("training:preview", args=[draft.reference, page.slug])


def _version(request: Request, reference: str, number: int) -> tuple[CourseDraft, Content]:
    found = queries.get_draft_or_404(request.acting, reference)
    versions = queries.versions_of(request.acting, found.course) if found.course else None
    row = versions.filter(number=number).first() if versions is not None else None
    if row is None:
        raise Http404
    return found, course_memory.content_of(row.pk)
