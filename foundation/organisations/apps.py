from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "foundation.organisations"
    label = "organisations"

    def ready(self) -> None:
        from foundation.files import owners  # noqa: PLC0415 -- models are not ready before
        from foundation.organisations import actions  # noqa: PLC0415 -- models are not ready before

        owners.register(actions.EXPORT_PURPOSE, actions.may_open_export_file)
