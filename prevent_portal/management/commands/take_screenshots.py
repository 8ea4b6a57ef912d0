"""Makes the pictures of the documentation from a running demonstration."""

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = settings.BASE_DIR / "docs" / "images"
WIDE, PHONE = 1280, 375
TALLEST = {WIDE: 1500, PHONE: 1100}  # a longer page is cut: its beginning says what it is
LARGEST = 150_000
COLOURS = (256, 128, 64, 32)
COUNCIL, NEWCOMER = "Severnshire County Council", "Brindle Valley Primary Academy"
COLLEGE, DISTRICT, PARTNERSHIP = "Hartsmoor College", "Hartsmoor District Council", "Severnshire Prevent Partnership"
ASHMERE, ASHMERE_APPROVER = "Ashmere District Council", "Gareth Llewellyn-Dawes"
COLLEGE_LEAD, DISTRICT_LEAD = "Tariq Mahmood-Lane", "Trevor Highmoor"
LEAD, ASSURER, ADMINISTRATOR = "Priya Ravindran", "Iwan Treharne", "Gwen Adeyemi-Price"
TRAINER = "Leila Farouk"
NURSE, TRUST = "Maria-Teresa Lobo", "Severnshire Healthcare NHS Trust"
ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


class NothingThereError(Exception):
    """The demonstration has nothing to make this picture from."""


Steps = Callable[["Page"], None]


@dataclass(frozen=True)
class Shot:
    """One picture: who looks (a name at /demo/, or nobody), where they begin and what they select from there."""

    name: str
    path: str
    who: str = ""
    organisation: str = COUNCIL
    then: tuple[Steps, ...] = ()
    width: int = WIDE


def follow(text: str) -> Steps:
    """Select the first link or button with this text."""

    def step(page: "Page") -> None:
        for role in ("link", "button"):
            found = page.locator("main").get_by_role(role, name=text)
            if found.count():
                found.first.click()
                return
        raise NothingThereError(f"nothing called {text!r} at {page.url}")

    return step


def first(selector: str) -> Steps:
    """Select the first thing of this kind in the page's main part."""

    def step(page: "Page") -> None:
        found = page.locator(f"main {selector}")
        if not found.count():
            raise NothingThereError(f"no {selector} at {page.url}")
        found.first.click()

    return step


