"""What the clock asks of files of training: let go of those that nobody recorded."""

from datetime import datetime, timedelta

from foundation import ledger
from foundation.core.acting import person_context
from training.actions import bringing
from training.models import CompletionImport

PURPOSE = "training-imports"
KEPT = timedelta(days=30)  # our choice, as for other files: not kept for longer than somebody works on it


def forget_files(*, now: datetime) -> int:
    """Put aside files that nobody recorded for 30 days: their rows and bytes go. Returns how many."""
    with ledger.acting_system(PURPOSE):
        old = CompletionImport.objects.filter(status__in=bringing.UNFINISHED, uploaded_at__lt=now - KEPT)
        found = list(old.order_by("pk").values_list("organisation_id", "pk"))
    count = 0
    for organisation_id, import_id in found:
        with person_context(user_id=None, organisation_id=organisation_id):
            count += bringing.put_completions_aside_by_the_clock(import_id=import_id, system_purpose=PURPOSE, now=now)
    return count
