"""Who may bring a file in, where and when: jobs, races, and what was approved meanwhile."""

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, transaction

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.jobs.models import Job
from foundation.organisations.roles import Role
from risk import actions
from risk.models import RegisterImport, RegisterImportRow, Risk
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import risk as factories
from tests.risk.register_file import ONLINE, TENSION, as_csv, check, confirm, entries, run, upload


def do(by, job):
    with acting_as(by):
        return jobs.run_here(job, at=NOW)


@pytest.mark.parametrize("role", [Role.SENIOR_APPROVER, Role.BOARD_MEMBER, Role.ORGANISATION_ADMIN, Role.STAFF])
def test_only_who_writes_assessments_imports(acting_for, draft, role):
    with pytest.raises(PermissionDenied, match="Only a Prevent or safeguarding lead"):
        upload(acting_for(role), draft, as_csv([ONLINE]))


def test_another_organisation_finds_neither_the_file_nor_the_assessment(lead, draft, other_organisation):
    row = upload(lead, draft, as_csv([ONLINE]))
    other = acting_of(make_membership(other_organisation, Role.PREVENT_LEAD))

    with acting_as(other), pytest.raises(ObjectDoesNotExist):
        actions.put_aside(import_id=row.pk, by=other, now=NOW)
    with pytest.raises(ObjectDoesNotExist):
        upload(other, draft, as_csv([ONLINE]))


def test_an_assessment_in_review_takes_no_file(lead, approver, draft, entry):
    factories.send(lead, draft, approver)

    with pytest.raises(RuleBroken, match="This assessment is in review"):
        upload(lead, draft, as_csv([ONLINE]))


def test_what_was_approved_meanwhile_is_not_changed(lead, approver, draft, entry):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))
    confirm(lead, checked)
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)

    with acting_as(lead), pytest.raises(RuleBroken, match="is approved"):
        actions.import_register(import_id=checked.pk, by=lead, now=NOW)

    assert list(entries(lead, draft)) == ["R1"]


def test_a_register_that_changed_since_the_check_is_checked_again(lead, draft):
    run(lead, draft, [ONLINE])
    checked = check(lead, upload(lead, draft, as_csv([["N1", "New words", "5", "5", "", ""]])), when_there="update")
    confirm(lead, checked)
    factories.score(lead, entries(lead, draft)["N1"], residual=(5, 5))

    with acting_as(lead), pytest.raises(RuleBroken, match="changed since the file was checked"):
        actions.import_register(import_id=checked.pk, by=lead, now=NOW)

    assert entries(lead, draft)["N1"].title == "Drawn in online"


def test_the_job_takes_the_confirmation_back_where_it_cannot_finish(committed, lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))
    confirmed = confirm(lead, checked)
    factories.risk(lead, draft)
    with acting_as(lead):
        Risk.objects.visible_to(lead).update(code="N1")

    done = do(lead, confirmed.job)

    with acting_as(lead):
        assert (done.status, RegisterImport.objects.visible_to(lead).get().status) == ("failed", "checked")


def test_both_jobs_bring_a_file_in(committed, lead, draft):
    row = upload(lead, draft, as_csv([ONLINE, TENSION]))
    with acting_as(lead):
        fields = {int(at): name for at, name in row.columns.items()}
        queued = actions.choose_columns(
            import_id=row.pk, chosen=fields, theme="people", source="ctlp", when_there="stop", by=lead, now=NOW
        )

    checked = do(lead, queued.job)
    imported = do(lead, confirm(lead, row).job)

    assert (checked.status, checked.result_url_name) == ("done", "risk:register_import")
    assert (imported.status, len(entries(lead, draft))) == ("done", 2)


def test_confirmed_by_two_at_once_it_comes_in_once(committed, lead, acting_for, draft):
    colleague = acting_for(Role.PREVENT_LEAD, name="Colleague")
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))

    results = at_once(lambda: confirm(lead, checked), lambda: confirm(colleague, checked))

    refused = [each for each in results if isinstance(each, RuleBroken)]
    assert [str(each) for each in refused] == [
        "Check the file first. It may have been imported or put aside meanwhile."
    ]
    with acting_as(lead):
        assert Job.objects.filter(name="risk.import_register").count() == 1


def test_put_aside_it_leaves_nothing_and_cannot_be_confirmed(lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))

    with acting_as(lead):
        actions.put_aside(import_id=checked.pk, by=lead, now=NOW)

    with acting_as(lead):
        assert RegisterImportRow.objects.visible_to(lead).count() == 0
    with pytest.raises(RuleBroken, match="Check the file first"):
        confirm(lead, checked)


def test_the_next_upload_puts_ones_own_unfinished_file_aside_and_not_a_colleagues(lead, acting_for, draft):
    colleague = acting_for(Role.PREVENT_LEAD, name="Colleague")
    first, theirs = upload(lead, draft, as_csv([ONLINE])), upload(colleague, draft, as_csv([ONLINE]))

    upload(lead, draft, as_csv([TENSION]))

    with acting_as(lead):
        standing = dict(RegisterImport.objects.visible_to(lead).values_list("pk", "status"))
    assert (standing[first.pk], standing[theirs.pk]) == ("abandoned", "uploaded")


def test_the_database_refuses_an_import_that_goes_nowhere(lead, draft):
    row = upload(lead, draft, as_csv([ONLINE]))

    with acting_as(lead), pytest.raises(IntegrityError, match="goes_somewhere"), transaction.atomic():
        RegisterImport.objects.visible_to(lead).filter(pk=row.pk).update(assessment=None)
