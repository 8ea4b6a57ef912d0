from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from foundation.files import owners  # noqa: PLC0415 -- models load first
        from training import queries, record_queries  # noqa: PLC0415
        from training.actions.certificates import PURPOSE  # noqa: PLC0415
        from training.actions.declaring import PROOF  # noqa: PLC0415

        owners.register(PURPOSE, queries.owns_certificate)
        owners.register(PROOF, record_queries.may_open_proof)
