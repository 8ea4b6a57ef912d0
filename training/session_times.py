"""When a session is: as the clock in London shows it, kept as a moment. And its entry for people's own calendars."""

from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core import addresses
from foundation.core.exceptions import RuleBroken
from foundation.core.templatetags import portal
from training.models import TaughtSession
from training.workflow import SessionStatus

LONGEST_LINE = 75  # RFC 5545, 3.1: bytes of a line, without its end


def moment(day: date, at: time) -> datetime:
    """The moment at which the clock shows this on a day. Where it shows it twice, the first time.

    Raises RuleBroken for an hour that the clock leaves out.
    """
    found = timezone.make_aware(datetime.combine(day, at))
    if timezone.localtime(found.astimezone(UTC)).time() != at:
        raise RuleBroken(_("The clocks go forward that night, so this time does not exist. Choose another."))
    return found.astimezone(UTC)


def clock(value: datetime) -> str:
    """A time of day as people type it: 9:30."""
    local = timezone.localtime(value)
    return f"{local.hour}:{local:%M}"


def in_words(session: TaughtSession) -> str:
    """From when until when, such as 9:30am to 11:30am."""
    begins, ends = (portal.moment(each).rpartition(", ")[2] for each in (session.starts_at, session.ends_at))
    return _("%(begins)s to %(ends)s") % {"begins": begins, "ends": ends}


def calendar_entry(session: TaughtSession, *, now: datetime, with_link: bool) -> bytes:
    """The session as an iCalendar file. ``with_link``: the reader has a place, so the online link is in it."""
    link = session.online_link if with_link else ""
    page = addresses.absolute(session.get_absolute_url())
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Prevent Portal//Training//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{session.reference}@{addresses.host()}",
        f"SEQUENCE:{session.version}",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(session.starts_at)}",
        f"DTEND:{_stamp(session.ends_at)}",
        f"SUMMARY:{_escaped(session.title)}",
        f"LOCATION:{_escaped(session.venue or link or session.where)}",
        f"DESCRIPTION:{_escaped(chr(10).join(filter(None, (session.notes, link, page))))}",
        f"URL:{page}",
        f"STATUS:{'CANCELLED' if session.status == SessionStatus.CANCELLED else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Text as a value: no sign in it means anything, and no line of it begins a property of its own."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "".join(sign for sign in text.replace("\n", "\\n") if sign.isprintable())


def _folded(line: str) -> bytes:
    """A long line over several, each but the first with a space before it; no letter is cut in two."""
    parts, room = [b""], LONGEST_LINE
    for letter in line:
        written = letter.encode()
        if len(parts[-1]) + len(written) > room:
            parts.append(b"")
            room = LONGEST_LINE - 1
        parts[-1] += written
    return b"\r\n ".join(parts)
