from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.ledger import checkpoints, verification


class Command(BaseCommand):
    help = "Hashes the whole ledger again, names the first bad row and what is wrong with it. Ends with 1 if any is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", type=int, default=1, dest="first", metavar="SEQUENCE", help="begin at this seal")
        parser.add_argument(
            "--checkpoints", type=Path, metavar="FOLDER", help="a copy of the checkpoints kept elsewhere"
        )
        parser.add_argument("--public-key", metavar="KEY", help="the checkpoints' public key as noted elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["first"] < 1:
            raise CommandError("--from counts from 1.", returncode=2)
        if options["checkpoints"] and not options["checkpoints"].is_dir():
            raise CommandError(f"{options['checkpoints']} is not a folder.", returncode=2)
        try:
            key = checkpoints.public_key_from(options["public_key"]) if options["public_key"] else None
        except ValueError as error:
            raise CommandError("--public-key takes the 44 characters that seal_audit prints.", returncode=2) from error
        outcome = verification.verify(
            first=options["first"],
            folder=options["checkpoints"],
            key=key,
            on_progress=self.show if options["verbosity"] > 1 else None,
        )
        if outcome.findings:
            raise CommandError("\n".join(["The ledger is not whole.", *map(str, outcome.findings)]), returncode=1)
        self.stdout.write(f"The ledger is whole: {outcome.count:,} events, from {outcome.first} to {outcome.last}.")

    def show(self, done: int, end: int) -> None:
        self.stderr.write(f"{done:,} of {end:,}", ending="\r")
