"""A form on which somebody changes a row or writes something new: nothing they typed is ever lost.

What was typed is kept as a draft when a save is refused, when somebody else saved first and when the session ends, and
is offered again when the page is opened. Where somebody saved first, both texts stand side by side and the form goes on
with one's own, on top of the version that stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.core import drafts
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.core.templatetags.portal import day

VERSION = "version"
FORM_ID = "edit-form"

F = TypeVar("F", bound=forms.Form)
Make = Callable[[Any, QueryDict | None], F]
WhoSaved = Callable[[Any], tuple[models.Model | None, datetime | None]]
VersionOf = Callable[[Any], int]


@dataclass(frozen=True)
class Difference:
    """A field in which what stands and what was typed are not the same, both as people read them."""

    label: str | Promise
    theirs: str
    mine: str


@dataclass(frozen=True)
class Conflict:
    """What somebody else saved meanwhile beside what was typed. ``who`` and ``at`` are empty where nobody knows."""

    fields: list[Difference]
    who: str
    at: datetime | None


def its_version(row: Any) -> int:
    """The version of a row that is edited as a whole."""
    return int(row.version)


def saved_by_its_columns(row: Any) -> tuple[models.Model | None, datetime | None]:
    """Who saved an ``Edited`` row last, and when."""
    return row.saved_by, row.saved_at


class Editor(Generic[F]):
    """One request to a page with such a form.

    ``make(row, posted)`` builds the form of a row as it stands: its values as ``initial``, and bound if something was
    posted. ``row`` is None where something new is written. ``compares`` is False where the form adds to a row and does
    not rewrite what others wrote, such as the reason for withdrawing it. ``version_of`` is what the form's version is
    held against, where it is about one part of the row.
    """

    http_status: int
    conflict: Conflict | None

    def __init__(
        self,
        request: Request,
        row: Any,
        make: Make[F],
        *,
        who_saved: WhoSaved = saved_by_its_columns,
        version_of: VersionOf = its_version,
        compares: bool = True,
    ) -> None:
        self.request, self.row = request, row
        self.http_status, self.conflict, self.has_draft = 200, None, False
        self._make, self._who_saved, self._version_of, self._compares = make, who_saved, version_of, compares
        if request.method == "POST":
            self.form = make(row, request.POST)
            if not self.form.is_valid():
                self._keep()
        else:
            self.form = make(row, None)
            self._offer_draft()

    @property
    def is_ready(self) -> bool:
        """Something was sent, and the form has nothing against it: call the action."""
        return self.form.is_bound and self.form.is_valid()

    @property
    def address(self) -> str:
        """This page, for the button that lets go of what was typed."""
        return self.request.get_full_path()

    def refuse(self, error: RuleBroken, *, on: str | None = None) -> None:
        """The action said no: keep what was typed, and show why or, if somebody saved first, both texts."""
        self._keep()
        if not isinstance(error, StaleVersion):
            self.form.add_error(on, str(error))
            return
        self.http_status, self.row = 409, error.current
        posted = self.request.POST.copy()
        posted[VERSION] = str(self._version_of(self.row))
        self.form = self._make(self.row, posted)
        self.form.is_valid()
        if self._compares:
            self._show_conflict(differences(self.form))

    def show_first(self, template: str, **context: Any) -> HttpResponse:
        """A page that shows what saving would do, before it is done. What was typed is kept as a draft meanwhile, and
        ``typed`` holds it as pairs of name and value for the hidden fields of the page's own form."""
        self._keep()
        typed = [(name, value) for name, values in self.request.POST.lists() for value in values]
        asides = {"csrfmiddlewaretoken", "submit", *context.pop("asides", ())}
        return self.render(template, typed=[pair for pair in typed if pair[0] not in asides], **context)

    def saved(self, sentence: str, to: Any) -> HttpResponse:
        """It was saved: forget the draft, say so and go on."""
        drafts.discard(self.request.acting, self.request.path)
        messages.success(self.request, sentence)
        return redirect(to)

    def render(self, template: str, **context: Any) -> HttpResponse:
        """The page, with ``form`` and ``editor`` for components/typed.html."""
        return render(self.request, template, {**context, "form": self.form, "editor": self}, status=self.http_status)

    def _keep(self) -> None:
        typed = dict(self.request.POST.lists())
        drafts.keep(acting=self.request.acting, path=self.request.path, typed=typed, now=timezone.now())

    def _offer_draft(self) -> None:
        """Put what was typed last time into the form, if it differs from what stands. Dates as they were typed."""
        typed = drafts.find(self.request.acting, self.request.path)
        if typed is None:
            return
        posted = QueryDict(mutable=True)
        for name, values in typed.items():
            posted.setlist(name, values)
        found = differences(self._make(self.row, posted))
        if not found:
            return
        self.has_draft = True
        for name, field in _written(self.form, posted):
            self.form.initial[name] = field.widget.value_from_datadict(posted, {}, self.form.add_prefix(name))
        version = str(self._version_of(self.row) if self.row else 0)
        if self._compares and posted.get(VERSION, version) != version:
            self._show_conflict(found)

    def _show_conflict(self, found: list[Difference]) -> None:
        who, at = self._who_saved(self.row)
        self.conflict = Conflict(found, str(who or ""), at)
        self.form.helper.form_id = FORM_ID  # type: ignore[attr-defined]


def differences(form: forms.Form) -> list[Difference]:
    """Where the posted ``form`` differs from its ``initial``. What was not sent is left out, and so are secrets and
    files: neither can be shown."""
    changed = [
        (form[name], field)
        for name, field in _written(form, form.data)
        if field.has_changed(form[name].initial, form[name].data)
    ]
    found = [
        Difference(bound.label, _in_words(field, bound.initial), _in_words(field, _typed(form, bound.name)))
        for bound, field in changed
    ]
    return [each for each in found if each.theirs != each.mine]  # 04 and 4 are the same day


def _written(form: forms.Form, posted: Mapping[str, Any]) -> list[tuple[str, forms.Field]]:
    return [
        (name, field)
        for name, field in form.fields.items()
        if name != VERSION
        and not isinstance(field.widget, forms.FileInput | forms.PasswordInput)
        and not field.widget.value_omitted_from_data(posted, {}, form.add_prefix(name))
    ]


def _typed(form: forms.Form, name: str) -> Any:
    """The value of a field: as it was cleaned or, where it was refused or is chosen from a list, as it was sent."""
    if isinstance(form.fields[name], forms.ChoiceField):
        return form[name].data
    form.is_valid()
    return form.cleaned_data.get(name, form[name].data)


def _in_words(field: forms.Field, value: Any) -> str:
    if said := getattr(field, "in_words", None):
        return str(said(value))
    if isinstance(field, forms.ChoiceField):
        labels = {str(choice[0]): str(choice[1]) for choice in field.choices}  # type: ignore[union-attr, index]
        chosen = value if isinstance(value, list | tuple) else ["" if value is None else value]
        return ", ".join(labels.get(str(each), str(each)) for each in chosen)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list | tuple):  # a date that is none, in its three parts
        return " ".join(filter(None, value))
    return "" if value is None else str(value)