REQUIREMENT = (first('tbody a[href^="/compliance/requirements/"]'),)
READY = "/compliance/requirements/?state=ready"
PLAN = (first("tbody a"),)
REGISTER = (follow("Open the register"),)
OWN_COURSE = (follow("Prevent in our libraries"),)
SHOTS = (
    Shot("sign-in", "/accounts/sign-in/"),
    Shot("demo", "/demo/"),
    Shot("home", "/", LEAD),
    Shot("home-phone", "/", LEAD, width=PHONE),
    Shot("duty-at-a-glance", "/compliance/", LEAD),
    Shot("register", "/compliance/requirements/", LEAD),
    Shot("register-outline", "/compliance/requirements/?group=outline", COLLEGE_LEAD, organisation=COLLEGE),
    Shot("library", "/compliance/library/", LEAD),
    Shot("library-mapping", "/compliance/library/LA-B2024/mapping/", LEAD),
    Shot("risk-at-a-glance", "/risk/", LEAD),
    Shot("risk-register", "/risk/", LEAD, then=REGISTER),
    Shot("risk", "/risk/", LEAD, then=(*REGISTER, first("tbody a"))),
    Shot(
        "risk-matrix",
        "/risk/",
        ASHMERE_APPROVER,
        organisation=ASHMERE,
        then=(*REGISTER, follow("Matrix")),
    ),
    Shot(
        "risk-compare",
        "/risk/",
        ASHMERE_APPROVER,
        organisation=ASHMERE,
        then=(*REGISTER, follow("Compare")),
    ),
    Shot("import-register", "/risk/import/", LEAD),
    Shot("sharing", "/compliance/sharing/", DISTRICT_LEAD, organisation=DISTRICT),
    Shot("contributions", "/compliance/contributions/", LEAD, organisation=PARTNERSHIP),
    Shot("share-risks", "/risk/sharing/", ASHMERE_APPROVER, organisation=ASHMERE),
    Shot("members-risks", "/risk/members/", LEAD, organisation=PARTNERSHIP),
    Shot("action-plan", "/action-plans/", LEAD, then=PLAN),
    Shot("action-board", "/action-plans/board/", LEAD),
    Shot("quarterly-report", "/action-plans/", LEAD, then=(*PLAN, follow("Make a report of the plan"))),
    Shot("next-plan", "/action-plans/", LEAD, then=(*PLAN, follow("Begin next year's plan"))),
    Shot("reporting", "/action-plans/reporting/", LEAD),
    Shot("my-training", "/training/", LEAD),
    Shot("course", "/training/courses/prevent-awareness/", LEAD),
    Shot("scenario-phone", "/training/", LEAD, then=(follow("Continue"),), width=PHONE),
    Shot("certificate", "/training/", LEAD, then=(first('a[href^="/training/certificates/"]'),)),
    Shot("check-certificate", "/training/verify/"),
    Shot("who-must-do-what", "/training/requirements/", TRAINER),
    Shot(
        "whom-it-asks",
        "/training/requirements/matrix/",
        TRAINER,
        then=(follow("Begin with this"), follow("See whom it asks")),
    ),
    Shot("training-requirement", "/training/requirements/", TRAINER, then=(follow("Making a referral for"),)),
    Shot("what-counts", "/training/equivalences/", TRAINER),
    Shot("courses-we-write", "/training/writing/", TRAINER),
    Shot("own-course", "/training/writing/", TRAINER, then=OWN_COURSE),
    Shot("write-a-page", "/training/writing/", TRAINER, then=(*OWN_COURSE, follow("Why libraries"))),
    Shot("preview-a-page", "/training/writing/", TRAINER, then=(*OWN_COURSE, follow("Preview"))),
    Shot("put-right", "/training/writing/", TRAINER, then=(follow("Refresher for front line teams"),)),
    Shot("gather", "/action-plans/gathered/?place=all", LEAD, organisation=PARTNERSHIP),
    Shot("requirement", READY, LEAD, then=REQUIREMENT),
    Shot("requirement-phone", READY, LEAD, then=REQUIREMENT, width=PHONE),
    Shot("answer", READY, LEAD, then=(*REQUIREMENT, follow("Change the answer"))),
    Shot("link-evidence", READY, LEAD, then=(*REQUIREMENT, follow("Link evidence"))),
    Shot("evidence-add", "/evidence/add/?kind=file", LEAD),
    Shot("evidence", "/evidence/", LEAD, then=(first('tbody a[href^="/evidence/"]'),)),
    Shot("add-requirement", "/compliance/requirements/add/", LEAD),
    Shot("report-new", "/compliance/reports/new/", LEAD),
    Shot("report", "/compliance/reports/", LEAD, then=(first('tbody a[href^="/compliance/reports/"]'),)),
    Shot("verify", "/compliance/reports/verify/", LEAD),
    Shot("assure", READY, ASSURER, then=(*REQUIREMENT, follow("Record a rating"))),
    Shot("local-profile", "/risk/local-profiles/", LEAD, then=(first('tbody a[href^="/risk/local-profiles/"]'),)),
    Shot("risk-report", "/risk/reports/", LEAD, then=(first('tbody a[href^="/risk/reports/"]'),)),
    Shot(
        "profile-response",
        "/risk/local-profiles/",
        LEAD,
        then=(first('tbody a[href^="/risk/local-profiles/"]'), follow("Make the response")),
    ),
    Shot("threat-level", "/risk/threat-level/", LEAD),
    Shot("did-elsewhere", "/training/records/elsewhere/", LEAD),
    Shot("training-elsewhere", "/training/records/", TRAINER),
    Shot(
        "record-to-check",
        "/training/records/",
        TRAINER,
        then=(first('.portal-rows a[href^="/training/records/"]'),),
    ),
    Shot("import-training", "/training/records/imports/", TRAINER),
    Shot(
        "imported-training",
        "/training/records/imports/",
        TRAINER,
        then=(first('tbody a[href^="/training/records/imports/"]'),),
    ),
    Shot("partners-numbers", "/training/records/returns/", TRAINER),
    Shot("who-is-trained", "/training/overview/", TRAINER),
    Shot("training-people", "/training/people/?standing=overdue", TRAINER),
    Shot("training-matrix", "/training/matrix/", TRAINER),
    Shot("training-reminders", "/training/reminders/", TRAINER),
    Shot("who-is-due", "/training/reminders/due/", TRAINER),
    Shot("training-report-new", "/training/reports/new/", TRAINER),
    Shot("training-return", "/training/returns/nhs-quarterly/", NURSE, organisation=TRUST),
    Shot("sessions", "/training/sessions/", TRAINER),
    Shot("session", "/training/sessions/", TRAINER, then=(follow("Prevent in an hour: front line"),)),
    Shot("people", "/organisations/people/", ADMINISTRATOR),
    Shot(
        "person",
        "/organisations/people/?role=prevent_lead",
        ADMINISTRATOR,
        then=(first('tbody a[href^="/organisations/people/"]'),),
    ),
    Shot(
        "two-entries", "/organisations/people/duplicates/", ADMINISTRATOR, then=(follow("Compare with the one above"),)
    ),
    Shot("roles", "/organisations/roles/", ADMINISTRATOR),
    Shot("import-people", "/organisations/people/import/", ADMINISTRATOR),
    Shot("identity-provider", "/organisations/identity-provider/", ADMINISTRATOR),
    Shot("log", "/audit/", LEAD),
    Shot("log-checks", "/audit/checks/", LEAD),
    Shot("security", "/accounts/security/", LEAD),
    Shot("switch", "/organisations/switch/", LEAD),
    Shot("first-hour", "/", "Isobel Wetherby", organisation=NEWCOMER),
)


