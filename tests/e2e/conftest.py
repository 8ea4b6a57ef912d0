"""A real Chromium against a real server: the portal in a thread of this process, as the app role, on committed data."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from foundation.core.acting import Acting
from tests.conftest import sign_in
from tests.foundation.jobs.ground import Process, redis, wait_until  # noqa: F401 -- redis is a fixture

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOTE_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`))"""


@pytest.fixture(autouse=True)
def _marked(request: pytest.FixtureRequest) -> None:
    """Everything here drives a browser."""
    request.node.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Playwright keeps an event loop running in this thread; Django would take test code for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        yield running
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the run: Debian's where it is installed, else Playwright's own."""
    launched = playwright.chromium.launch(executable_path=CHROMIUM if CHROMIUM.exists() else None, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """The portal's address. It is ``localhost`` because passkeys need a name."""
    httpd = ThreadedWSGIServer(("localhost", 0), QuietWSGIRequestHandler, allow_reuse_address=False)
    httpd.set_app(WSGIHandler())
    thread = threading.Thread(target=httpd.serve_forever, name="portal under test", daemon=True)
    thread.start()
    yield f"http://localhost:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def new_context(committed: None, browser: Browser, server: str) -> Iterator[Callable[..., BrowserContext]]:
    """``new_context(width=375)``: a browser of its own, with no cookies.

    Afterwards the test fails if any of its pages broke the security policy or threw an error.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(width: int = 1280, height: int = 900, **options: object) -> BrowserContext:
        context = browser.new_context(
            base_url=server,
            viewport={"width": width, "height": height},
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(30_000)
        context.add_init_script(NOTE_VIOLATIONS)
        context.on("weberror", lambda error: problems.append(f"{error.page.url if error.page else ''}: {error.error}"))
        context.on(
            "console",
            lambda message: problems.append(message.text) if "security policy" in message.text.lower() else None,
        )
        context.on(
            "request",
            lambda made: None if made.url.startswith((server, "data:", "blob:")) else problems.append(made.url),
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of somebody who has not signed in."""
    return new_context().new_page()


@pytest.fixture
def page_for(new_context: Callable[..., BrowserContext], server: str) -> Callable[..., Page]:
    """``page_for(acting, width=375)``: a page of that person, signed in with a passkey, acting for the organisation."""

    def make(acting: Acting, **options: object) -> Page:
        context = new_context(**options)
        session = sign_in(Client(), acting).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
        return context.new_page()

    return make


@pytest.fixture
def worker(redis: object, tmp_path: Path, settings: object) -> Iterator[Process]:  # noqa: F811
    """A worker of the portal that does what is asked for on its pages."""
    process = Process(
        "worker",
        "--concurrency=1",
        redis_url=redis.url,
        log=tmp_path / "worker.log",
        PORTAL_VAR_DIR=str(settings.FILES_DIR.parent),
    )
    wait_until(process.is_ready, 60)
    yield process
    process.kill_group()
    print(process.log.read_text()[-2000:])  # noqa: T201 -- shown by pytest only when the test failed
