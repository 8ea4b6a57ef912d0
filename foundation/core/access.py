"""Every view says who may open it: exactly one of ``@public``, ``@signed_in``, ``@requires``.

The declaration is data; ``prevent_portal.middleware`` enforces it and a start-up check refuses a view without one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may open a view. ``kind`` is public, signed_in or requires."""

    kind: str
    permission: str = ""
    why: str = ""
    step_up: bool = False
    before_second_factor: bool = False
    without_organisation: bool = False


def public(why: str) -> Callable[[View], View]:
    """Anyone may open this view, and this is why."""
    return _declare(Access("public", why=why))


def signed_in(
    view: View | None = None,
    *,
    before_second_factor: bool = False,
    without_organisation: bool = False,
    step_up: bool = False,
) -> Any:
    """Any signed-in person may open this view.

    ``before_second_factor`` is for enrolment, status and sign-out only. ``without_organisation`` is for what belongs to
    a person's own sign-in: ``request.acting`` is None there for somebody who is a member of no organisation.
    """
    declare = _declare(
        Access(
            "signed_in",
            before_second_factor=before_second_factor,
            without_organisation=without_organisation,
            step_up=step_up,
        )
    )
    return declare(view) if view else declare


def requires(permission: str, *, step_up: bool = False) -> Callable[[View], View]:
    """Only somebody whose roles carry ``permission``; with ``step_up``, who proved who they are within ten minutes."""
    return _declare(Access("requires", permission=permission, step_up=step_up))


def _declare(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def declared(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        declared.access = access  # type: ignore[attr-defined]
        return declared  # type: ignore[return-value]

    return decorate


def declared_on(view: Callable[..., Any]) -> Access | None:
    return getattr(view, "access", None)


def all_routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route of the project with the whole path as written in the URLconf."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path)
            else:
                yield path, pattern

    yield from walk(get_resolver().url_patterns, "/")


@register()
def every_view_declares_who_may_open_it(**kwargs: Any) -> list[Error]:
    return [
        Error(f"The view at {path} does not say who may open it: add @public, @signed_in or @requires.", id="core.E001")
        for path, pattern in all_routes()
        if declared_on(pattern.callback) is None
    ]
