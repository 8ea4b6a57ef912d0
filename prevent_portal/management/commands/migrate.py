from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections


class Command(DjangoMigrate):
    """Django's own, as the role that owns the tables: the web and worker role could not change one if it tried."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def execute(self, *args: Any, **options: Any) -> str | None:
        if options["database"] == "owner" and "owner" not in connections:  # before Django's checks look for it
            raise CommandError("Set PORTAL_OWNER_URL: migrations run as the role that owns the tables.")
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "owner":
            with connections["owner"].cursor() as cursor:  # opens the row policies to data migrations, and to them only
                cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        super().handle(*args, **options)
