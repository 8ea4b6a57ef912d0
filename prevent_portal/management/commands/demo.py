import gc
import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.severnshire import seeding
from prevent_portal.embedded import services, supervisor
from prevent_portal.embedded.exceptions import ServiceError


class Command(BaseCommand):
    help = "Runs the whole portal with demonstration data until Ctrl-C: database, Redis, web, worker, scheduler."
    requires_system_checks: list[str] = []  # they may need the database this command starts

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="default: $PORT, or 8000")
        parser.add_argument("--since", type=float, default=time.time(), help="moment the start was asked for (epoch)")

    def handle(self, *args: Any, port: str, since: float, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration mode is off. Start with `make demo`, or set PORTAL_DEMO=1.")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise CommandError(f"PORT is {port!r}. Use a number from 1024 to 65535.")
        try:
            supervisor.refuse_second_run(settings.VAR_DIR)
            supervisor.refuse_port_in_use(int(port))
            ran_before = services.status(settings.VAR_DIR).running
            services.ensure_running(settings.VAR_DIR)
            try:
                self._prepare(int(port))
            except BaseException:
                if not ran_before:
                    services.stop(settings.VAR_DIR)
                raise
            environment = os.environ | {"PORT": port}  # letters lead there
            parent = supervisor.Supervisor(settings.VAR_DIR, int(port), environment, supervisor.commands(int(port)))
            status = parent.run(since)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:  # before the supervisor took over
            raise CommandError("Stopped before everything was ready. Start again to go on.", returncode=130) from None
        if status:
            raise CommandError("The portal stopped with an error.", returncode=status)

    def _prepare(self, port: int) -> None:
        with ThreadPoolExecutor(max_workers=1) as beside:  # files and database do not wait for each other
            static = beside.submit(self._collect_static)
            self._fill(port)
            static.result()

    def _fill(self, port: int) -> None:
        # The models of every migration live until the last has run: looking for garbage so often finds none.
        gc.set_threshold(20_000)
        self._say("Bringing the database up to date.")
        call_command("migrate", interactive=False, verbosity=0)
        self._say("Loading the duty library.")
        call_command("load_library", stdout=io.StringIO())  # its list of changes is for those who edit the library
        call_command("load_risk_library", stdout=io.StringIO())
        call_command("load_threat_levels", stdout=io.StringIO())
        if not seeding.is_there():
            self._say("Making the demonstration data of Severnshire; this happens once.")
            call_command("seed_demo", site=f"http://localhost:{port}/", stdout=self.stdout)
        call_command("load_courses", stdout=io.StringIO())  # after Severnshire, whose people took them long ago

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _collect_static(self) -> None:
        """Collect and compress static files, only when one of them changed since the last time."""
        digest = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                found = Path(storage.path(path)).stat()
                digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
        stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest.hexdigest())
