"""Says that the worker lives and how far the job is, beside the work and not inside its transactions.

A thread has a database connection of its own, so progress shows while the handler's transaction is still open, and
costs at most one small write a second however often the handler reports.
"""

import logging
import threading
import time
from typing import Protocol

from django.db import DatabaseError, connection
from django.utils import timezone

from foundation.jobs import actions
from foundation.jobs.actions.attempts import LEASE, Progress
from foundation.jobs.exceptions import JobCancelled, LeaseLost
from foundation.jobs.models import Job

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
AT_LEAST_APART_SECONDS = 0.5


class Pulse(Protocol):
    """What a running job needs to be heard."""

    def show(self, progress: Progress) -> None: ...

    def check(self) -> None: ...


class ThreadPulse:
    """The pulse of a job in a worker. Use it as a context manager around the whole attempt."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._progress = Progress()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._cancelled = threading.Event()
        self._lost = threading.Event()
        self._alive_at = time.monotonic()
        self._thread = threading.Thread(target=self._beat, name=f"pulse {job.reference}", daemon=True)

    def __enter__(self) -> "ThreadPulse":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=10)

    def show(self, progress: Progress) -> None:
        self._progress = progress
        self._wake.set()

    def check(self) -> None:
        """Raise JobCancelled or LeaseLost when the job is no longer wanted or no longer ours."""
        if self._lost.is_set() or time.monotonic() - self._alive_at > LEASE.total_seconds():
            raise LeaseLost(self._job.reference)
        if self._cancelled.is_set():
            raise JobCancelled(self._job.reference)

    def _beat(self) -> None:
        try:
            while not self._stop.is_set():
                self._wake.wait(EVERY_SECONDS)
                self._wake.clear()
                if self._stop.is_set() or not self._once():
                    return
                self._stop.wait(AT_LEAST_APART_SECONDS)
        finally:
            connection.close()

    def _once(self) -> bool:
        try:
            asked = actions.pulse(self._job, now=timezone.now(), progress=self._progress)
        except LeaseLost:
            self._lost.set()
            return False
        except DatabaseError as error:  # the database may be back before the lease runs out
            logger.warning("The pulse of job %s missed a beat: %s", self._job.reference, type(error).__name__)
            connection.close()
            return True
        self._alive_at = time.monotonic()
        if asked:
            self._cancelled.set()
        return True


class DirectPulse:
    """The pulse of a job done in the caller's own process and connection: each report is written at once."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def show(self, progress: Progress) -> None:
        if actions.pulse(self._job, now=timezone.now(), progress=progress):
            raise JobCancelled(self._job.reference)

    def check(self) -> None:
        """A cancelled job is found at the end of each step; there is nothing else to ask here."""
