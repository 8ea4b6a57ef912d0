from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions, limits
from foundation.jobs.actions import Progress, Result
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure, Status
from foundation.organisations.models import Organisation

Ask = Callable[..., Job]
Backup = Callable[..., Any]
ClientFor = Callable[[Acting], Client]


@pytest.fixture
def running(committed: None, lead: Acting, ask: Ask) -> Job:
    job = ask(lead, "tests.steps", parts=10, title="Compliance report CANARY", now=timezone.now())
    claimed = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=timezone.now())
    assert claimed is not None
    actions.pulse(claimed, now=timezone.now(), progress=Progress(3, 10, "part"))
    return claimed


def end(job: Job, lead: Acting) -> None:
    with acting_as(lead):
        actions.fence(job, by=lead, result=Result("Open the report", "jobs:index"), now=timezone.now())


def page(client: Client, job: Job, part: str = "") -> str:
    return client.get(f"/jobs/{job.reference}/{part}").content.decode()


def test_the_page_shows_how_far_the_job_is_and_updates_itself(
    running: Job, lead: Acting, client_for: ClientFor
) -> None:
    text = page(client_for(lead), running)

    assert "Part 3 of 10" in text
    assert '<progress class="portal-progress" value="3" max="10"' in text
    assert f'<div data-progress="/jobs/{running.reference}/progress/">' in text
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in text
    assert "Cancel this job" in text


def test_a_finished_job_leads_to_its_result_and_stands_still(running: Job, lead: Acting, client_for: ClientFor) -> None:
    end(running, lead)

    text = page(client_for(lead), running)

    assert '<a class="govuk-button" href="/jobs/"' in text
    assert "Open the report" in text
    assert "http-equiv" not in text
    assert "data-progress" not in text
    assert "Cancel this job" not in text


def test_a_job_that_made_a_file_offers_it_beside_its_result(
    committed: None, lead: Acting, ask: Ask, client_for: ClientFor, acting_for: Callable[..., Acting]
) -> None:
    job = ask(lead, now=timezone.now())
    claimed = actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=timezone.now())
    assert claimed is not None
    made = Result("Open it", "jobs:job", job.reference, "Download the CANARY", "jobs:progress")
    with acting_as(lead):
        actions.fence(claimed, by=lead, result=made, now=timezone.now())

    text = page(client_for(lead), job)
    others = page(client_for(acting_for("organisation_admin")), job)

    assert [line.strip() for line in text.splitlines() if 'class="govuk-button' in line and "href" in line] == [
        f'<a class="govuk-button" href="/jobs/{job.reference}/progress/" role="button" draggable="false"'
        ' data-module="govuk-button">Download the CANARY</a>',
        f'<a class="govuk-button govuk-button--secondary" href="/jobs/{job.reference}/" role="button"'
        ' draggable="false" data-module="govuk-button">Open it</a>',
    ]
    assert "CANARY" not in others


def test_the_moving_part_leads_to_the_whole_page_at_the_end(running: Job, lead: Acting, client_for: ClientFor) -> None:
    client = client_for(lead)

    before = client.get(f"/jobs/{running.reference}/progress/")
    end(running, lead)
    after = client.get(f"/jobs/{running.reference}/progress/")

    assert before.status_code == 200
    assert "<html" not in before.content.decode()
    assert (after.status_code, after.headers["Location"]) == (302, f"/jobs/{running.reference}/")


def test_an_administrator_sees_title_and_status_and_no_more(
    running: Job, acting_for: Callable[..., Acting], client_for: ClientFor, lead: Acting
) -> None:
    client = client_for(acting_for("organisation_admin"))

    during = page(client, running)
    end(running, lead)
    after = page(client, running)

    for text in (during, after, page(client, running, "progress/")):
        assert "Part 3 of 10" not in text
        assert "Open the report" not in text
        assert "Cancel this job" not in text
    assert "Compliance report CANARY" in during
    assert "Running" in during
    assert "Done" in after


@pytest.mark.parametrize("part", ["", "progress/"])
@pytest.mark.parametrize("who", ["colleague", "outsider", "signed out"])
def test_nobody_else_finds_the_job(
    running: Job, acting_for: Callable[..., Acting], other_organisation: Organisation, client_for: ClientFor,
    who: str, part: str,
) -> None:  # fmt: skip
    clients = {
        "colleague": lambda: client_for(acting_for("prevent_lead")),
        "outsider": lambda: client_for(acting_for("organisation_admin", organisation=other_organisation)),
        "signed out": Client,
    }

    response = clients[who]().get(f"/jobs/{running.reference}/{part}")

    assert response.status_code == (302 if who == "signed out" else 404)
    assert "CANARY" not in response.content.decode()


@pytest.mark.parametrize(("role", "status"), [("organisation_admin", 403), ("prevent_lead", 404)])
@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_nobody_else_cancels_or_starts_it_again(
    running: Job,
    acting_for: Callable[..., Acting],
    client_for: ClientFor,
    backup: Backup,
    role: str,
    status: int,
    verb: str,
) -> None:
    response = client_for(acting_for(role)).post(f"/jobs/{running.reference}/{verb}/")

    assert response.status_code == status
    assert (backup(Job).get().status, backup(Job).get().cancel_requested_at) == (Status.RUNNING, None)


