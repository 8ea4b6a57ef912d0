"""The learner's pages in the scratch database, with one of the portal's own courses."""

from collections.abc import Callable, Iterator

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from foundation.core.acting import Acting, acting_as
from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks.ground import Place, in_turns
from prevent_portal.benchmarks.pages import bare_page, get
from training import actions, queries
from training.models import Attempt, Course

COURSE = "prevent-awareness"


def measure(large: Place) -> Iterator[Measurement]:
    """My training, a course, a page of it, and going from page to page, each against the bare page in turns."""
    call_command("load_courses", verbosity=0)
    client, plain = large.client(), bare_page(large)
    with acting_as(large.acting) as by:
        course = Course.objects.visible_to(by).get(code=COURSE)
        attempt = actions.begin(course_id=course.pk, by=by, now=timezone.now())
        first = queries.progress_of(attempt).content.pages[0]
    addresses = {
        "my training": "/training/",
        "a course": course.get_absolute_url(),
        "a page of a course": f"{attempt.get_absolute_url()}{first.slug}/",
    }
    for name, address in addresses.items():
        page, yardstick = in_turns(get(client, address), plain)
        yield Measurement(f"P2 {name}", page, yardstick, 2.5)
    ours, yardstick = in_turns(_step(client, attempt, large.acting), plain)
    yield Measurement("P3 page of a course put behind or answered", ours, yardstick, 2.0)


def _step(client: Client, attempt: Attempt, acting: Acting) -> Callable[[], None]:
    """Posts what comes next on the way through the course: an answer, or that the page was read."""
    with acting_as(acting):
        progress = queries.progress_of(attempt)

    def all_steps() -> Iterator[tuple[str, dict[str, object]]]:
        for page in progress.content.pages:
            address = f"{attempt.get_absolute_url()}{page.slug}/"
            if page.asks:
                chosen = {f"answer-{each.code}": sorted(each.right) for each in progress.questions(page, 1)}
                yield address, {"number": 1, **chosen}
            yield f"{address}done/", {}

    steps = all_steps()

    def post() -> None:
        address, sent = next(steps)
        response = client.post(address, sent)
        assert response.status_code == 302, response.content.decode()[:3000]

    return post
