from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "risk"

    def ready(self) -> None:
        from foundation.core.permissions import allowed  # noqa: PLC0415 -- models load first
        from foundation.documents import copies as made_documents  # noqa: PLC0415
        from foundation.evidence import uses  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from risk import copies, evidence_uses, permissions  # noqa: PLC0415
        from risk.actions.reporting import PURPOSE  # noqa: PLC0415

        uses.register(evidence_uses.uses_of)
        owners.register(PURPOSE, lambda acting, stored_file: allowed(permissions.check_can_report, acting))
        made_documents.register("risk", copies.find)
