from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "risk"

    def ready(self) -> None:
        from foundation.core.permissions import allowed  # noqa: PLC0415 -- models load first
        from foundation.documents import copies as made_documents  # noqa: PLC0415
        from foundation.evidence import uses  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from foundation.organisations import joining  # noqa: PLC0415
        from risk import copies, evidence_uses, permissions  # noqa: PLC0415
        from risk.actions.reporting import PURPOSE  # noqa: PLC0415
        from risk.workflow import OPEN, Status  # noqa: PLC0415

        uses.register(evidence_uses.uses_of)
        owners.register(PURPOSE, lambda acting, stored_file: allowed(permissions.check_can_report, acting))
        made_documents.register("risk", copies.find)
        joining.register(
            joining.of_held(
                joining.Held(
                    "risks",
                    _("Risks to own"),
                    "risk.Entry",
                    "owner",
                    still=Q(removed_at__isnull=True, assessment__status__in=OPEN),
                ),
                joining.Held(
                    "approvals",
                    _("Risk assessments to approve"),
                    "risk.Assessment",
                    "approver",
                    still=Q(status=Status.IN_REVIEW),
                ),
                joining.Held(
                    "assessments",
                    _("Risk assessments to comment on"),
                    "risk.Contributor",
                    "membership",
                    still=Q(assessment__status__in=OPEN),
                    once=("assessment_id",),
                ),
            )
        )
