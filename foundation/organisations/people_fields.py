"""Naming people on a form: chosen from a list or, where an organisation has more than fit one, found by what is typed.

Nothing here needs JavaScript. What was typed and fits several people is answered with those it fits, which the browser
offers for the next try.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.organisations import queries
from foundation.organisations.models import Membership
from foundation.organisations.models.people import MembershipQuerySet

HOW = gettext_lazy("Type part of the name, the e-mail address or the staff number.")
HOW_MANY = gettext_lazy("One person a line: part of the name, the e-mail address or the staff number.")
SHOWN = 10
_REFERENCE = re.compile(r"\(([0-9A-Z]{4}-[0-9A-Z]{4})\)\s*$")


class People:
    """Whom a form may name: everybody who is in the organisation on a day, and ``including``, who were named before.

    ``is_whole``: all of them are in ``choices``.
    """

    def __init__(self, acting: Acting, *, on: date, including: Iterable[int | None] = ()) -> None:
        self._acting, self._on = acting, on
        self._including = {pk for pk in including if pk is not None}
        shown = ("pk", "name", "job_title")
        found = [*queries.current_people(acting, on).values_list(*shown)[: queries.MOST_CHOICES + 1]]
        self.is_whole = len(found) <= queries.MOST_CHOICES
        if missing := self._including - {pk for pk, *_rest in found}:
            found += Membership.objects.visible_to(acting).filter(pk__in=missing).values_list(*shown)
        self.choices = [(pk, queries.named(name, job_title)) for pk, name, job_title in found]

    def find(self, text: str) -> list[Membership]:
        """Those whom ``text`` fits, at most ten and one: exactly one where it ends in a reference, "(K7Q2-M9XD)"."""
        if reference := _REFERENCE.search(text):
            return list(self._may_be_named().filter(reference=reference[1]))
        found = queries.find_people(self._acting, text, on=self._on, most=SHOWN + 1)
        exactly = [each for each in found if text.strip().casefold() in {each.name.casefold(), each.email.casefold()}]
        return exactly if len(exactly) == 1 else found

    def written(self, pk: int) -> str:
        """Somebody as they stand in a field that is typed in."""
        person = Membership.objects.visible_to(self._acting).filter(pk=pk).first()
        return in_full(person) if person else ""

    def _may_be_named(self) -> MembershipQuerySet:
        current = queries.current_people(self._acting, self._on).values("pk")
        return Membership.objects.visible_to(self._acting).filter(Q(pk__in=current) | Q(pk__in=self._including))


def in_full(person: Membership) -> str:
    """A name that means one person: with what they are and their reference."""
    return f"{queries.named(person.name, person.job_title)} ({person.reference})"


class PersonInput(forms.TextInput):
    """A line of text with those whom the last try fitted, for the browser to offer."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})
        self.offered: list[str] = []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not self.offered:
            return super().render(name, value, attrs, renderer)
        attrs = {**(attrs or {}), "list": f"{name}-found"}
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in self.offered))
        return format_html(
            '{}<datalist id="{}-found">{}</datalist>', super().render(name, value, attrs, renderer), name, options
        )


class PersonField(forms.CharField):
    """Somebody, found by what is typed. Cleans to their key, or to None where nothing was typed."""

    widget: Any = PersonInput

    def __init__(self, people: People, **kwargs: Any) -> None:
        super().__init__(max_length=200, help_text=HOW, **kwargs)
        self.people = people

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self._one(text).pk if text else None

    def _one(self, text: str) -> Membership:
        found = self.people.find(text)
        if len(found) == 1:
            return found[0]
        self.widget.offered = [in_full(each) for each in found[:SHOWN]]
        raise ValidationError(_whom(text, found))

    def prepare_value(self, value: Any) -> Any:
        return self.people.written(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")

    def in_words(self, value: Any) -> str:
        """As people read it, beside what somebody else saved."""
        return str(self.prepare_value(value) or "")


class PeopleField(forms.CharField):
    """Several people, each on a line of their own. Cleans to their keys."""

    widget: Any = forms.Textarea

    def __init__(self, people: People, **kwargs: Any) -> None:
        super().__init__(max_length=5_000, help_text=HOW_MANY, **kwargs)
        self.people = people
        self.widget.attrs |= {"rows": 3, "spellcheck": "false"}

    def clean(self, value: Any) -> Any:
        chosen: list[int] = []
        problems: list[str] = []
        for text in filter(None, map(str.strip, super().clean(value).splitlines())):
            found = self.people.find(text)
            if len(found) == 1:
                chosen += [found[0].pk] if found[0].pk not in chosen else []
            else:
                problems.append(_whom(text, found))
        if problems:
            raise ValidationError(problems)
        return chosen

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return "\n".join(self.people.written(each) if isinstance(each, int) else str(each) for each in value)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "").split() != (data or "").split()

    def in_words(self, value: Any) -> str:
        """As people read it, beside what somebody else saved."""
        return str(self.prepare_value(value) or "")


def _whom(text: str, found: list[Membership]) -> str:
    if not found:
        return _("Nobody here today is found by “%(text)s”. %(how)s") % {"text": text, "how": HOW}
    named = "; ".join(in_full(each) for each in found[:SHOWN])
    if len(found) > SHOWN:
        return _("“%(text)s” fits many people. Type more of the name, or the e-mail address.") % {"text": text}
    return _("“%(text)s” fits %(count)s people. Type one of them as they stand here: %(named)s.") % {
        "text": text,
        "count": len(found),
        "named": named,
    }


def offer_person(form: forms.Form, name: str, people: People, *, nobody: str | Promise) -> None:
    """Let a field name somebody. It becomes one to type in where the people do not fit a list."""
    if people.is_whole:
        set_choices(form, name, [("", nobody), *people.choices])
        return
    form.fields[name] = PersonField(people, **_alike(form.fields[name]))


def offer_people(form: forms.Form, name: str, people: People) -> None:
    """The same for a field that names several."""
    if people.is_whole:
        set_choices(form, name, people.choices)
        return
    form.fields[name] = PeopleField(people, **_alike(form.fields[name]))


def _alike(field: forms.Field) -> dict[str, Any]:
    messages = {"required": field.error_messages["required"]}
    return {"label": field.label, "required": field.required, "error_messages": messages}
