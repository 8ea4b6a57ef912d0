"""P17: what row-level security costs on a table of 1,000,000 rows."""

from collections.abc import Callable, Iterator

from django.db import connection, connections

from foundation.core.acting import acting_as
from foundation.core.benchmarks import Measurement
from foundation.evidence import listing
from foundation.evidence.models import EvidenceItem
from prevent_portal.benchmarks.ground import Place, in_turns

ROWS = 1_000_000
ORGANISATIONS = 50
ROUNDS = 101
MODEL_TABLE, TABLE = "evidence_evidenceitem", "bench_policy"

FILL = f"""
INSERT INTO {TABLE} (organisation_id, reference, title, kind, effective_from, expires_on, marking, note, link,
    withdrawn_reason, version, created_at, created_by_id, updated_at, owner_id)
SELECT CASE n %% {ORGANISATIONS} WHEN 0 THEN %(organisation)s ELSE 1000 + n %% {ORGANISATIONS} END,
    lpad(to_hex(n), 9, '0'), 'Evidence ' || md5(n::text), 'note', DATE '2026-01-01' + (n %% 300),
    DATE '2027-01-01' + (n %% 700), 'official', 'Seen and filed.', '', '', 1, now(), %(membership)s,
    now(), %(membership)s
  FROM generate_series(1, {ROWS}) n
"""  # noqa: S608 -- our own text


def measure(large: Place) -> Iterator[Measurement]:
    """The list query as the app role under its policies, against the same as the backup role, which none binds."""
    _fill(large)
    acting = large.acting
    rows = listing.rows_for_list(EvidenceItem.objects.visible_to(acting))
    queries = {
        "first page": rows[:51],
        "counted to 10,000": rows.order_by().values("pk")[:10_001],
        "searched": rows.filter(title__icontains="abc")[:51],
    }
    with acting_as(acting):
        for name, query in queries.items():
            sql, values = query.query.sql_with_params()
            sql = sql.replace(f'"{MODEL_TABLE}"', f'"{TABLE}"')
            ours, yardstick = in_turns(_ask("default", sql, values), _ask("backup", sql, values), rounds=ROUNDS)
            yield Measurement(f"P17 under policies: {name}", ours, yardstick, 1.3)
        yield _policy_alone(acting.organisation_id)


def _policy_alone(organisation: int) -> Measurement:
    """Where a query forgets its filter, the policy finds the rows by the same index."""
    columns = "id, title, reference, kind, effective_from, expires_on, owner_id"
    everything = f"SELECT {columns} FROM {TABLE} ORDER BY title, id LIMIT 51"  # noqa: S608 -- our own text
    filtered = everything.replace(" ORDER", " WHERE organisation_id = %s ORDER")
    ours, yardstick = in_turns(
        _ask("default", everything, ()), _ask("backup", filtered, (organisation,)), rounds=ROUNDS
    )
    return Measurement("P17 the policy as the only filter", ours, yardstick, 1.3)


def _ask(alias: str, sql: str, values: tuple) -> Callable[[], None]:
    def ask() -> None:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, values)
            assert cursor.fetchall()

    return ask


def _fill(large: Place) -> None:
    """A table with the columns, indexes and policies of evidence; foreign keys would slow only the fill."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (LIKE {MODEL_TABLE} INCLUDING ALL)")
        cursor.execute(FILL, {"organisation": large.acting.organisation_id, "membership": large.acting.membership_id})
        cursor.execute(f"VACUUM ANALYZE {TABLE}")
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        cursor.execute(f"GRANT SELECT ON {TABLE} TO portal_app, portal_backup")
        cursor.execute(
            "SELECT policyname, array_to_string(roles, ', '), qual FROM pg_policies"
            " WHERE tablename = %s AND cmd IN ('SELECT', 'ALL')",
            [MODEL_TABLE],
        )
        for name, roles, condition in cursor.fetchall():
            cursor.execute(f"CREATE POLICY {name} ON {TABLE} FOR SELECT TO {roles} USING ({condition})")
    connection.close()
