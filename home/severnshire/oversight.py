"""What others say of the answers and what is made of them: the adviser's letters, own requirements, scores, reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from compliance import actions, queries
from foundation import jobs
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from home.severnshire.answers import Book
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry, read

ADVISER = "county/adviser"
LEAD = "county/lead"
LETTERS = (17.2, 4.9)  # months ago
EARLY = 24.3
OWN = (
    {
        "code": "SCC-01",
        "theme_code": "INFO",
        "title": "Every library and family hub names a Prevent contact",
        "text": "Each library and family hub has a named member of staff who knows the pathway, with cover for leave.",
        "force": "should",
        "review_interval_months": 6,
        "added": 13.2,
    },
    {
        "code": "SCC-02",
        "theme_code": "LEAD",
        "title": "New members are briefed within three months",
        "text": "Every newly elected member is briefed on Prevent within three months of taking office.",
        "force": "good",
        "review_interval_months": 12,
        "added": 13.1,
        "withdrawn": 4.2,
    },
)
OWN_ANSWERS = (
    ("SCC-01", 12.6, "not_met", "Contacts are named in 11 of 38 sites."),
    (
        "SCC-01",
        3.4,
        "partly_met",
        "Contacts are named in 33 of 38 sites; the five new family hubs are the gap. Cover for leave is arranged in"
        " most libraries and will be asked about at the next visit.",
    ),
    ("SCC-02", 12.4, "met", "The last two members to join were briefed within six weeks."),
)


@dataclass(frozen=True)
class Reported:
    """A compliance report that somebody asked for after the end of a quarter."""

    who: str
    quarters_ago: int
    theme: str
    marking: str


REPORTS = (
    Reported("county/lead", 5, "LEAD", Marking.OFFICIAL),
    Reported("county/director", 1, "", Marking.OFFICIAL_SENSITIVE),
)


def county_deeds(cast: Cast, book: Book) -> Iterator[Deed]:
    """The adviser's ratings from two yearly letters, and what the county asks of itself."""
    for code, row in read("answers/county-benchmarks.yaml").items():
        for months_ago, letter in zip(LETTERS, row.get("letters", ()), strict=False):
            yield Deed(
                cast.moments.at_work(months_ago, f"letter/{code}"),
                ADVISER,
                _rate(book, code, letter["rating"], letter["comment"]),
            )
    for own in OWN:
        yield from _own_requirement(cast, book, dict(own))
    for code, months_ago, state, comment in OWN_ANSWERS:
        yield Deed(
            cast.moments.at_work(months_ago, f"own/{code}/{months_ago}"),
            LEAD,
            _answer_own(cast, book, code, state, comment),
        )


def score_deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """Where an organisation uses scores beside the words, it says so before its first answer."""
    if entry.scores is None:
        return
    highest = entry.scores

    def use_scores(by: Acting, now: datetime) -> None:
        actions.change_settings(
            version=1, stale_after_months=14, expiry_warning_days=60, highest_score=highest, by=by, now=now
        )

    yield Deed(cast.moments.at_work(EARLY, f"{entry.key}/scores"), f"{entry.key}/lead", use_scores)


def make_reports(cast: Cast) -> int:
    """Have the reports made, each a week after its quarter ended. Returns how many there are."""
    moments = cast.moments
    ends = queries.quarter_ends(moments.today, max(report.quarters_ago for report in REPORTS))
    for report in REPORTS:
        as_at = ends[-1 - report.quarters_ago]
        days_ago = (moments.today - as_at).days - 7
        at = moments.at_work(max(days_ago, 0) / 30.44, f"report/{report.who}/{as_at}")
        with cast.acting(report.who, at) as by:
            asked = actions.request_report(
                theme_code=report.theme, as_at=as_at, marking=report.marking, with_evidence=True, by=by, now=at
            )
            assert asked.job is not None
            done = jobs.run_here(asked.job, at=at + timedelta(minutes=1))
            if done.failure_code:
                raise RuntimeError(f"The report of {report.who} was not made: {done.failure_sentence}")
    return len(REPORTS)


def _rate(book: Book, code: str, rating: str, comment: str) -> Callable[[Acting, datetime], None]:
    def rate(by: Acting, now: datetime) -> None:
        version = book.versions.get((COUNTY, code), 0)
        actions.assure(
            requirement_id=book.numbers[code],
            version=version,
            status=rating,
            comment=comment,
            assured_on=timezone.localdate(now) - timedelta(days=6),
            by=by,
            now=now,
        )
        book.versions[COUNTY, code] = version + 1

    return rate


def _own_requirement(cast: Cast, book: Book, own: dict) -> Iterator[Deed]:
    added, withdrawn = own.pop("added"), own.pop("withdrawn", None)

    def add(by: Acting, now: datetime) -> None:
        book.numbers[own["code"]] = actions.add_requirement(**own, by=by, now=now).pk

    def withdraw(by: Acting, now: datetime) -> None:
        actions.withdraw_requirement(requirement_id=book.numbers[own["code"]], by=by, now=now)

    yield Deed(cast.moments.at_work(added, f"own/{own['code']}"), LEAD, add)
    if withdrawn is not None:
        yield Deed(cast.moments.at_work(withdrawn, f"own/{own['code']}/withdrawn"), LEAD, withdraw)


def _answer_own(cast: Cast, book: Book, code: str, state: str, comment: str) -> Callable[[Acting, datetime], None]:
    def answer(by: Acting, now: datetime) -> None:
        version = book.versions.get((COUNTY, code), 0)
        actions.answer(
            requirement_id=book.numbers[code],
            version=version,
            status=state,
            comment=comment,
            owner_id=cast.members[LEAD].pk,
            next_review_on=timezone.localdate(now) + timedelta(days=182),
            by=by,
            now=now,
        )
        book.versions[COUNTY, code] = version + 1

    return answer
