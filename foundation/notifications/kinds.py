"""What people can be told about. Filled when the apps' ``notices.py`` are imported."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One kind of notice. ``text`` may use %(reference)s and nothing else: no name, no e-mail address, no free text."""

    name: str
    group: str
    text: Text
    url_name: str
    takes_reference: bool = True


_groups: dict[str, Text] = {}
_kinds: dict[str, Kind] = {}


def group(name: str, label: Text) -> None:
    """Declare a group of kinds that people choose letters for together."""
    _groups[name] = label


def kind(name: str, *, group: str, text: Text, url_name: str, takes_reference: bool = True) -> None:
    """Declare a kind of notice. Its link is the page ``url_name`` with the target's reference."""
    if group not in _groups:
        raise ImproperlyConfigured(f"The notice {name} is in the group {group}, which nobody declares.")
    if name in _kinds:
        raise ImproperlyConfigured(f"Two apps declare the notice {name}.")
    _kinds[name] = Kind(name, group, text, url_name, takes_reference)


def find(name: str) -> Kind:
    """The kind of this name. Raises LookupError."""
    if name not in _kinds:
        raise LookupError(f"Nobody declares the notice {name}. Known: {', '.join(sorted(_kinds))}.")
    return _kinds[name]


def groups() -> dict[str, Text]:
    """All groups with their labels, in the order of declaration."""
    return dict(_groups)


def sentence(name: str, reference: str) -> str:
    """What a notice says, or nothing when this version does not know its kind."""
    found = _kinds.get(name)
    return str(found.text) % {"reference": reference} if found else ""


def address(name: str, reference: str) -> str:
    """Where a notice leads, or nothing when this version has no such page."""
    found = _kinds.get(name)
    try:
        return reverse(found.url_name, args=[reference] if found.takes_reference else []) if found else ""
    except NoReverseMatch:
        return ""
