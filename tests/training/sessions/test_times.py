"""Times are typed as the clock in London shows them and kept as moments; and the file for people's own calendars."""

from datetime import UTC, date, datetime, time

import pytest

from foundation.core.exceptions import RuleBroken
from tests.conftest import NOW
from training import session_times
from training.models import TaughtSession


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (date(2026, 11, 24), time(9, 30), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)),
        (date(2026, 7, 1), time(9, 30), datetime(2026, 7, 1, 8, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of the two
        (date(2026, 10, 25), time(2, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_what_the_clock_shows_is_a_moment(day, at, moment):
    assert session_times.moment(day, at) == moment


def test_an_hour_that_the_clock_leaves_out_is_refused():
    with pytest.raises(RuleBroken, match="clocks go forward"):
        session_times.moment(date(2027, 3, 28), time(1, 30))


def session(**changes):
    said = {
        "reference": "K7Q2-M9XD", "title": "Prevent, in an hour; really", "venue": "Room 4\nCounty Hall",
        "starts_at": datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "ends_at": datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
        "online_link": "https://meet.example.org/a", "notes": "X" * 100, "status": "planned", "version": 3,
    }  # fmt: skip
    return TaughtSession(**said | changes)


def test_the_calendar_file_has_times_in_utc_and_text_that_means_nothing_else():
    content = session_times.calendar_entry(session(), now=NOW, with_link=False)

    unfolded = content.decode().replace("\r\n ", "").split("\r\n")
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert "DTSTART:20261025T003000Z" in unfolded
    assert "DTEND:20261025T023000Z" in unfolded
    assert "DTSTAMP:20261123T100000Z" in unfolded
    assert "SUMMARY:Prevent\\, in an hour\\; really" in unfolded
    assert "LOCATION:Room 4\\nCounty Hall" in unfolded
    assert [line[:20] for line in unfolded if line.startswith("UID:")] == ["UID:K7Q2-M9XD@localh"]
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"meet.example.org" not in content


def test_whoever_has_a_place_has_the_link_in_it():
    content = session_times.calendar_entry(session(), now=NOW, with_link=True)

    assert "https://meet.example.org/a" in content.decode().replace("\r\n ", "")


def test_a_cancelled_session_says_so_in_the_calendar():
    assert b"STATUS:CANCELLED" in session_times.calendar_entry(session(status="cancelled"), now=NOW, with_link=False)
