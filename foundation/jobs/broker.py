"""The only place that speaks to Redis. A message holds ids; losing one costs time and nothing else.

A frozen Redis must not hold up the page of whoever asked. So messages go over a connection of our own with short time
limits, and after a failure this process does not try again for some seconds: the dispatcher sends what was not sent.
"""

import logging
import os
import threading
import time
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Connection

logger = logging.getLogger(__name__)

SOCKET_SECONDS = 0.4
PAUSE_SECONDS = 10.0
# Celery stops a job that is past its limit; a job deaf to that is killed this much later, and its lease runs out.
GRACE_SECONDS = 20

RUN = "jobs.run"
SCHEDULED = "jobs.scheduled"
SHORT_QUEUE = "celery"
LONG_QUEUE = "long"


class _Local(threading.local):
    connection: Connection | None = None
    process: int = 0


_local = _Local()
_paused_until = 0.0


def send_job(*, job_id: int, organisation_id: int, limit_seconds: int, is_long: bool) -> bool:
    """Tell the workers about a job. False when Redis did not take the message; takes a second at the worst."""
    return _send(
        RUN,
        {"job_id": job_id, "organisation_id": organisation_id},
        queue=LONG_QUEUE if is_long else SHORT_QUEUE,
        soft_time_limit=limit_seconds,
        time_limit=limit_seconds + GRACE_SECONDS,
    )


def send_scheduled(name: str) -> bool:
    """Tell the workers that something is due by the clock. False when Redis did not take the message."""
    return _send(SCHEDULED, {"name": name}, queue=SHORT_QUEUE)


def forget_failures() -> None:
    """Try again at once, though Redis failed a moment ago."""
    global _paused_until
    _paused_until = 0.0


def _send(task: str, ids: dict[str, Any], **options: Any) -> bool:
    global _paused_until
    if time.monotonic() < _paused_until:
        return False
    try:
        current_app.send_task(task, kwargs=ids, connection=_connection(), retry=False, ignore_result=True, **options)
    except Exception as error:  # whatever went wrong, what was saved stays saved and the dispatcher sends it later
        _paused_until = time.monotonic() + PAUSE_SECONDS
        _local.connection = None
        logger.warning("Redis did not take a message: %s. The dispatcher sends it later.", type(error).__name__)
        return False
    return True


def _connection() -> Connection:
    if _local.connection is None or _local.process != os.getpid():  # a connection does not survive a fork
        _local.process = os.getpid()
        _local.connection = current_app.connection_for_write(
            transport_options={
                **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
                "socket_timeout": SOCKET_SECONDS,
                "socket_connect_timeout": SOCKET_SECONDS,
                "max_retries": 0,  # left out, a first connection to a dead Redis is tried for six seconds
            }
        )
    return _local.connection
