"""When a session ends, and what it must carry to go on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from foundation.accounts.models import User

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)

BEGAN_AT = "began_at"  # when the person signed in (seconds since the epoch)
SEEN_AT = "seen_at"  # when they last did something
VALID_AT = "valid_at"  # compared with User.sessions_valid_from; moves on when the person keeps this session

View = TypeVar("View", bound=Callable[..., object])


class Ended(StrEnum):
    """Why a session is over. The values stand in the ledger and in addresses."""

    IDLE = "idle"
    ABSOLUTE = "absolute"
    ELSEWHERE = "elsewhere"


def begin(request: HttpRequest, user: User, now: datetime) -> None:
    """Start the clocks of a new session and list it among the person's sessions."""
    session = request.session
    session[BEGAN_AT] = session[SEEN_AT] = now.timestamp()
    session[VALID_AT] = max(now, user.sessions_valid_from).timestamp()
    UserSession.objects.create_from_request(request)


def why_ended(session: SessionBase, user: User, now: datetime) -> Ended | None:
    """Why the session must end now, or None. One that does not carry its times has ended."""
    if session.get(VALID_AT, 0) < user.sessions_valid_from.timestamp():
        return Ended.ELSEWHERE
    if now - _moment(session, BEGAN_AT) >= ABSOLUTE:
        return Ended.ABSOLUTE
    if now - _moment(session, SEEN_AT) >= IDLE:
        return Ended.IDLE
    return None


def saw(session: SessionBase, now: datetime) -> None:
    """The person did something: the idle time starts again. Written at most once a minute."""
    if now - _moment(session, SEEN_AT) >= SEEN_EVERY:
        session[SEEN_AT] = now.timestamp()
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)


def renew_id(request: HttpRequest) -> None:
    """Give the session a new id, because the person proved more than before."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def keep(session: SessionBase, user: User, now: datetime) -> None:
    """Let this one session outlive the end of the person's others."""
    session[VALID_AT] = max(now, user.sessions_valid_from).timestamp()


def open_sessions(user: User, now: datetime) -> list[UserSession]:
    """The person's sessions that are still open, newest first. Reads only."""
    listed = list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk"))
    alive = set(
        Session.objects.filter(
            session_key__in=[one.session_key for one in listed], expire_date__gt=now
        ).values_list("session_key", flat=True)
    )  # fmt: skip
    return [one for one in listed if one.session_key in alive and now - one.last_seen_at < IDLE]


def background(view: View) -> View:
    """Mark a view that pages call by themselves: it does not keep a session alive."""
    view.keeps_session_alive = False  # type: ignore[attr-defined]
    return view


def forget_ended(now: datetime | None = None) -> None:
    """Delete sessions that are past, and their place in people's lists."""
    Session.objects.filter(expire_date__lt=now or timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _moment(session: SessionBase, name: str) -> datetime:
    return datetime.fromtimestamp(session.get(name, 0), UTC)
