import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from home.severnshire import seeding, volume
from home.severnshire.people import SITE


class Command(BaseCommand):
    help = "Makes the made-up county of Severnshire with two years of history, once, by the actions that people use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--size",
            choices=["small", "county", "national"],
            default="small",
            help="county adds thousands of people, national also organisations beyond Severnshire; both only once",
        )

        parser.add_argument("--site", default=SITE, help="where the links in letters lead (default: %(default)s)")

    def handle(self, *args: Any, size: str, site: str, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("Demonstration data goes into the embedded database only, never into one of your own.")
        if seeding.is_there():
            self.stdout.write("Severnshire is there already. Nothing was changed.")
        else:
            self._seed(site)
        if size != "small":
            self._enlarge(size)

    def _enlarge(self, size: str) -> None:
        began = time.monotonic()
        people = volume.add_people(size=size, now=timezone.now(), say=self._say)
        organisations = volume.add_organisations(now=timezone.now(), say=self._say) if size == "national" else 0
        self.stdout.write(
            f"Added for size {size}: {people:,} people, {organisations} organisations,"
            f" in {time.monotonic() - began:.0f} seconds."
        )

    def _seed(self, site: str) -> None:
        began = time.monotonic()
        made = seeding.seed(now=timezone.now(), say=self._say, site=site)
        self.stdout.write(
            f"Severnshire stands: {made.organisations} organisations, {made.people} people, {made.deeds:,} deeds,"
            f" {made.reports} reports, in {time.monotonic() - began:.0f} seconds."
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
