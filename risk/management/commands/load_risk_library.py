from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk import reference


class Command(BaseCommand):
    help = "Load themes and ideologies of risk from their data file and say what changed. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=reference.FOLDER)
        parser.add_argument("--dry-run", action="store_true", help="Show what would change and change nothing.")

    def handle(self, *args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        try:
            changes = reference.load(on=timezone.localdate(), folder=folder, dry_run=dry_run)
        except (KeyError, TypeError, ValueError) as error:
            raise CommandError(f"The risk library was not loaded; nothing has changed.\n{error}") from error
        for sign, lines in (("+", changes.added), ("~", changes.changed), ("-", changes.ended)):
            for line in lines:
                self.stdout.write(f"{sign} {line}")
        verb = "Would change" if dry_run else "Loaded"
        self.stdout.write(
            f"{verb}: {len(changes.added)} added, {len(changes.changed)} changed, {len(changes.ended)} ended."
        )
