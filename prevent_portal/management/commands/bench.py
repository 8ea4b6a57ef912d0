import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.core.benchmarks import Measurement
from foundation.ledger import benchmarks as ledger
from foundation.organisations import benchmarks as organisations
from prevent_portal.benchmarks import (
    documents,
    files,
    lasting,
    learning,
    pages,
    policies,
    rooms,
    sharing,
    starting,
    throughput,
    training,
)
from prevent_portal.benchmarks.ground import Place, fill, scratch_database
from prevent_portal.embedded import services

Suite = Callable[[Place, Place], Iterator[Measurement]]
SUITES: dict[str, Suite] = {
    "pages": pages.measure,
    "rooms": lambda small, large: chain(rooms.measure(small, large), sharing.measure(large)),
    "learning": lambda small, large: learning.measure(large),
    "training": lambda small, large: training.measure(large),
    "throughput": lambda small, large: throughput.measure(large),
    "exports": lambda small, large: files.measure(large),
    "report": lambda small, large: documents.measure_report(),
    "register": lambda small, large: documents.measure_long_register(),
    "people": lambda small, large: organisations.p10_import(lambda name: fill(name, 0).acting),
    "ledger": lambda small, large: (each() for each in (ledger.p15_record, ledger.p16_seal, ledger.p16_verify)),
    "policies": lambda small, large: policies.measure(large),
    "memory": lambda small, large: lasting.measure(large),
    "start": lambda small, large: starting.measure_start(),
    "assets": lambda small, large: starting.measure_assets(large),
}


class Command(BaseCommand):
    help = "Measure ourselves against yardsticks in the same run, on a scratch database. Prints a line for each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("suite", nargs="*", choices=[*SUITES, []], help="which to run; all when left out")

    def handle(self, *args: Any, suite: list[str], **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("Benchmarks make and drop a database of their own: run them on the embedded one.")
        if not services.status(Path(settings.VAR_DIR)).running:
            raise CommandError("PostgreSQL or Redis is not running. Start both first: manage.py services start")
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        found = []
        with scratch_database() as (small, large):
            for name in suite or SUITES:
                for measurement in SUITES[name](small, large):
                    self.show(measurement)
                    found.append(measurement)
        target = Path(settings.VAR_DIR) / "bench.json"
        target.write_text(json.dumps([each.__dict__ | {"ratio": each.ratio} for each in found], indent=1))
        self.stdout.write(f"Written to {target}")

    def show(self, found: Measurement) -> None:
        verdict, bar = "pass" if found.passes else "FAIL", "at least" if found.more_is_better else "bar"
        scale, unit = (1000, "ms") if found.unit == "s" else (1, found.unit)
        self.stdout.write(
            f"{found.name:<48} {found.ours * scale:>10.1f} {unit} {found.yardstick * scale:>10.1f} {unit}"
            f" {found.ratio:>6.2f}x  {bar} {found.bar:>4.2f}x  {verdict}"
        )
