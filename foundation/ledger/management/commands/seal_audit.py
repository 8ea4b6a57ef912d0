from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.ledger import checkpoints, sealing


class Command(BaseCommand):
    help = "Seals every event that is settled, writes a checkpoint and prints the public key of the checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="the database was knowingly restored to an older time: sign where the ledger stands now",
        )

    def handle(self, *args: Any, after_restore: bool, **options: Any) -> None:
        if after_restore:
            accepted = sealing.accept_restore()
            if accepted is None:
                self.stdout.write("The ledger agrees with its last checkpoint: there is no restore to accept.")
            else:
                self.stdout.write(f"Accepted: back from {accepted.restored_from} to {accepted.sequence} events.")
        sealed = sealing.seal(thorough=True)
        found = sealing.state()
        self.stdout.write(f"Sealed {sealed:,} events; the chain has {found.sequence if found else 0:,}.")
        self.stdout.write(f"Public key of the checkpoints: {checkpoints.public_key_text()}")
        if found and found.problem:
            raise CommandError(f"{found.get_problem_display()} Run verify_audit.")