def test_cancelling_a_running_job_says_that_it_will_stop(
    running: Job, lead: Acting, client_for: ClientFor, backup: Backup
) -> None:
    response = client_for(lead).post(f"/jobs/{running.reference}/cancel/", follow=True)

    assert backup(Job).get().cancel_requested_at is not None
    assert "The job will stop in a moment." in response.content.decode()
    assert "The job stops at its next safe point." in response.content.decode()


def test_a_cancel_that_comes_too_late_says_so(running: Job, lead: Acting, client_for: ClientFor) -> None:
    end(running, lead)

    response = client_for(lead).post(f"/jobs/{running.reference}/cancel/", follow=True)

    assert "This job is done, so it cannot become cancelled." in response.content.decode()


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_opening_the_address_of_a_button_changes_nothing(
    running: Job, lead: Acting, client_for: ClientFor, verb: str
) -> None:
    assert client_for(lead).get(f"/jobs/{running.reference}/{verb}/").status_code == 405


def test_a_post_without_a_token_is_refused(running: Job, lead: Acting, client_for: ClientFor, backup: Backup) -> None:
    client = client_for(lead)
    client.handler.enforce_csrf_checks = True

    assert client.post(f"/jobs/{running.reference}/cancel/").status_code == 403
    assert backup(Job).get().cancel_requested_at is None


def test_a_failed_job_says_why_and_starts_again(
    running: Job, lead: Acting, client_for: ClientFor, backup: Backup
) -> None:
    actions.failed(running, code=Failure.RULE, now=timezone.now(), sentence="The organisation has <closed>.")
    client = client_for(lead)

    text = page(client, running)
    client.post(f"/jobs/{running.reference}/retry/")

    assert "The organisation has &lt;closed&gt;." in text
    assert "Try again" in text
    assert backup(Job).get().status == Status.QUEUED


def test_starting_again_with_a_full_queue_says_so(
    running: Job, lead: Acting, ask: Ask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.failed(running, code=Failure.RULE, now=timezone.now(), sentence="No.")
    ask(lead)
    monkeypatch.setattr(limits, "PER_PERSON", 1)

    response = client_for(lead).post(f"/jobs/{running.reference}/retry/", follow=True)

    assert "which is the most one person may have" in response.content.decode()


def test_a_delayed_job_says_that_nothing_is_lost(
    committed: None, lead: Acting, ask: Ask, client_for: ClientFor
) -> None:
    job = ask(lead, now=timezone.now())
    with acting_as(lead):
        Job.objects.update(status=Status.DELAYED, sent_at=None)

    assert "Nothing is lost." in page(client_for(lead), job)


# ---- The list
def test_the_list_shows_ones_own_jobs(
    running: Job, lead: Acting, acting_for: Callable[..., Acting], ask: Ask, client_for: ClientFor
) -> None:
    ask(acting_for("senior_approver"), title="Somebody else's CANARY2")

    text = client_for(lead).get("/jobs/").content.decode()

    assert "Compliance report CANARY" in text
    assert "CANARY2" not in text


def test_an_administrator_may_list_everybodys(
    running: Job, acting_for: Callable[..., Acting], client_for: ClientFor, lead: Acting
) -> None:
    client = client_for(acting_for("organisation_admin"))

    assert "CANARY" not in client.get("/jobs/").content.decode()
    assert "CANARY" in client.get("/jobs/?whose=all").content.decode()
    assert "CANARY" not in client_for(lead).get("/jobs/?whose=all&status=done").content.decode()


def test_others_cannot_list_everybodys(running: Job, acting_for: Callable[..., Acting], client_for: ClientFor) -> None:
    assert "CANARY" not in client_for(acting_for("senior_approver")).get("/jobs/?whose=all").content.decode()


def test_the_list_is_empty_with_a_word_on_what_will_be_here(
    committed: None, lead: Acting, client_for: ClientFor
) -> None:
    body = client_for(lead).get("/jobs/").content.decode()
    assert "No jobs yet" in body
    assert "Search and filter" not in body


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_list_is_exported_as_filtered(
    running: Job, lead: Acting, ask: Ask, client_for: ClientFor, format: str
) -> None:
    ask(lead, title="Waiting CANARY2")

    response = client_for(lead).get(f"/jobs/?status=running&export={format}")

    content = b"".join(response.streaming_content)
    assert response.status_code == 200
    if format == "csv":
        assert b"CANARY" in content
        assert b"CANARY2" not in content


@pytest.mark.parametrize("count", [1, 15])
def test_the_number_of_queries_does_not_grow_with_the_list(
    committed: None, lead: Acting, ask: Ask, client_for: ClientFor, django_assert_max_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        ask(lead)
    client = client_for(lead)

    with django_assert_max_num_queries(14):
        text = client.get("/jobs/").content.decode()

    assert text.count("govuk-table__row") == count + 1
