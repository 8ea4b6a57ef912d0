"""Reads of records from elsewhere: what waits, files of them, and partners' numbers."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from foundation.core.acting import Acting
from foundation.core.permissions import allowed
from foundation.core.prepared import Prepared, stand_in
from foundation.files.models import StoredFile
from foundation.organisations.models import Membership
from training import permissions
from training.models import Came, Completion, CompletionImport, CompletionImportRow, PartnerReturn, Requirement
from training.models.completions import StaffQuerySet
from training.workflow import RecordStatus

LATEST = 10


def records_of_others(acting: Acting) -> StaffQuerySet:
    """Records from outside of people whom this person may decide about: never their own."""
    rows = Completion.objects.visible_to(acting).exclude(came=Came.PORTAL).exclude(membership_id=acting.membership_id)
    if not acting.may("training.manage"):
        rows = rows.filter(membership__line_manager_id=acting.membership_id)
    return rows.select_related("membership")


def waiting_for(acting: Acting) -> StaffQuerySet:
    """What waits for this person to look at it."""
    return records_of_others(acting).filter(status=RecordStatus.WAITING)


def leads_people(acting: Acting) -> bool:
    """Whether somebody has this person as their line manager."""
    return bool(_LED.rows(acting.organisation_id, acting.membership_id))


_LED = Prepared(
    lambda organisation_id, member: (
        Membership.objects.visible_to(stand_in(organisation_id=organisation_id))
        .filter(line_manager_id=member)
        .order_by()
        .values_list("pk")[:1]
    ),
    int,
    int,
)


def get_record_or_404(acting: Acting, reference: str) -> Completion:
    """A record from outside, with all that its page shows."""
    rows = Completion.objects.visible_to(acting).exclude(came=Came.PORTAL)
    named = ("membership", "course", "proof", "recorded_by", "decided_by", "brought_by")
    return get_object_or_404(rows.select_related(*named), reference=reference)


def may_open_proof(acting: Acting, stored_file: StoredFile) -> bool:
    """Whether a file is a certificate that this person may open."""
    rows = Completion.objects.visible_to(acting).filter(proof=stored_file).select_related("membership")
    found = rows.first()
    return found is not None and allowed(permissions.check_can_open_proof, acting, found)


def get_import_or_404(acting: Acting, reference: str) -> CompletionImport:
    named = ("stored_file", "uploaded_by", "applied_by", "withdrawn_by", "job", "course")
    return get_object_or_404(CompletionImport.objects.visible_to(acting).select_related(*named), reference=reference)


def latest_imports(acting: Acting) -> list[CompletionImport]:
    """The last ten files of training, newest first."""
    return list(CompletionImport.objects.visible_to(acting).select_related("uploaded_by")[:LATEST])


def refused_rows(acting: Acting, row: CompletionImport) -> QuerySet[CompletionImportRow]:
    """Rows of a checked file that cannot be recorded, in the order of the file."""
    return CompletionImportRow.objects.visible_to(acting).filter(completion_import=row).refused()


def returns(acting: Acting) -> QuerySet[PartnerReturn]:
    """The numbers of partners that stand, for who sees everybody's training."""
    rows = PartnerReturn.objects.visible_to(acting).standing()
    return rows.select_related("requirement", "recorded_by") if acting.may("training.view") else rows.none()


def get_return_or_404(acting: Acting, reference: str) -> PartnerReturn:
    named = ("requirement", "recorded_by", "partner", "replaced_by")
    return get_object_or_404(PartnerReturn.objects.visible_to(acting).select_related(*named), reference=reference)


def earlier_returns(acting: Acting, row: PartnerReturn) -> list[PartnerReturn]:
    """What a partner's numbers were before they were corrected, the latest first."""
    found: list[PartnerReturn] = []
    before = row.replaces_id
    while before is not None and len(found) < 50:
        row = PartnerReturn.objects.visible_to(acting).select_related("recorded_by").get(pk=before)
        found.append(row)
        before = row.replaces_id
    return found


def requirement_choices(acting: Acting, including: int | None = None) -> list[tuple[int, str]]:
    """The requirements in force, and one that was named before."""
    rows = Requirement.objects.visible_to(acting).filter(withdrawn_at__isnull=True)
    found = list(rows.values_list("pk", "title"))
    if including is not None and including not in dict(found):
        found += Requirement.objects.visible_to(acting).filter(pk=including).values_list("pk", "title")
    return found
