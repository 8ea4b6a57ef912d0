"""Writing the pages of a course and the questions of its banks."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from training import actions, queries
from training import course_editing as editing
from training.content import Content, Page, Question
from training.course_editing import DOWN, UP
from training.forms.own_pages import KINDS, PageForm, QuestionForm, kind_of, options_as_initial, page_as_initial
from training.models import CourseDraft
from training.models.writing import of_page, of_question
from training.views.finding import edit_part, find_draft, gone, or_404, or_none
from training.views.removing import ask_to_remove


@requires("training.write")
@require_http_methods(["GET", "POST"])
def add(request: Request, reference: str, part: str, kind: str) -> HttpResponse:
    """Add a page of a kind at the end of a part."""
    draft, content = find_draft(request, reference)
    if kind not in KINDS:
        raise Http404
    if or_none(editing.module_of, content, part) is None:
        return gone(request, draft)

    def make(row: CourseDraft, posted: QueryDict | None) -> PageForm:
        return PageForm(posted, kind=kind, count=0, is_new=True, initial=_first(kind))

    editor = Editor(request, draft, make, compares=False)
    if editor.is_ready:
        page = editor.form.page(editing.new_name())
        try:
            actions.add_page(draft_id=draft.pk, module=part, page=page, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            to = reverse("training:change_own_page", args=[draft.reference, page.slug])
            return editor.saved(_("Page added"), to=to if kind in {"text", "video"} else draft)
    return editor.render("training/writing/page.html", draft=draft, heading=_("Add a page"), kind=KINDS[kind])


@requires("training.write")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str, page: str) -> HttpResponse:
    """Change what a page says."""
    draft, content = find_draft(request, reference)
    found = or_none(editing.page_of, content, page)
    if found is None:
        return gone(request, draft)
    editor = edit_part(request, draft, partial(_page_form, found), of_page(page))
    if editor.is_ready:
        try:
            actions.change_page(
                draft_id=draft.pk, version=editor.form.cleaned_data["version"], page=editor.form.page(page),
                by=request.acting, now=timezone.now(),
            )  # fmt: skip
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Page saved"), to=f"{draft.get_absolute_url()}#page-{page}")
    closed = queries.closed_pictures(request.acting, found.files)
    return editor.render(
        "training/writing/page.html",
        draft=draft,
        heading=_("Change the page"),
        kind=KINDS[kind_of(found)],
        found=found,
        takes_pictures=not found.check,
        pictures=[(picture, closed.get(picture.file, "")) for picture in found.pictures],
    )


@requires("training.write")
@require_POST
def move(request: Request, reference: str, page: str) -> HttpResponse:
    """Move a page one place up or down."""
    draft, content = find_draft(request, reference)
    or_404(editing.page_of, content, page)
    way = UP if request.POST.get("way") == UP else DOWN
    try:
        actions.move_page(draft_id=draft.pk, page=page, way=way, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    return redirect(f"{draft.get_absolute_url()}#page-{page}")


@requires("training.write")
@require_http_methods(["GET", "POST"])
def remove(request: Request, reference: str, page: str) -> HttpResponse:
    """Take a page out."""
    draft, content = find_draft(request, reference)
    found = or_404(editing.page_of, content, page)
    return ask_to_remove(
        request,
        draft,
        name=found.title,
        text=_("Versions that were published keep this page."),
        remove=lambda version: actions.remove_page(
            draft_id=draft.pk, version=version, page=page, by=request.acting, now=timezone.now()
        ),
    )


@requires("training.write")
@require_http_methods(["GET", "POST"])
def add_question(request: Request, reference: str, part: str) -> HttpResponse:
    """Add a question to the bank of a part."""
    draft, content = find_draft(request, reference)
    if or_none(editing.module_of, content, part) is None:
        return gone(request, draft)

    def make(row: CourseDraft, posted: QueryDict | None) -> QuestionForm:
        return QuestionForm(posted, count=0, is_new=True)

    editor = Editor(request, draft, make, compares=False)
    if editor.is_ready:
        question = editor.form.asked(editing.new_name(), editor.form.cleaned_data["text"])
        try:
            actions.add_question(
                draft_id=draft.pk, module=part, question=question, by=request.acting, now=timezone.now()
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Question added"), to=f"{draft.get_absolute_url()}#part-{part}")
    return editor.render("training/writing/form.html", draft=draft, heading=_("Add a question"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def change_question(request: Request, reference: str, question: str) -> HttpResponse:
    """Change a question of a bank."""
    draft, content = find_draft(request, reference)
    found = or_none(editing.question_of, content, question)
    if found is None:
        return gone(request, draft)
    editor = edit_part(request, draft, partial(_question_form, found), of_question(question))
    if editor.is_ready:
        changed = editor.form.asked(question, editor.form.cleaned_data["text"])
        try:
            actions.change_question(
                draft_id=draft.pk, version=editor.form.cleaned_data["version"], question=changed, by=request.acting,
                now=timezone.now(),
            )  # fmt: skip
        except RuleBroken as error:
            editor.refuse(error)
        else:
            part = editing.module_of_question(content, question).slug
            return editor.saved(_("Question saved"), to=f"{draft.get_absolute_url()}#part-{part}")
    return editor.render("training/writing/form.html", draft=draft, heading=_("Change the question"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def remove_question(request: Request, reference: str, question: str) -> HttpResponse:
    """Take a question out of its bank."""
    draft, content = find_draft(request, reference)
    found = or_404(editing.question_of, content, question)
    return ask_to_remove(
        request,
        draft,
        name=found.text,
        text=_("Versions that were published keep this question."),
        remove=lambda version: actions.remove_question(
            draft_id=draft.pk, version=version, question=question, by=request.acting, now=timezone.now()
        ),
    )


def _page_form(found: Page, row: CourseDraft, posted: QueryDict | None) -> PageForm:
    """The form of a page as it stands in the draft, or as it was seen where it is gone from there."""
    page = or_none(editing.page_of, Content.from_plain(row.content), found.slug) or found
    count = len(page.question.options) if page.question else 0
    initial = {"version": row.version_of(of_page(found.slug)), **page_as_initial(page)}
    return PageForm(posted, kind=kind_of(page), count=count, is_new=False, initial=initial)


def _question_form(found: Question, row: CourseDraft, posted: QueryDict | None) -> QuestionForm:
    question = or_none(editing.question_of, Content.from_plain(row.content), found.code) or found
    version = row.version_of(of_question(found.code))
    initial = {"version": version, "text": question.text, **options_as_initial(question)}
    return QuestionForm(posted, count=len(question.options), is_new=False, initial=initial)


def _first(kind: str) -> dict[str, str]:
    """What a new page is called until its author says otherwise."""
    titles = {"check": _("Check what you know"), "final": _("Final check")}
    return {"title": titles[kind]} if kind in titles else {}
