from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "foundation.evidence"
    label = "evidence"

    def ready(self) -> None:
        from foundation.evidence.actions import PURPOSE  # noqa: PLC0415 -- models load first
        from foundation.evidence.models import EvidenceItem  # noqa: PLC0415
        from foundation.files import owners  # noqa: PLC0415

        owners.register(
            PURPOSE,
            lambda acting, stored_file: (
                EvidenceItem.objects.visible_to(acting).filter(revisions__file=stored_file).exists()
            ),
        )
