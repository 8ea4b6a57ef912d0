from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "prevent_portal"

    def ready(self) -> None:
        # Makes our Celery application the current one in every process: the web process sends messages too.
        from prevent_portal import celery  # noqa: F401, PLC0415 -- settings must be there first
