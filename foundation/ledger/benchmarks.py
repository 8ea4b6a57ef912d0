"""What the ledger costs (P15, P16 of the performance bar), measured on tables of its own, dropped afterwards."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from django import forms
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from foundation.core.access import public
from foundation.core.acting import person_context
from foundation.core.benchmarks import Measurement
from foundation.ledger import sealing, verification
from foundation.ledger.blocks import BLOCK, fetch_one_by_one
from foundation.ledger.recording import acting_system, record

EVENTS = 1_000_000
ROUNDS = 5
POSTS = 200
SCHEMA = "portal_bench"
TABLES = ("ledger_event", "ledger_seal", "ledger_sealerstate", "ledger_verification")


def p15_record() -> Measurement:
    """A form post that records an event, against the same post without it: the two in turns, each timed by itself."""
    with scratch_tables(), override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        client = Client()
        times: dict[str, list[float]] = {"/with/": [], "/without/": []}
        for _ in range(ROUNDS * POSTS):
            for address, taken in times.items():
                taken.append(_seconds(partial(_post, client, address)))
    return Measurement("P15 record", median(times["/with/"]), median(times["/without/"]), 1.15)


def p16_seal(events: int = EVENTS) -> Measurement:
    """Sealing so many events, against the time it may take at 5,000 a second."""
    with scratch_tables():
        _write(events)
        taken = _seconds(sealing.seal)
    return Measurement("P16 seal", taken, events / 5_000, 1.0)


def p16_verify(events: int = EVENTS) -> Measurement:
    """Verifying so many events, against hashing the same chain from memory in one Python loop."""
    with scratch_tables():
        _write(events)
        sealing.seal()
        _analyse()
        ours = [_seconds(_verify) for _ in range(ROUNDS)]
        rows = _some_rows()
        yardstick = [_seconds(lambda: _hash(rows, events)) for _ in range(ROUNDS)]
    return Measurement("P16 verify", median(ours), median(yardstick), 3.0)


def _verify() -> None:
    assert verification.verify().findings == []


def _hash(rows: list[bytes], events: int) -> None:
    before = bytes(32)
    for _ in range(events // len(rows)):
        for row in rows:
            before = sha256(before + sha256(row).digest()).digest()


def _some_rows() -> list[bytes]:
    with acting_system("verify"):
        return [row.canonical or b"" for row in fetch_one_by_one(1, BLOCK)]


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _write(events: int) -> None:
    """Events like those of an answered requirement, inserted by the app in statements of 20,000."""
    for start in range(0, events, 20_000):
        with person_context(user_id=None, organisation_id=1), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_event (organisation_id, actor_user_id, actor_membership_id, system_purpose, verb,"
                " target_type, target_id, target_reference, facts, at, request_id)"
                " SELECT 1, n %% 300, n %% 300, '', 'compliance.answered', 'compliance.answer', n %% 400, 'K7M2-Q9XD',"
                ' \'{"after":"met","before":"not_met","requirement":"HE-12","version":\' || n || \'}\','
                " now() - make_interval(secs => n), md5(n::text) FROM generate_series(%s, %s) AS n",
                [start + 1, min(start + 20_000, events)],
            )


def _analyse() -> None:
    with connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {SCHEMA}.{table}")


@contextmanager
def scratch_tables() -> Iterator[None]:
    """Empty tables with the ledger's columns, indexes and policies, put in front of the real ones."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO portal_app, portal_system")
        cursor.execute(
            f"CREATE TABLE {SCHEMA}.answer"  # noqa: S608 -- our own text
            " (id bigint PRIMARY KEY, status text, comment text, review_on date, version int);"
            f" INSERT INTO {SCHEMA}.answer VALUES (1, '', '', now(), 1);"
            f" CREATE SEQUENCE {SCHEMA}.answer_revision_id;"
            f" CREATE TABLE {SCHEMA}.answer_revision (number bigint PRIMARY KEY, LIKE {SCHEMA}.answer);"
            f" CREATE INDEX ON {SCHEMA}.answer_revision (id, number);"
            f" GRANT ALL ON ALL TABLES IN SCHEMA {SCHEMA} TO portal_app;"
            f" GRANT ALL ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO portal_app"
        )
        for table in TABLES:
            cursor.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(f"ALTER TABLE {SCHEMA}.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON {SCHEMA}.{table} TO portal_app, portal_system")
            cursor.execute(
                "SELECT policyname, cmd, array_to_string(roles, ', '), qual, with_check FROM pg_policies"
                " WHERE schemaname = 'public' AND tablename = %s",
                [table],
            )
            for name, command, roles, qual, check in cursor.fetchall():
                clauses = (f" USING ({qual})" if qual else "") + (f" WITH CHECK ({check})" if check else "")
                cursor.execute(f"CREATE POLICY {name} ON {SCHEMA}.{table} FOR {command} TO {roles}{clauses}")
    with tempfile.TemporaryDirectory() as folder, override_settings(CHECKPOINT_DIR=Path(folder)):
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {SCHEMA}, public")
        try:
            yield
        finally:
            connection.close()
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


# ---- The form post of P15: validates, locks, writes and redirects, with or without an event
class _AnswerForm(forms.Form):
    status = forms.ChoiceField(choices=[("met", "Met"), ("not_met", "Not met")])
    comment = forms.CharField(max_length=2000)
    review_on = forms.DateField()


def _answer(request: HttpRequest, *, recorded: bool) -> HttpResponse:
    form = _AnswerForm(request.POST)
    assert form.is_valid()
    with person_context(user_id=None, organisation_id=1), connection.cursor() as cursor:
        cursor.execute("SELECT id, version FROM answer WHERE id = 1 FOR UPDATE")
        cursor.execute(
            "UPDATE answer SET status = %(status)s, comment = %(comment)s, review_on = %(review_on)s,"
            " version = version + 1 WHERE id = 1",
            form.cleaned_data,
        )
        cursor.execute(
            "INSERT INTO answer_revision SELECT nextval('answer_revision_id'), answer.* FROM answer WHERE id = 1"
        )
        if recorded:
            record(
                "compliance.answered", actor=None, organisation_id=1, at=timezone.now(), after="met", requirement="HE-1"
            )
    return HttpResponseRedirect("/")


@public("benchmark")
def _with(request: HttpRequest) -> HttpResponse:
    return _answer(request, recorded=True)


@public("benchmark")
def _without(request: HttpRequest) -> HttpResponse:
    return _answer(request, recorded=False)


urlpatterns = [path("with/", _with), path("without/", _without)]


def _post(client: Client, address: str) -> None:
    response = client.post(address, {"status": "met", "comment": "As seen in March.", "review_on": "2027-03-04"})
    assert response.status_code == 302
