"""What people can be told about. Filled when the apps' ``notices.py`` are imported."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Case, CharField, Subquery, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One kind of notice. ``text`` may use %(reference)s and nothing else: no name, no e-mail address, no free text.

    With ``thing`` it may use %(thing)s too: what the target is called, read with the list of notices and never kept.
    It makes a query of one column for the target whose key is ``OuterRef("target_id")``.
    """

    name: str
    group: str
    text: Text
    url_name: str
    takes_reference: bool = True
    thing: Callable[[], Subquery] | None = None


_groups: dict[str, Text] = {}
_kinds: dict[str, Kind] = {}


def group(name: str, label: Text) -> None:
    """Declare a group of kinds that people choose letters for together."""
    _groups[name] = label


def kind(
    name: str,
    *,
    group: str,
    text: Text,
    url_name: str,
    takes_reference: bool = True,
    thing: Callable[[], Subquery] | None = None,
) -> None:
    """Declare a kind of notice; see ``Kind``. Its link is the page ``url_name`` with the target's reference."""
    if group not in _groups:
        raise ImproperlyConfigured(f"The notice {name} is in the group {group}, which nobody declares.")
    if name in _kinds:
        raise ImproperlyConfigured(f"Two apps declare the notice {name}.")
    _kinds[name] = Kind(name, group, text, url_name, takes_reference, thing)


def find(name: str) -> Kind:
    """The kind of this name. Raises LookupError."""
    if name not in _kinds:
        raise LookupError(f"Nobody declares the notice {name}. Known: {', '.join(sorted(_kinds))}.")
    return _kinds[name]


def groups() -> dict[str, Text]:
    """All groups with their labels, in the order of declaration."""
    return dict(_groups)


def things() -> Case:
    """What the target of a notice is called, to annotate; nothing where its kind does not say. No further query."""
    named = [When(kind=each.name, then=each.thing()) for each in _kinds.values() if each.thing]
    return Case(*named, default=Value(""), output_field=CharField())


def sentence(name: str, reference: str, thing: str = "") -> str:
    """What a notice says, or nothing when this version does not know its kind."""
    found = _kinds.get(name)
    return str(found.text) % {"reference": reference, "thing": thing or reference} if found else ""


def address(name: str, reference: str) -> str:
    """Where a notice leads, or nothing when this version has no such page."""
    found = _kinds.get(name)
    try:
        return reverse(found.url_name, args=[reference] if found.takes_reference else []) if found else ""
    except NoReverseMatch:
        return ""
