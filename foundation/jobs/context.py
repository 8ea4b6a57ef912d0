"""What a handler holds while it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions, permissions
from foundation.jobs.actions import Progress, Result
from foundation.jobs.models import Job
from foundation.jobs.pulse import Pulse
from foundation.jobs.registry import Handler

if TYPE_CHECKING:
    RebuildActing = Callable[..., Acting | None]


class JobContext:
    """The handler's side of a job.

    A handler runs outside any transaction. It reads and writes inside ``with job.step() as acting:`` and does what
    takes long (drawing, packing) between steps: the database ends a transaction that idles for a minute. It may be
    stopped at any moment and run again from the start, so what it makes must be made once: in the step that calls
    ``finish``, or behind a check that it is not there yet.
    """

    def __init__(self, job: Job, handler: Handler, pulse: Pulse, clock: Callable[[], datetime]) -> None:
        self._job = job
        self._handler = handler
        self._pulse = pulse
        self._clock = clock
        self._result: Result | None = None
        self.is_finished = False

    @property
    def reference(self) -> str:
        return self._job.reference

    @property
    def attempt(self) -> int:
        """1, 2 or 3."""
        return self._job.attempts

    def now(self) -> datetime:
        """The time to hand to actions."""
        return self._clock()

    def acting(self) -> Acting:
        """Who asked, with the rights they have at this moment. Raises PermissionDenied when they lost them."""
        rebuild = cast("RebuildActing", import_string(settings.PORTAL_ACTING_FOR_JOB))
        acting = rebuild(
            user_id=self._job.requested_user_id,
            membership_id=self._job.requested_by_id,
            organisation_id=self._job.organisation_id,
            at=self.now(),
        )
        if acting is None:
            raise PermissionDenied(_("The person who asked for this is no longer here, so it was not done."))
        permissions.check_can_ask(acting, self._handler)
        return acting

    @contextmanager
    def step(self) -> Iterator[Acting]:
        """One short transaction as the person who asked, with the rights they have now.

        It commits only if the job is still this worker's and nobody cancelled it; otherwise all of it is undone.
        """
        self.check_cancelled()
        acting = self.acting()
        with acting_as(acting):
            yield acting
            actions.fence(self._job, by=acting, result=self._result, now=self.now())
        self.is_finished = self._result is not None

    def finish(
        self,
        *,
        label: str | Promise,
        url_name: str,
        reference: str = "",
        file_label: str | Promise = "",
        file_url_name: str = "",
    ) -> None:
        """Inside the last step: the job is done when this step commits, and its page leads to this result.

        ``url_name`` is a page that checks the reader's rights itself and takes ``reference`` as its one argument. A job
        that made a file names the view that hands it out as ``file_url_name``, under the same two conditions.
        """
        self._result = Result(str(label), url_name, reference, str(file_label), file_url_name)

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        """Say how far the job is. Cheap: call it as often as you like, in a step or between. Raises JobCancelled.

        ``message`` is a code from the handler's ``messages``.
        """
        if message and message not in self._handler.messages:
            raise ValueError(f"The job {self._handler.name} does not declare the message {message}.")
        self._pulse.show(Progress(done, total, message))
        self._pulse.check()

    def check_cancelled(self) -> None:
        """Raise JobCancelled when the person no longer wants the job. Call it in long loops that report nothing."""
        self._pulse.check()
