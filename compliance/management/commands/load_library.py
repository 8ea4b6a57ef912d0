from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import library_loading
from compliance.library_files import LibraryError


class Command(BaseCommand):
    help = "Load the duty library from its data files and say what changed. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=library_loading.LIBRARY)
        parser.add_argument("--dry-run", action="store_true", help="Show what would change and change nothing.")

    def handle(self, *args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        try:
            loaded = library_loading.load(now=timezone.now(), folder=folder, dry_run=dry_run)
        except LibraryError as error:
            raise CommandError(
                "The library was not loaded; nothing has changed.\n" + "\n".join(error.problems)
            ) from error
        changes = loaded.changes
        for code in changes.added:
            self.stdout.write(f"+ {code}")
        for change in changes.changed:
            self.stdout.write(f"~ {change.code}: {', '.join(each.field for each in change.fields)}")
        for code in changes.withdrawn:
            self.stdout.write(f"- {code}")
        verb = "Would change" if dry_run else "Loaded"
        self.stdout.write(
            f"{verb}: {len(changes.added)} added, {len(changes.changed)} changed, {len(changes.withdrawn)} withdrawn."
        )
