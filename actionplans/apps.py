from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ActionPlansConfig(AppConfig):
    name = "actionplans"

    def ready(self) -> None:
        from actionplans import beside, copies, evidence_uses, permissions  # noqa: PLC0415 -- models load first
        from actionplans.actions.reporting import PURPOSE  # noqa: PLC0415
        from actionplans.models.actions import FINISHED  # noqa: PLC0415
        from actionplans.workflow import PlanStatus  # noqa: PLC0415
        from foundation.core.permissions import allowed  # noqa: PLC0415
        from foundation.documents import copies as made_documents  # noqa: PLC0415
        from foundation.evidence import uses  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from foundation.organisations import joining  # noqa: PLC0415
        from risk import beside as beside_risks  # noqa: PLC0415

        beside_risks.register(beside.of_risk, beside.of_recommendation, beside.codes_of_actions)
        uses.register(evidence_uses.uses_of)
        owners.register(PURPOSE, lambda acting, stored_file: allowed(permissions.check_can_report, acting))
        made_documents.register("actionplans", copies.find)
        unfinished, not_closed = ~Q(status__in=FINISHED), ~Q(status=PlanStatus.CLOSED)
        joining.register(
            joining.of_held(
                joining.Held("plans", _("Plans to own"), "actionplans.Plan", "owner", not_closed),
                joining.Held("actions", _("Actions to do"), "actionplans.Action", "owner", unfinished),
                joining.Held(
                    "answers_for", _("Actions to answer for"), "actionplans.Action", "accountable", unfinished
                ),
                joining.Held(
                    "supports", _("Actions to help with"), "actionplans.Supporter", "membership", once=("action_id",)
                ),
            )
        )
