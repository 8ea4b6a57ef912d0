from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "risk"

    def ready(self) -> None:
        from foundation.core.permissions import allowed  # noqa: PLC0415 -- models load first
        from foundation.documents import copies as made_documents  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from risk import copies, permissions  # noqa: PLC0415
        from risk.actions.reporting import PURPOSE  # noqa: PLC0415

        owners.register(PURPOSE, lambda acting, stored_file: allowed(permissions.check_can_report, acting))
        made_documents.register("risk", copies.find)
