from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "foundation.evidence"
    label = "evidence"

    def ready(self) -> None:
        from foundation.evidence.actions import PURPOSE  # noqa: PLC0415 -- models load first
        from foundation.evidence.models import EvidenceItem  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415
        from foundation.organisations import joining  # noqa: PLC0415

        owners.register(
            PURPOSE,
            lambda acting, stored_file: (
                EvidenceItem.objects.visible_to(acting).filter(revisions__file=stored_file).exists()
            ),
        )
        joining.register(
            joining.of_held(
                joining.Held(
                    "evidence",
                    _("Evidence to look after"),
                    "evidence.EvidenceItem",
                    "owner",
                    still=Q(withdrawn_at__isnull=True),
                )
            )
        )
