import os

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prevent_portal.settings")

app = Celery("prevent_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_an_unsafe_start(**_details: object) -> None:
    from prevent_portal.startup import refuse_what_is_unsafe  # noqa: PLC0415 -- Django must be set up first

    refuse_what_is_unsafe()


@worker_process_init.connect
def load_the_pdf_engine_ahead_of_need(**_details: object) -> None:
    """The first report should not wait for the engine. Not in web processes: a spare child holds about 55 MB."""
    from foundation.documents import pdf  # noqa: PLC0415 -- Django must be set up first

    pdf.warm()
