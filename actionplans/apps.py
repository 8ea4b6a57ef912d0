from django.apps import AppConfig


class ActionPlansConfig(AppConfig):
    name = "actionplans"

    def ready(self) -> None:
        from actionplans import beside, copies, evidence_uses, permissions  # noqa: PLC0415 -- models load first
        from actionplans.actions.reporting import PURPOSE  # noqa: PLC0415
        from foundation.core.permissions import allowed  # noqa: PLC0415
        from foundation.documents import copies as made_documents  # noqa: PLC0415
        from foundation.evidence import uses  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from risk import beside as beside_risks  # noqa: PLC0415

        beside_risks.register(beside.of_risk, beside.of_recommendation, beside.codes_of_actions)
        uses.register(evidence_uses.uses_of)
        owners.register(PURPOSE, lambda acting, stored_file: allowed(permissions.check_can_report, acting))
        made_documents.register("actionplans", copies.find)
