from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.core.exceptions import RuleBroken
from foundation.organisations import actions


class Command(BaseCommand):
    help = "Record the last day of an organisation, and which organisations take over the day after."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--last-day", required=True, type=date.fromisoformat, help="like 2027-03-31")
        parser.add_argument("--successor", action="append", default=[], metavar="SLUG", help="may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            (organisation_id,) = actions.find_by_slug([options["slug"]])
            actions.close_organisation(
                organisation_id=organisation_id,
                last_day=options["last_day"],
                successors=actions.find_by_slug(options["successor"]),
                now=timezone.now(),
            )
        except RuleBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['slug']} ends on {options['last_day']:%d %B %Y}.")
