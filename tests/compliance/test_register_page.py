import pytest

from compliance import actions, queries
from compliance.register_page import RegisterExport
from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories.evidence import note


@pytest.mark.parametrize("with_evidence", [True, False])
def test_a_file_of_the_register_lists_the_evidence_only_where_asked(lead, requirement, with_evidence):
    item = note(lead, "Minutes of the board")
    with acting_as(lead):
        actions.link_evidence(requirement_id=requirement("LA-05").pk, evidence_id=item.pk, by=lead, now=NOW)
        line = queries.register(lead, NOW.date()).line("LA-05")

    export = RegisterExport([line], with_evidence=with_evidence)

    headers, (row,) = export.headers(), export.rows()
    assert len(headers) == len(row) == (18 if with_evidence else 17)
    assert dict(zip(headers, row, strict=True)).get("Evidence") == (
        f"{item.reference} Minutes of the board" if with_evidence else None
    )
