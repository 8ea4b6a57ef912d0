"""Courses that the organisation writes: the list, a course with its parts, and what stands around its pages."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.documents.responses import export_list
from training import actions, course_checks, own_courses_list, queries, writing_page
from training import course_editing as editing
from training.content import Content, Module
from training.course_editing import DOWN, UP
from training.forms.writing import AboutForm, BeginForm, PartForm, sources_in_lines
from training.models import CourseDraft
from training.models.writing import ABOUT, of_part
from training.views.finding import edit_part, find_draft, gone, or_404, or_none
from training.views.removing import ask_to_remove
from training.views.sections import tabs


@requires("training.write")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """Every course that the organisation writes, and how it stands."""
    page = own_courses_list.OWN_COURSES.read(request, queries.drafts_for_list(request.acting))
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        title = _("Courses we write")
        return export_list(page, format=wanted, title=title, acting=request.acting, now=timezone.now())
    context = {
        "page": page,
        "lines": [(draft, *own_courses_list.state_of(draft)) for draft in page.items],
        "tabs": tabs(request),
        "has_put_away": not page.items and queries.has_put_away(request.acting),
    }
    return render(request, "training/writing/courses.html", context)


@requires("training.write")
@require_http_methods(["GET", "POST"])
def begin(request: Request) -> HttpResponse:
    """Begin a course, empty or as a copy of one of the portal's."""
    courses = list(queries.portal_courses(request.acting).values_list("pk", "title"))
    wanted = {"copy_of_id": "none"}
    editor = Editor(request, None, lambda _row, posted: BeginForm(posted, courses=courses, initial=wanted))
    if editor.is_ready:
        try:
            draft = actions.begin_course(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The course is saved as a draft"), to=draft)
    return editor.render("training/writing/begin.html")


@requires("training.write")
@require_GET
def show(request: Request, reference: str) -> HttpResponse:
    """A course with its parts, what keeps it from being published, and its versions."""
    draft, content = find_draft(request, reference)
    closed = queries.closed_pictures(request.acting, content.files)
    problems = course_checks.before_publishing(content, closed, today=timezone.localdate())
    state, colour = own_courses_list.state_of(draft)
    return render(
        request,
        "training/writing/course.html",
        {
            "draft": draft,
            "content": content,
            "state": state,
            "colour": colour,
            "problems": writing_page.with_addresses(draft, content, problems),
            "parts": writing_page.parts_of(content),
            "first": content.pages[0] if content.pages else None,
            "versions": list(queries.versions_of(request.acting, draft.course)) if draft.course else [],
            "can_publish": not problems and draft.says_something_new and not draft.is_put_away,
        },
    )


@requires("training.write")
@require_http_methods(["GET", "POST"])
def about(request: Request, reference: str) -> HttpResponse:
    """Change what stands around the pages."""
    draft, _content = find_draft(request, reference)
    editor = edit_part(request, draft, _about_form, ABOUT)
    if editor.is_ready:
        form = editor.form
        try:
            actions.change_course(
                draft_id=draft.pk, version=form.cleaned_data["version"], about=form.about, by=request.acting,
                now=timezone.now(),
            )  # fmt: skip
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Saved"), to=draft)
    return editor.render("training/writing/form.html", draft=draft, heading=_("About the course"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def add_part(request: Request, reference: str) -> HttpResponse:
    """Add a part at the end of the course."""
    draft, _content = find_draft(request, reference)
    editor = Editor(request, draft, lambda _row, posted: PartForm(posted, is_new=True), compares=False)
    if editor.is_ready:
        try:
            actions.add_module(
                draft_id=draft.pk, title=editor.form.cleaned_data["title"], by=request.acting, now=timezone.now()
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Part added"), to=f"{draft.get_absolute_url()}#add-part")
    return editor.render("training/writing/form.html", draft=draft, heading=_("Add a part"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def change_part(request: Request, reference: str, part: str) -> HttpResponse:
    """Give a part another title."""
    draft, content = find_draft(request, reference)
    found = or_none(editing.module_of, content, part)
    if found is None:
        return gone(request, draft)
    editor = edit_part(request, draft, partial(_part_form, found), of_part(part))
    if editor.is_ready:
        try:
            actions.change_module(
                draft_id=draft.pk, module=part, by=request.acting, now=timezone.now(), **editor.form.cleaned_data
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Saved"), to=f"{draft.get_absolute_url()}#part-{part}")
    return editor.render("training/writing/form.html", draft=draft, heading=_("Change the part"))


@requires("training.write")
@require_POST
def move_part(request: Request, reference: str, part: str) -> HttpResponse:
    """Move a part one place up or down."""
    draft, content = find_draft(request, reference)
    or_404(editing.module_of, content, part)
    way = UP if request.POST.get("way") == UP else DOWN
    try:
        actions.move_module(draft_id=draft.pk, module=part, way=way, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    return redirect(f"{draft.get_absolute_url()}#part-{part}")


@requires("training.write")
@require_http_methods(["GET", "POST"])
def remove_part(request: Request, reference: str, part: str) -> HttpResponse:
    """Take a part out, with its pages and questions."""
    draft, content = find_draft(request, reference)
    found = or_404(editing.module_of, content, part)
    return ask_to_remove(
        request,
        draft,
        name=found.title,
        text=_("Its pages and its questions go with it. Versions that were published keep them."),
        remove=lambda version: actions.remove_module(
            draft_id=draft.pk, version=version, module=part, by=request.acting, now=timezone.now()
        ),
    )


def _part_form(found: Module, row: CourseDraft, posted: QueryDict | None) -> PartForm:
    """The form of a part as it stands in the draft, or as it was seen where it is gone from there."""
    part = or_none(editing.module_of, Content.from_plain(row.content), found.slug) or found
    version = row.version_of(of_part(found.slug))
    return PartForm(posted, is_new=False, initial={"title": part.title, "version": version})


def _about_form(row: CourseDraft, posted: QueryDict | None) -> AboutForm:
    content = Content.from_plain(row.content)
    names = ("title", "summary", "for_whom", "level", "minutes", "pass_mark", "reviewed_on", "review_due_on")
    initial = {name: getattr(content, name) for name in names}
    initial |= {"version": row.version_of(ABOUT), "sources": sources_in_lines(content.sources)}
    return AboutForm(posted, standing=content.sources, initial=initial)
