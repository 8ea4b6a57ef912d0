from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.utils import timezone
from django.utils.text import slugify

from foundation.core.addresses import absolute
from foundation.core.exceptions import RuleBroken
from foundation.organisations import actions
from foundation.organisations.models import Organisation
from foundation.organisations.roles import ROLES, Role
from foundation.organisations.sectors import Nation, Sector


class Command(BaseCommand):
    help = "Create an organisation and its first administrator, and print the invitation to hand to that person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the organisation's name, as people know it")
        parser.add_argument("--sector", action="append", default=[], choices=Sector.values, help="may be repeated")
        parser.add_argument("--nation", default=Nation.ENGLAND, choices=Nation.values)
        parser.add_argument("--administrator", required=True, metavar="NAME", help="the first administrator's name")
        parser.add_argument("--email", required=True, help="the first administrator's e-mail address")
        parser.add_argument(
            "--also", action="append", default=[], choices=Role.values, help="further roles of that person"
        )
        parser.add_argument("--slug", help="the name in addresses; made from the name when left out")
        parser.add_argument("--not-in-schedule-6", action="store_true", help="the Act does not list the organisation")
        parser.add_argument("--partnership", action="store_true", help="a partnership of several organisations")
        parser.add_argument("--from", dest="active_from", type=date.fromisoformat, help="first day, like 2026-04-01")
        parser.add_argument(
            "--takes-over", action="append", default=[], metavar="SLUG", help="what it follows; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or slugify(options["name"])[:60]
        now = timezone.now()
        try:
            validate_slug(slug)
            validate_email(options["email"])
            invitation = actions.create_organisation(
                name=options["name"],
                slug=slug,
                kind=Organisation.Kind.PARTNERSHIP if options["partnership"] else Organisation.Kind.AUTHORITY,
                sectors=sorted(set(options["sector"])),
                nation=options["nation"],
                is_specified_authority=not (options["not_in_schedule_6"] or options["partnership"]),
                active_from=options["active_from"] or timezone.localdate(now),
                administrator=actions.Administrator(
                    name=options["administrator"], email=options["email"], also=tuple(set(options["also"]) - {"staff"})
                ),
                predecessors=actions.find_by_slug(options["takes_over"]),
                now=now,
            )
        except ValidationError as error:
            raise CommandError(f"Check the e-mail address and the slug: {' '.join(error.messages)}") from error
        except RuleBroken as error:
            raise CommandError(str(error)) from error
        address = absolute(actions.hand_over(invitation_id=invitation.pk, now=now))
        self.stdout.write(f"Created {options['name']} ({slug}).")
        self.stdout.write(f"Hand this to {options['administrator']}. It works once, within 72 hours:\n  {address}")
        needs_passkey = ROLES[Role.ORGANISATION_ADMIN].needs_passkey
        if needs_passkey:
            self.stdout.write("An administrator needs a passkey: a device or browser that can keep one.")
