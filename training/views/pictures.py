"""Pictures on the pages of a course: put there, said otherwise, taken off."""

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.files.fields import ask_again
from foundation.files.receiving import accepts_files
from training import actions
from training import course_editing as editing
from training.content import Content, Page, Picture
from training.forms.own_pages import PictureForm
from training.models import CourseDraft
from training.models.writing import of_picture
from training.views.finding import edit_part, find_draft, gone, or_404, or_none
from training.views.removing import ask_to_remove


@requires("training.write")
@accepts_files()
@require_http_methods(["GET", "POST"])
def add(request: Request, reference: str, page: str) -> HttpResponse:
    """Put a picture on a page."""
    draft, content = find_draft(request, reference)
    if or_none(_page_with_pictures, content, page) is None:
        return gone(request, draft)

    def make(row: CourseDraft, posted: QueryDict | None) -> PictureForm:
        sent = request.FILES if posted is not None else None
        return PictureForm(posted, sent, is_new=True)

    editor = Editor(request, draft, make, compares=False)
    if editor.is_ready:
        said = {name: editor.form.cleaned_data[name] for name in ("upload", "alt", "caption")}
        try:
            actions.add_picture(draft_id=draft.pk, page=page, by=request.acting, now=timezone.now(), **said)
        except RuleBroken as error:
            editor.refuse(error)
            ask_again(editor.form, "upload", refused=True)
        else:
            return editor.saved(_("Picture added"), to=_page_address(draft, page))
    return _render(editor, draft, page, _("Add a picture"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str, page: str, number: int) -> HttpResponse:
    """Say otherwise what a picture shows."""
    draft, content = find_draft(request, reference)
    if or_none(_picture, content, page, number) is None:
        return gone(request, draft)

    def make(row: CourseDraft, posted: QueryDict | None) -> PictureForm:
        initial: dict[str, object] = {"version": row.version_of(of_picture(page, number))}
        for each in Content.from_plain(row.content).pages:
            for picture in each.pictures:
                if (each.slug, picture.number) == (page, number):
                    initial |= {"alt": picture.alt, "caption": picture.caption}
        return PictureForm(posted, is_new=False, initial=initial)

    editor = edit_part(request, draft, make, of_picture(page, number))
    if editor.is_ready:
        try:
            actions.change_picture(
                draft_id=draft.pk, page=page, number=number, by=request.acting, now=timezone.now(),
                **editor.form.cleaned_data,
            )  # fmt: skip
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Picture saved"), to=_page_address(draft, page))
    return _render(editor, draft, page, _("Change what is said of the picture"))


@requires("training.write")
@require_http_methods(["GET", "POST"])
def remove(request: Request, reference: str, page: str, number: int) -> HttpResponse:
    """Take a picture off a page."""
    draft, content = find_draft(request, reference)
    found = or_404(_picture, content, page, number)
    return ask_to_remove(
        request,
        draft,
        name=_("Picture %(number)s: %(alt)s") % {"number": found.number, "alt": found.alt},
        text=_("Versions that were published keep this picture."),
        remove=lambda version: actions.remove_picture(
            draft_id=draft.pk, version=version, page=page, number=number, by=request.acting, now=timezone.now()
        ),
        back=_page_address(draft, page),
    )


def _picture(content: Content, page: str, number: int) -> Picture:
    return editing.picture_of(editing.page_of(content, page), number)


def _page_with_pictures(content: Content, page: str) -> Page:
    found = editing.page_of(content, page)
    if found.check:
        raise RuleBroken(_("A check has no pictures."))
    return found


def _page_address(draft: CourseDraft, page: str) -> str:
    return reverse("training:change_own_page", args=[draft.reference, page])


def _render(editor: Editor, draft: CourseDraft, page: str, heading: str) -> HttpResponse:
    back = _page_address(draft, page)
    return editor.render("training/writing/form.html", draft=draft, heading=heading, back=back)
