from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from foundation.documents import copies as made_documents  # noqa: PLC0415 -- models load first
        from foundation.files import owners  # noqa: PLC0415
        from foundation.organisations import joining as joined_people  # noqa: PLC0415
        from training import copies, queries, record_queries  # noqa: PLC0415
        from training.actions import joining, reporting  # noqa: PLC0415
        from training.actions.certificates import PURPOSE  # noqa: PLC0415
        from training.actions.declaring import PROOF  # noqa: PLC0415
        from training.actions.writing import PICTURE  # noqa: PLC0415

        owners.register(PURPOSE, queries.owns_certificate)
        owners.register(PROOF, record_queries.may_open_proof)
        owners.register(reporting.PURPOSE, queries.may_open_report)
        made_documents.register("training", copies.find)
        owners.register(PICTURE, queries.may_see_picture)
        joined_people.register(joined_people.Part(joining.count, joining.go_over, joining.hold))
