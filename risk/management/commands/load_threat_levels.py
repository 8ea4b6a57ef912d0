from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk import threat_loading
from risk.threat_files import ThreatFileError


class Command(BaseCommand):
    help = "Load the history of the threat level from its data file and say what changed. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=threat_loading.PATH)
        parser.add_argument("--dry-run", action="store_true", help="Show what would change and change nothing.")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            loaded = threat_loading.load(now=timezone.now(), path=file, dry_run=dry_run)
        except ThreatFileError as error:
            raise CommandError(
                "The threat levels were not loaded; nothing has changed.\n" + "\n".join(error.problems)
            ) from error
        for sign, names in (("+", loaded.added), ("~", loaded.changed), ("-", loaded.withdrawn)):
            for name in names:
                self.stdout.write(f"{sign} {name}")
        if loaded.wordings_changed:
            self.stdout.write("~ wordings")
        verb = "Would change" if dry_run else "Loaded"
        self.stdout.write(
            f"{verb}: {len(loaded.added)} added, {len(loaded.changed)} changed, {len(loaded.withdrawn)} withdrawn."
            f" {loaded.tasks} risks to assess again."
        )
