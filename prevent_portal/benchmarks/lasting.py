"""P18: what a web worker holds after 1,000 requests, and a worker after 50 reports."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice

from django.utils import timezone

from compliance import actions as compliance
from compliance.models import ComplianceReport
from compliance.workflow import ReportStatus
from foundation.core.acting import acting_as
from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks import memory, serving
from prevent_portal.benchmarks.ground import Place

REQUESTS = 1_000
REPORTS = 50
SECONDS_A_REPORT = 120
LARGEST, MOST_GROWTH = 180.0, 1.1
ADDRESSES = (
    "/",
    "/evidence/",
    "/evidence/?sort=-until&state=soon",
    "/evidence/new/",
    "/evidence/nothing-here/",
    "/compliance/",
    "/compliance/requirements/",
    "/compliance/requirements/LA-05/",
    "/compliance/requirements/LA-05/answer/",
    "/compliance/requirements/LA-05/history/",
    "/compliance/reports/",
    "/compliance/requirements/?export=csv",
    "/compliance/requirements/?export=xlsx",
    "/organisations/people/",
    "/audit/",
    "/jobs/",
    "/notifications/",
    "/accounts/sign-in/",
    "/help/",
)
LONG_EXPORTS = ("/evidence/?export=csv", "/evidence/?export=xlsx")


def measure(large: Place) -> Iterator[Measurement]:
    yield from _web(large)
    yield from _worker(large)


def _web(large: Place) -> Iterator[Measurement]:
    requests = [serving.request_bytes(large, address) for address in ADDRESSES]
    with serving.web(serving.PORTAL, workers=1) as (port, master):
        serving.ask(port, requests[0])
        [pid] = memory.children(master)
        first = memory.resident(pid)
        for request in requests:
            assert serving.ask(port, request) in {200, 302, 404}
        each_once = memory.resident(pid)
        for request in islice(cycle(requests), REQUESTS - len(LONG_EXPORTS)):
            serving.ask(port, request)
        for address in LONG_EXPORTS:
            assert serving.ask(port, serving.request_bytes(large, address)) == 200
        last = memory.resident(pid)
        assert memory.children(master) == [pid], "gunicorn replaced the worker while we looked"
    yield Measurement(f"P18 web worker after {REQUESTS:,} requests", last, LARGEST, 1.0, "MB")
    yield Measurement("P18 web worker, against after the first", last, first, MOST_GROWTH, "MB")
    yield Measurement("P18 web worker, against each page once", last, each_once, MOST_GROWTH, "MB")


def _worker(large: Place) -> Iterator[Measurement]:
    with serving.worker() as master:
        _report(large)
        pool = memory.children(master)
        first = sum(memory.resident(pid) for pid in pool)
        for _ in range(REPORTS - 1):
            _report(large)
        last = sum(memory.resident(pid) for pid in pool)
        assert last, "Celery replaced the worker's process while we looked"
    yield Measurement(f"P18 worker after {REPORTS} reports, against one", last, first, MOST_GROWTH, "MB")


def _report(large: Place) -> None:
    now = datetime.now(UTC)
    with acting_as(large.acting) as acting:
        asked = compliance.request_report(
            theme_code="", as_at=timezone.localdate(now), marking="official", with_evidence=True, by=acting, now=now
        )

    def finished() -> bool:
        with acting_as(large.acting) as acting:
            status = ComplianceReport.objects.visible_to(acting).with_state().get(pk=asked.pk).state
        assert status not in {ReportStatus.FAILED, ReportStatus.CANCELLED}, status
        return status == ReportStatus.READY

    serving.wait_until(finished, SECONDS_A_REPORT)
