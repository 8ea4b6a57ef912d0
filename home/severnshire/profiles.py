"""The local profile's register: two editions at the county, one at a district, and what they answered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from foundation.core.acting import Acting
from foundation.core.markings import Marking
from home.severnshire.answers import answerer
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import OrganisationEntry
from risk import actions
from risk.actions.profiles import Edition, Reassess
from risk.models import CtlpEdition, CtlpRecommendation, Risk

ORIGINATOR = "Severnshire Constabulary"
Do = Callable[[Acting, datetime], None]


@dataclass(frozen=True)
class Advice:
    """A recommendation, how many months ago it was answered, and what came of it."""

    code: str
    text: str
    to: str
    answered: float | None = None
    response: str = "accepted"
    reason: str = ""
    sent: float | None = None
    done: float | None = None
    risks: tuple[str, ...] = ()
    linked: float | None = None


@dataclass(frozen=True)
class Issue:
    """An edition by the month it was issued, who was briefed and what it recommends."""

    months_ago: float
    held_at: str
    briefed: tuple[tuple[str, float], ...]
    advice: tuple[Advice, ...]
    note: str = ""


COUNTY_ADVICE_OF_LAST_YEAR = (
    Advice(
        "Rec 1", "Brief staff of libraries and family hubs on what to notice and whom to tell.", "County council",
        answered=16.1, sent=15.8, done=11.0, risks=("R4",), linked=12.4,
    ),
    Advice(
        "Rec 2", "Agree with the districts who checks bookings of halls that are not run by councils.",
        "County and district councils", answered=16.0, response="partly",
        reason="Parish halls are their own. We offer them the checklist and train those who ask.", sent=15.8,
        risks=("R5",), linked=12.4,
    ),
    Advice(
        "Rec 3", "Give every school a sheet on a single online platform.", "County council", answered=15.9,
        response="not_accepted", reason="Platforms change within weeks. Schools get a termly bulletin instead.",
        sent=15.8,
    ),
)  # fmt: skip
COUNTY_ADVICE = (
    Advice(
        "Rec 1", "Offer parents evenings on life online, with the districts.", "County and district councils",
        answered=4.6, sent=4.4, risks=("R1",), linked=4.3,
    ),
    Advice(
        "Rec 2", "Make sure that services which meet young people out of school know the pathway.", "County council",
        answered=4.5, response="partly", reason="Commissioned services this year, others when contracts are renewed.",
        risks=("R6", "R7"), linked=4.3,
    ),
    Advice("Rec 3", "Test the pathway for referrals out of hours.", "County council and police"),
)  # fmt: skip
WHO = {
    "county": (
        Issue(
            17.4, "Safe of the community safety team, keeper: Prevent co-ordinator",
            (("Chief executive", 17.0), ("Chair of the community safety partnership", 16.8)),
            COUNTY_ADVICE_OF_LAST_YEAR,
        ),
        Issue(
            5.4, "Safe of the community safety team, keeper: Prevent co-ordinator",
            (("Chief executive", 5.1), ("Chair of the community safety partnership", 5.0), ("Head of libraries", 4.8)),
            COUNTY_ADVICE, note="Ask the keeper for an appointment to read it. No copies, no photographs.",
        ),
    ),
    "hartsmoor": (
        Issue(
            5.2, "Read at the county council by appointment", (("Leader of the council", 4.9),),
            (Advice("Rec 1", "Hold parents evenings on life online.", "District councils", answered=4.3),),
        ),
    ),
}  # fmt: skip


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """Everything that the organisation's lead recorded, in the months in which they would have."""
    for issue in WHO.get(entry.key, ()):
        made: dict[str, CtlpEdition] = {}
        key = f"{entry.key}/profile/{issue.months_ago}"

        def deed(months_ago: float, what: str, do: Do, key: str = key) -> Deed:
            at = cast.moments.at_work(months_ago, f"{key}/{what}")
            return Deed(at, f"{entry.key}/{answerer(entry, months_ago).key}", do)

        yield deed(issue.months_ago - 0.15, "edition", _edition(cast, issue, made))
        for who, months_ago in issue.briefed:
            yield deed(months_ago, who, _briefing(who, made))
        for advice in issue.advice:
            rows: dict[str, CtlpRecommendation] = {}
            yield deed(issue.months_ago - 0.5, advice.code, _recommendation(advice, made, rows))
            for months_ago, what, do in _answers(advice, rows):
                yield deed(months_ago, f"{advice.code}/{what}", do)


def _edition(cast: Cast, issue: Issue, made: dict[str, CtlpEdition]) -> Do:
    issued_on = cast.moments.day(issue.months_ago)
    described = Edition(
        title=f"Counter Terrorism Local Profile {issued_on.year}",
        originator=ORIGINATOR,
        period_from=issued_on - timedelta(days=400),
        period_to=issued_on - timedelta(days=36),
        issued_on=issued_on,
        marking=Marking.OFFICIAL_SENSITIVE,
        held_at=issue.held_at,
        note=issue.note,
    )

    def add(by: Acting, now: datetime) -> None:
        due_on = timezone.localdate(now) + timedelta(days=42)
        made["edition"] = actions.add_edition(
            edition=described, reassess=Reassess.LINKED, due_on=due_on, by=by, now=now
        ).edition

    return add


def _briefing(who: str, made: dict[str, CtlpEdition]) -> Do:
    def add(by: Acting, now: datetime) -> None:
        actions.add_briefing(
            edition_id=made["edition"].pk,
            membership_id=None,
            other=who,
            briefed_on=timezone.localdate(now),
            briefed_by="Force Prevent lead",
            by=by,
            now=now,
        )

    return add


def _recommendation(advice: Advice, made: dict[str, CtlpEdition], rows: dict[str, CtlpRecommendation]) -> Do:
    def add(by: Acting, now: datetime) -> None:
        rows["row"] = actions.add_recommendation(
            edition_id=made["edition"].pk,
            code=advice.code,
            text=advice.text,
            may_be_recorded=True,
            recommended_to=advice.to,
            by=by,
            now=now,
        )

    return add


def _answers(advice: Advice, rows: dict[str, CtlpRecommendation]) -> Iterator[tuple[float, str, Do]]:
    def of_row(by: Acting, now: datetime) -> dict:
        return {"recommendation_id": rows["row"].pk, "version": rows["row"].version, "by": by, "now": now}

    def answer(by: Acting, now: datetime) -> None:
        rows["row"] = actions.answer_recommendation(response=advice.response, reason=advice.reason, **of_row(by, now))

    def send(by: Acting, now: datetime) -> None:
        rows["row"] = actions.record_sent(sent_on=timezone.localdate(now), **of_row(by, now))

    def finish(by: Acting, now: datetime) -> None:
        rows["row"] = actions.finish_recommendation(**of_row(by, now))

    def link(by: Acting, now: datetime) -> None:
        risks = Risk.objects.visible_to(by).filter(code__in=advice.risks)
        risk_ids = list(risks.order_by("pk").values_list("pk", flat=True))
        rows["row"] = actions.link_risks(risk_ids=risk_ids, **of_row(by, now))

    if advice.answered is not None:
        yield advice.answered, "answered", answer
    if advice.linked is not None:
        yield advice.linked, "linked", link
    if advice.sent is not None:
        yield advice.sent, "sent", send
    if advice.done is not None:
        yield advice.done, "done", finish
