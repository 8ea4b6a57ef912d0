"""The evidence behind the answers: added, linked, renewed, withdrawn."""

import io
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import slugify

from compliance import actions as compliance
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.evidence import actions
from foundation.evidence.models import EvidenceItem, Kind
from foundation.files.examination import EVERYTHING, Examined, examine
from home.severnshire.answers import Book, answerer
from home.severnshire.dice import dice, profiles
from home.severnshire.documents import MAKERS
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry, read

DISTRICTS_KEEP = 0.85


@dataclass(frozen=True, kw_only=True)
class Item:
    """One piece of evidence as written down; see evidence/county.yaml."""

    title: str
    codes: list[str]
    added: float
    kind: str = Kind.FILE
    file: str = ""
    valid: float | None = None
    renewed: float | None = None
    marking: str = Marking.OFFICIAL
    note: str = ""
    link: str = ""
    says: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    withdrawn: float | None = None
    why: str = ""


def items(entry: OrganisationEntry) -> list[Item]:
    """What an organisation keeps."""
    if entry.key == COUNTY:
        return [_item(row) for row in read("evidence/county.yaml")]
    others = read("evidence/other.yaml")
    if entry.key in others:
        return [_item(row) for row in others[entry.key]]
    if entry.sectors == ["LA"] and entry.key in profiles():
        return list(_of_district(entry))
    return []


def deeds(cast: Cast, book: Book, entry: OrganisationEntry, beside: Executor) -> Iterator[Deed]:
    """Everything that was done with the organisation's evidence. Its files are made and examined ``beside``."""
    for item in items(entry):
        yield from _deeds_of(cast, book, entry, item, beside)


def _deeds_of(cast: Cast, book: Book, entry: OrganisationEntry, item: Item, beside: Executor) -> Iterator[Deed]:
    moments = cast.moments
    made: list[EvidenceItem] = []
    editions = range(1 if item.renewed is None else 2) if item.kind == Kind.FILE else ()
    uploads = [beside.submit(_upload, entry, item, edition + 1) for edition in editions]

    def doing(months_ago: float) -> tuple[datetime, str]:
        at = moments.at_work(months_ago, f"{entry.key}/{item.title}/{months_ago}")
        return at, f"{entry.key}/{answerer(entry, months_ago).key}"

    def described(months_ago: float) -> actions.Description:
        return actions.Description(
            title=item.title,
            effective_from=moments.day(months_ago),
            expires_on=None if item.valid is None else moments.day(months_ago - item.valid),
            marking=item.marking,
            note=item.note,
            link=item.link,
            owner_id=cast.members[doing(months_ago)[1]].pk,
        )

    def add(by: Acting, now: datetime) -> None:
        upload = uploads[0].result() if uploads else None
        made.append(actions.add(kind=item.kind, description=described(item.added), upload=upload, by=by, now=now))
        for code in item.codes:
            if code in book.answered[entry.key]:
                compliance.link_evidence(
                    requirement_id=book.numbers[code],
                    evidence_id=made[0].pk,
                    by=by,
                    now=min(now + timedelta(minutes=5), moments.now),
                )

    def renew(by: Acting, now: datetime) -> None:
        assert item.renewed is not None
        made[0] = actions.revise(
            evidence_id=made[0].pk,
            version=made[0].version,
            description=described(item.renewed),
            upload=uploads[1].result() if uploads else None,
            by=by,
            now=now,
        )

    def withdraw(by: Acting, now: datetime) -> None:
        made[0] = actions.withdraw(evidence_id=made[0].pk, version=made[0].version, reason=item.why, by=by, now=now)

    yield Deed(*doing(item.added), add)
    if item.renewed is not None:
        yield Deed(*doing(item.renewed), renew)
    if item.withdrawn is not None:
        yield Deed(*doing(item.withdrawn), withdraw)


def _upload(entry: OrganisationEntry, item: Item, edition: int) -> Examined:
    """The file as somebody would upload it, looked at by the same examination as any other."""
    text = item.rows if item.rows else [*item.says, f"Edition {edition}."]
    content = MAKERS[item.file](item.title, entry.name, text)
    return examine(io.BytesIO(content), f"{slugify(item.title)}.{item.file}", EVERYTHING)


def _item(row: dict[str, Any]) -> Item:
    row = dict(row)
    return Item(codes=row.pop("for"), **row)


def _of_district(entry: OrganisationEntry) -> Iterator[Item]:
    """What districts share. In each some of it is missing; nothing is older than its first answers."""
    profile = profiles()[entry.key]
    for row in read("evidence/district.yaml"):
        throw = dice(entry.slug, row["title"])
        if throw.random() > DISTRICTS_KEEP:
            continue
        added = min(max(row["added"] + throw.uniform(-1, 1.5), profile.last), profile.first - 0.5)
        yield _item({**row, "added": round(added, 2)})
