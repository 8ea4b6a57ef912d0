from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self) -> None:
        from actionplans import asked, duty  # noqa: PLC0415 -- models load first
        from compliance import copies, duty_standing, evidence_uses, permissions, requirements_asked  # noqa: PLC0415
        from compliance.actions.reporting import PURPOSE  # noqa: PLC0415
        from foundation.core.permissions import allowed  # noqa: PLC0415
        from foundation.documents import copies as made_documents  # noqa: PLC0415
        from foundation.evidence import uses  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from foundation.organisations import joining  # noqa: PLC0415

        asked.register(requirements_asked.requirements_asked)
        duty.register(duty_standing.duty_standing)
        uses.register(evidence_uses.uses_of)
        owners.register(PURPOSE, lambda acting, stored_file: allowed(permissions.check_can_report, acting))
        made_documents.register("compliance", copies.find)
        joining.register(joining.of_held(joining.Held("duties", _("Duties to answer"), "compliance.Answer", "owner")))