class Command(BaseCommand):
    help = "Make the documentation's pictures from a running demonstration (make demo), with Chromium."
    requires_system_checks: list[str] = []  # it only visits a portal that runs elsewhere

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://localhost:8000", help="where the demonstration runs")
        parser.add_argument("--folder", type=Path, default=FOLDER)
        parser.add_argument("--only", action="append", default=[], choices=[shot.name for shot in SHOTS])

    def handle(self, *args: Any, url: str, folder: Path, only: list[str], **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        missing = []
        with browser() as chromium:
            for shot in SHOTS:
                if only and shot.name not in only:
                    continue
                try:
                    size = self._take(chromium, url.rstrip("/"), shot, folder / f"{shot.name}.png")
                except NothingThereError as reason:
                    missing.append(f"{shot.name}: {reason}")
                else:
                    self.stdout.write(f"{shot.name}.png {size // 1000} kB")
        if missing:
            raise CommandError("Some pictures could not be made:\n" + "\n".join(missing))

    def _take(self, chromium: "Browser", url: str, shot: Shot, path: Path) -> int:
        context = chromium.new_context(
            viewport={"width": shot.width, "height": 900}, locale="en-GB", timezone_id="Europe/London",
            reduced_motion="reduce",
        )  # fmt: skip
        try:
            page = context.new_page()
            page.set_default_timeout(20_000)
            if shot.who:
                sign_in(page, url, shot)
            visit(page, url + shot.path)
            for step in shot.then:
                step(page)
                page.wait_for_load_state()
            return keep(page, shot.width, path)
        finally:
            context.close()


@contextmanager
def browser() -> "Iterator[Browser]":
    """Debian's Chromium where it is installed, else the one Playwright brought."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 -- only installed for tests
    except ImportError:
        raise CommandError("Playwright is not installed. Run: bin/bootstrap --tests") from None
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=[*ARGUMENTS, *alone]
            )  # fmt: skip
        except Error as error:
            raise CommandError(f"Chromium does not start: {error.message.splitlines()[0]}") from error
        try:
            yield chromium
        finally:
            chromium.close()


def visit(page: "Page", address: str) -> None:
    """Open a page. Raises CommandError when nothing answers there, NothingThereError for an error page."""
    from playwright.sync_api import Error  # noqa: PLC0415 -- only installed for tests

    try:
        answer = page.goto(address)
    except Error as error:
        raise CommandError(f"Nothing answers at {address}. Start the demonstration with: make demo") from error
    if answer is None or not answer.ok:
        raise NothingThereError(f"{address} answers {answer.status if answer else 'nothing'}")


def sign_in(page: "Page", url: str, shot: Shot) -> None:
    """Become the shot's person in the shot's organisation, as /demo/ offers it."""
    visit(page, f"{url}/demo/")
    heading = page.get_by_role("heading", name=re.compile(rf"^{re.escape(shot.organisation)}\b"))  # then: Made up
    people = page.locator("section").filter(has=heading).locator("button").filter(has_text=shot.who)
    if not people.count():
        raise NothingThereError(f"/demo/ does not offer {shot.who} of {shot.organisation}")
    people.first.click()


def keep(page: "Page", width: int, path: Path) -> int:
    """Save what the page shows with as few colours as are needed to stay small. Returns the size in bytes."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST[width])
    shown = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    cut = shown.convert("RGB").crop((0, 0, shown.width, height))
    content = b""
    for colours in COLOURS:
        made = io.BytesIO()
        cut.quantize(colours, kmeans=2, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        content = made.getvalue()
        if len(content) <= LARGEST:
            break
    path.write_bytes(content)
    return len(content)
