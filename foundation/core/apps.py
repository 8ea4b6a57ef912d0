from django.apps import AppConfig

from foundation.core.catalogues import remember_messages


class CoreConfig(AppConfig):
    name = "foundation.core"
    label = "core"

    def ready(self) -> None:
        from foundation.core import lookups  # noqa: F401, PLC0415 -- registers them; its fields need the apps

        remember_messages()
