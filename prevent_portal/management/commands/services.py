from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevent_portal.embedded import services
from prevent_portal.embedded.exceptions import ServiceError


class Command(BaseCommand):
    help = "Starts, stops or shows the embedded PostgreSQL and Redis."
    requires_system_checks: list[str] = []  # checks may need the database this command starts

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["start", "stop", "status"])

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "The services are your own here (PORTAL_DATABASE_URL is set). Start and stop them there."
            )
        try:
            if verb == "start":
                services.ensure_running(settings.VAR_DIR)
            elif verb == "stop":
                services.stop(settings.VAR_DIR)
            found = services.status(settings.VAR_DIR)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        for name, pid in (("PostgreSQL", found.postgres), ("Redis", found.redis)):
            self.stdout.write(f"{name}: {f'running, process {pid}' if pid else 'not running'}")
        if verb == "status" and not found.running:
            raise CommandError("Not everything runs.", returncode=3)
