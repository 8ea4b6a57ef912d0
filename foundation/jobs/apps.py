from typing import Any

from celery.signals import beat_init
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "foundation.jobs"
    label = "jobs"

    def ready(self) -> None:
        # The web process must know every kind of job too: a misspelt one is refused where it is asked for.
        autodiscover_modules("tasks")
        beat_init.connect(_sync_schedules)


def _sync_schedules(**_later: Any) -> None:
    """A scheduler that starts has what this version of the code declares, whoever forgot to run the command."""
    from foundation.jobs import scheduling  # noqa: PLC0415 -- Django imports us before models are ready

    scheduling.sync(scheduling.declared().values())
