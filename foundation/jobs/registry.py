"""Which function does which kind of job. Filled when the apps' ``tasks.py`` are imported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from foundation.jobs.exceptions import UnknownJob

if TYPE_CHECKING:
    from foundation.core.acting import Acting
    from foundation.jobs.models import Job

Text = str | Promise
Run = TypeVar("Run", bound=Callable[..., None])
StillWanted = Callable[["Acting", "Job"], bool]

LONGEST_SECONDS = 3600
# Longer jobs travel in a queue of their own, so that a letter never waits behind a report.
LONG_SECONDS = 60


def always(acting: "Acting", job: "Job") -> bool:
    """Nothing takes the place of a job of this kind."""
    return True


@dataclass(frozen=True)
class Handler:
    """One kind of job: who may ask for it, how long it may take and what its progress page says."""

    name: str
    run: Callable[..., None]
    permission: str
    limit_seconds: int
    title: Text = ""
    messages: Mapping[str, Text] = field(default_factory=dict)
    still_wanted: StillWanted = always


_handlers: dict[str, Handler] = {}


def handler(
    name: str,
    *,
    permission: str = "portal.use",
    limit_seconds: int = LONG_SECONDS,
    title: Text = "",
    messages: Mapping[str, Text] | None = None,
    still_wanted: StillWanted = always,
) -> Callable[[Run], Run]:
    """Declare the function that does jobs called ``name`` ("app.verb"). It may run twice and must not mind.

    ``permission`` is needed to ask for the job and again when it runs. Past ``limit_seconds`` the job is stopped and
    fails. ``messages`` are the sentences of ``job.progress``: a code and a text that may use %(done)s and %(total)s.
    ``still_wanted`` says whether a failed job may start again, or another has taken its place. It only reads; when a
    person starts the job again, it is asked while the job's row is locked.
    """

    def declare(run: Run) -> Run:
        if name in _handlers:
            raise ImproperlyConfigured(f"Two functions handle the job {name}: {_handlers[name].run} and {run}.")
        if not 0 < limit_seconds <= LONGEST_SECONDS:
            raise ImproperlyConfigured(f"The job {name} must end within {LONGEST_SECONDS} seconds.")
        _handlers[name] = Handler(name, run, permission, limit_seconds, title, dict(messages or {}), still_wanted)
        return run

    return declare


def find(name: str) -> Handler:
    """The handler of this name. Raises UnknownJob."""
    try:
        return _handlers[name]
    except KeyError:
        raise UnknownJob(f"Nobody handles the job {name}. Known: {', '.join(sorted(_handlers))}.") from None


def known() -> dict[str, Handler]:
    """All kinds of job, by name."""
    return dict(_handlers)


def sentence(name: str, code: str, **numbers: Any) -> str:
    """The progress sentence for a code, or nothing when this version does not know it."""
    found = _handlers.get(name)
    text = found.messages.get(code) if found else None
    return str(text) % numbers if text else ""
