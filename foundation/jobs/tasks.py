"""Celery's entry points. Queue a job with ``jobs.queue``; nothing calls these directly."""

from celery import shared_task

from foundation.jobs.broker import RUN, SCHEDULED


@shared_task(name=RUN)
def run(*, job_id: int, organisation_id: int, **_later: object) -> None:
    from foundation.jobs import runner  # noqa: PLC0415 -- leaf

    runner.run(job_id=job_id, organisation_id=organisation_id)


@shared_task(name=SCHEDULED, soft_time_limit=540, time_limit=600)
def scheduled(*, name: str, **_later: object) -> None:
    from foundation.jobs import slots  # noqa: PLC0415 -- leaf

    slots.run_due(name)
