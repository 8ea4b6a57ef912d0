"""P5: requests a second and the 95th percentile at concurrency 8, list page against bare page."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median, quantiles

from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks import serving
from prevent_portal.benchmarks.ground import Place
from prevent_portal.benchmarks.pages import LIST

AT_ONCE = 8
REQUESTS = 240
MOST_SECONDS = 20.0
ROUNDS = 5


def measure(large: Place) -> Iterator[Measurement]:
    """Both behind the same server settings, in turns; each round ends after so many requests or seconds."""
    cores = len(os.sched_getaffinity(0))
    with ExitStack() as stack:
        ours, _ = stack.enter_context(serving.web(serving.PORTAL, workers=cores))
        bare, _ = stack.enter_context(serving.web(serving.BARE, workers=cores))
        targets = [(ours, serving.request_bytes(large, LIST)), (bare, serving.request_bytes(large, "/bare/"))]
        for port, request in targets:
            _round(port, request)  # every worker has met its first request
        rounds = [[_round(port, request) for port, request in targets] for _ in range(ROUNDS)]
    (our_rate, our_p95), (bare_rate, bare_p95) = (
        [median(each[number][part] for each in rounds) for part in (0, 1)] for number in (0, 1)
    )
    yield Measurement(
        "P5 requests a second and core, list page", our_rate / cores, bare_rate / cores, 0.55, "/s", more_is_better=True
    )
    yield Measurement("P5 p95 at concurrency 8, list page", our_p95, bare_p95, 2.2)


def _round(port: int, request: bytes) -> tuple[float, float]:
    """Requests a second and the 95th percentile of the time one waits."""
    ends_at = time.perf_counter() + MOST_SECONDS

    def one_client(count: int) -> list[float]:
        times: list[float] = []
        while len(times) < count and time.perf_counter() < ends_at:
            began = time.perf_counter()
            status = serving.ask(port, request)
            times.append(time.perf_counter() - began)
            assert status == 200, status
        return times

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as clients:
        times = [each for found in clients.map(one_client, [REQUESTS // AT_ONCE] * AT_ONCE) for each in found]
    return len(times) / (time.perf_counter() - began), quantiles(times, n=20)[-1]
