from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.jobs.arguments import from_json, to_json

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.dates(), st.sampled_from(["K7M2-Q9XD", "part_2.a", "LA"])
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["report_id", "theme", "as_at", "whole"]), scalars | st.lists(scalars, max_size=5))
)
def test_what_is_stored_comes_back_as_it_was_given(ids: dict[str, Any]) -> None:
    assert from_json(to_json(ids)) == ids


@pytest.mark.parametrize(
    "value",
    [
        "Anna Example",
        "anna@example.org",
        "She was seen with\nsomebody",
        "",
        "x" * 65,
        "=cmd",
        1.5,
        b"bytes",
        {"a": 1},
        object(),
        datetime(2026, 11, 23, tzinfo=UTC),
        ["Anna Example"],
        list(range(501)),
    ],
)
def test_text_and_objects_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="thing"):
        to_json({"thing": value})


def test_a_date_is_still_a_date_in_a_list() -> None:
    assert from_json(to_json({"days": [date(2026, 3, 4)]})) == {"days": [date(2026, 3, 4)]}
