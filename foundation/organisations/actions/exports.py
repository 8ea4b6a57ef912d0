"""A list of people taken out: asked for with a purpose, made by a job, open to the person who asked for 24 hours."""

import io
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.lists import Column
from foundation.core.markings import Marking
from foundation.core.permissions import allowed
from foundation.documents import csv_export, xlsx
from foundation.documents.layout import DocumentContext
from foundation.files import actions as stored_files
from foundation.files.examination import FileType
from foundation.files.models import StoredFile
from foundation.organisations import listing, permissions, queries
from foundation.organisations.models import PeopleExport

EXPORT_PURPOSE = "organisations.people_export"
MOST_PEOPLE = 100_000


@transaction.atomic
def request_people_export(
    *, purpose: str, format: str, filters: Mapping[str, str], search: str, by: Acting, now: datetime
) -> PeopleExport:
    """Ask for exactly the people that the list shows with these filters, this order and this search."""
    permissions.check_can_export_people(by)
    export = PeopleExport.objects.create(
        organisation_id=by.organisation_id,
        purpose=purpose,
        format=PeopleExport.Format(format),
        filters=listing.known_filters(filters),
        search=search[:200],
        asked_at=now,
        asked_by_id=by.membership_id,
    )
    export.job = jobs.queue("organisations.export_people", by=by, now=now, export_id=export.pk)
    export.save(update_fields=["job"])
    ledger.record(
        "people_export.requested",
        actor=by,
        target=export,
        at=now,
        format=str(export.format),
        filters=export.filters,
        searched=bool(search),
    )
    return export


@transaction.atomic
def make_people_export(*, export_id: int, by: Acting, now: datetime) -> PeopleExport:
    """Make the file, once: as the person who asked, with the rights they have now."""
    export = PeopleExport.objects.visible_to(by).select_for_update(no_key=True).get(pk=export_id)
    permissions.check_can_open_export(by, export)
    if export.made_at is not None:
        return export
    rows = listing.narrowed(by, queries.people_for_list(by, now), export.filters, export.search)
    count = rows.order_by().count()
    if count > MOST_PEOPLE:
        raise RuleBroken(_("More than 100,000 people: filter the list and export it in parts."))
    columns = (*listing.COLUMNS, *listing.EXPORT_ONLY)
    headers = [*(str(column.label) for column in columns), _("Export")]
    cells = ([*(column.value(person) for column in columns), export.reference] for person in rows.iterator(2_000))
    content = _csv(headers, cells) if export.format == "csv" else _xlsx(columns, headers, cells, export, by, now)
    export.stored_file = stored_files.keep_made(
        content=content,
        file_type=FileType(export.format),
        name=f"people-{export.reference}.{export.format}",
        purpose=EXPORT_PURPOSE,
        by=by,
        now=now,
    )
    export.made_at, export.people = now, count
    export.save(update_fields=["stored_file", "made_at", "people"])
    ledger.record("people_export.made", actor=by, target=export, at=now, people=count)
    return export


@transaction.atomic
def open_people_export(*, export_id: int, by: Acting, now: datetime) -> StoredFile:
    """Let the person who asked have the file; every time is in the ledger. Raises RuleBroken after 24 hours."""
    export = PeopleExport.objects.visible_to(by).get(pk=export_id)
    permissions.check_can_open_export(by, export)
    if not export.is_open(now) or export.stored_file_id is None:
        raise RuleBroken(_("This export is no longer open. Ask for it again."))
    ledger.record("people_export.opened", actor=by, target=export, at=now, people=export.people)
    return stored_files.open_file(stored_file_id=export.stored_file_id, by=by, now=now)


def may_open_export_file(by: Acting, stored_file: StoredFile) -> bool:
    """For the files room: whether this person asked for the export that this file belongs to, and it is still open."""
    export = PeopleExport.objects.visible_to(by).filter(stored_file=stored_file, asked_by_id=by.membership_id).first()
    return (
        export is not None
        and export.is_open(by.at)
        and allowed(permissions.check_can_open_export, by, export)
        and by.recently_strong(by.at)
    )


def _csv(headers: list[str], rows: object) -> bytes:
    return b"".join(csv_export.stream(headers, rows))  # type: ignore[arg-type]


def _xlsx(
    columns: tuple[Column, ...], headers: list[str], rows: object, export: PeopleExport, by: Acting, now: datetime
) -> bytes:
    target = io.BytesIO()
    kinds = {"starts_on": xlsx.Kind.DATE, "ends_on": xlsx.Kind.DATE}
    described = [xlsx.Column(str(column.label), kinds.get(column.key, xlsx.Kind.TEXT)) for column in columns]
    document = DocumentContext(
        title=_("People"),
        organisation=by.organisation.name,
        marking=str(Marking.OFFICIAL_SENSITIVE.label),
        report_id=export.reference,
        as_at=now,
        generated_at=now,
        version="1",
    )
    filters = _("Exported by %(name)s for: %(purpose)s") % {"name": by.membership.name, "purpose": export.purpose}
    xlsx.write(target, document=document, columns=[*described, xlsx.Column(headers[-1])], rows=rows, filters=filters)  # type: ignore[arg-type]
    return target.getvalue()
