from django.apps import AppConfig


class ActionPlansConfig(AppConfig):
    name = "actionplans"

    def ready(self) -> None:
        from actionplans import evidence_uses  # noqa: PLC0415 -- models load first
        from foundation.evidence import uses  # noqa: PLC0415

        uses.register(evidence_uses.uses_of)
