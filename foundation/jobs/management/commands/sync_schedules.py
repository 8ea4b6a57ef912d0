from typing import Any

from django.core.management.base import BaseCommand

from foundation.jobs import scheduling


class Command(BaseCommand):
    help = "Bring the scheduler's tables to what the apps declare in schedules.py. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for change in scheduling.sync(scheduling.declared().values()):
            self.stdout.write(change)
