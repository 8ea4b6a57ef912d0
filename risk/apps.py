from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "risk"

    def ready(self) -> None:
        from foundation.evidence import uses  # noqa: PLC0415 -- models load first
        from risk import evidence_uses  # noqa: PLC0415

        uses.register(evidence_uses.uses_of)
