"""P1 to P4: pages against a bare page."""

from collections.abc import Callable, Iterator

from django.test import Client
from django.test.utils import override_settings

from compliance.models import Requirement
from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks import bare
from prevent_portal.benchmarks.ground import Place, in_turns

LIST = "/evidence/"


def measure(small: Place, large: Place) -> Iterator[Measurement]:
    """Every measurement of pages, one after the other, each against the bare page in the same turns."""
    ours, few = large.client(), small.client()
    plain = bare_page(large)
    first, of_few, yardstick = in_turns(get(ours, LIST), get(few, LIST), plain)
    yield Measurement("P1 list page, 50 of 100,000 rows", first, yardstick, 1.8)
    yield Measurement("P1 list page, 100,000 rows against 1,000", first, of_few, 1.2)
    for name, address in (
        ("P2 home", "/"),
        ("P2 duty at a glance", "/compliance/"),
        ("P2 duty register", "/compliance/requirements/"),
        ("P2 requirement", "/compliance/requirements/LA-10/"),
    ):
        page, yardstick = in_turns(get(ours, address), plain)
        yield Measurement(name, page, yardstick, 2.5)
    write, yardstick = in_turns(_answer(ours), plain)
    yield Measurement("P3 answer saved, with history and audit", write, yardstick, 2.0)
    deep, first = in_turns(get(ours, _deep_page(ours)), get(ours, LIST))
    yield Measurement("P4 page in the middle of 100,000", deep, first, 1.5)
    for sort in ("reference", "-from", "until"):
        sorted_page, first = in_turns(get(ours, f"{LIST}?sort={sort}"), get(ours, LIST))
        yield Measurement(f"P4 sorted by {sort}", sorted_page, first, 1.5)


def get(client: Client, address: str) -> Callable[[], None]:
    """Opens a page."""

    def get() -> None:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    return get


def bare_page(place: Place) -> Callable[[], None]:
    """Opens the yardstick."""
    client = place.client()
    with override_settings(MIDDLEWARE=bare.MIDDLEWARE):
        client.get("/bare/")  # the client keeps the middleware it began with

    def get() -> None:
        assert client.get("/bare/").status_code == 200

    return get


def _answer(client: Client) -> Callable[[], None]:
    versions = iter(range(100_000))
    code = Requirement.objects.filter(organisation=None, code="LA-05").get().code

    def post() -> None:
        typed = {"version": next(versions), "applies": "yes", "status": "met", "comment": "In place.", "owner_id": ""}
        dates = {f"next_review_on_{part}": "" for part in range(3)}
        response = client.post(f"/compliance/requirements/{code}/answer/", typed | dates)
        assert response.status_code == 302, response.content.decode()[:3000]

    return post


def _deep_page(client: Client) -> str:
    """The address of a page about half-way, as the links of the list would lead there."""
    from foundation.evidence.models import EvidenceItem  # noqa: PLC0415 -- only the benchmark looks past the door

    rows = EvidenceItem._base_manager.using("backup").filter(organisation__name="Large Council").order_by("title", "pk")
    return f"{LIST}?after={rows[50_000].pk}&from=50001"
