from django.apps import AppConfig

from foundation.core.catalogues import remember_messages


class CoreConfig(AppConfig):
    name = "foundation.core"
    label = "core"

    def ready(self) -> None:
        remember_messages()
