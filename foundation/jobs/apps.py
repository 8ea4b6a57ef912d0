from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "foundation.jobs"
    label = "jobs"

    def ready(self) -> None:
        # The web process must know every kind of job too: a misspelt one is refused where it is asked for.
        autodiscover_modules("tasks")
