from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from training import course_loading, outside_loading
from training.course_files import CourseFilesError
from training.course_loading import Changed
from training.models import Course
from training.outside_loading import LoadedOutside


class Command(BaseCommand):
    help = "Load the portal's courses, and those outside it that count, and say what changed. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=course_loading.LIBRARY)
        parser.add_argument("--dry-run", action="store_true", help="Show what would change and change nothing.")

    def handle(self, *args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        try:
            loaded = course_loading.load(now=timezone.now(), folder=folder, dry_run=dry_run)
            outside = _outside(folder, dry_run=dry_run)
        except CourseFilesError as error:
            raise CommandError(
                "The courses were not loaded; nothing has changed.\n" + "\n".join(error.problems)
            ) from error
        for code in loaded.new:
            self.stdout.write(f"+ {code}")
        for code in loaded.returned:
            self.stdout.write(f"+ {code}: offered again")
        for change in loaded.changed:
            self.stdout.write(f"~ {change.code}: {_told(change)}")
        for code in loaded.withdrawn:
            self.stdout.write(f"- {code}")
        verb = "Would change" if dry_run else "Loaded"
        self.stdout.write(
            f"{verb}: {len(loaded.new)} new, {len(loaded.changed)} changed, {len(loaded.withdrawn)} withdrawn,"
            f" {len(loaded.returned)} offered again."
        )
        if outside:
            self.stdout.write(
                f"Outside courses: {len(outside.new)} new, {len(outside.withdrawn)} withdrawn. What counts for what:"
                f" {len(outside.counting)} new or changed, {len(outside.no_longer)} ended."
            )


def _outside(folder: Path, *, dry_run: bool) -> LoadedOutside:
    """What goes with the portal's own courses; with those of another folder goes nothing. Before the portal's own
    courses were loaded there is nothing yet that the table could name."""
    is_whole = Course.objects.filter(organisation=None, provider="").exists()
    if folder != course_loading.LIBRARY or not is_whole:
        return LoadedOutside()
    return outside_loading.load(now=timezone.now(), dry_run=dry_run)


def _told(change: Changed) -> str:
    parts = [f"version {change.number}"]
    if change.expires_earlier:
        parts[0] += ", which whoever did an earlier one is to do again"
    lists = (("added", change.added), ("changed", change.changed), ("gone", change.gone))
    parts += [f"{word} {', '.join(names)}" for word, names in lists if names]
    if change.about:
        parts.append("changed around its pages")
    return "; ".join(parts)
