"""One of each thing that an address can name, as the people of an organisation make it."""

import io
from datetime import timedelta

from django.utils import timezone

from actionplans import actions as actionplans
from compliance import actions as compliance
from foundation.core.acting import Acting, acting_as
from foundation.evidence import actions as evidence
from foundation.files.examination import EVERYTHING, SPREADSHEETS, examine
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations import actions as organisations
from foundation.organisations.models import Organisation
from foundation.organisations.roles import Role
from risk import actions as risk
from tests.conftest import acting_of, make_membership
from tests.factories import actionplans as plans
from tests.factories import asked, certificates, learning, own_courses, profiles, records, requirements, sessions
from tests.factories import compliance as answers
from tests.factories import risk as risks
from tests.factories.evidence import note
from tests.factories.organisations import team
from tests.factories.partnerships import join, partnership
from tests.factories.training import make_course
from tests.factories.training import question as make_question
from training import actions as training
from training.actions import reporting as training_reports
from training.content import Page
from training.course_editing import new_name

ALL_ROLES = [role for role in Role if role != Role.INSPECTOR]
REGISTER = b"Ref,Risk\nX1,A risk\nX2,\n"
PEOPLE = b"Staff number,Name,E-mail,Start date\nX1,Somebody,somebody@example.org,05/01/2026\nX2,,nobody,never\n"


def maker_of(organisation: Organisation) -> Acting:
    """Somebody who may do everything in the organisation."""
    return acting_of(make_membership(organisation, *ALL_ROLES, name=f"Maker of {organisation.name}"))


def one_of_each(maker: Acting, code: str) -> dict[str, str]:
    """The public names of one thing of each kind. ``code`` is that of a requirement of the organisation's own.

    ``maker`` made all of them and is the one the job, the notice and the export belong to.
    """
    return {
        **_evidence(maker),
        **_duty(maker, code),
        **_local_picture(maker),
        **_people(maker),
        **_risk(maker),
        **_planned(maker),
        **_trained(maker),
        **_taught(maker, code),
        **_asked(maker, code),
        **_elsewhere(maker, code),
        **_written(maker),
        **_in_a_room(maker, code),
        **_told(maker),
    }


def _evidence(maker: Acting) -> dict[str, str]:
    described = evidence.Description(title="Minutes", note="", effective_from=timezone.localdate())
    with acting_as(maker):
        item = evidence.add(
            kind="file",
            description=described,
            upload=examine(io.BytesIO(b"Present: three.\n"), "minutes.txt", EVERYTHING),
            by=maker,
            now=timezone.now(),
        )
    assert item.file is not None
    return {"item": item.reference, "file": item.file.reference, "item_pk": str(item.pk)}


def _duty(maker: Acting, code: str) -> dict[str, str]:
    now = timezone.now()
    with acting_as(maker):
        requirement = compliance.add_requirement(
            code=code,
            theme_code="LEAD",
            title="Our own",
            text="Our own",
            force="should",
            review_interval_months=12,
            by=maker,
            now=now,
        )
    answers.give_answer(maker, requirement, owner_id=maker.membership_id, now=now)
    with acting_as(maker):
        item = evidence.add(
            kind="note",
            description=evidence.Description(title="Note", note="Seen.", effective_from=timezone.localdate()),
            by=maker,
            now=now,
        )
        use = compliance.link_evidence(requirement_id=requirement.pk, evidence_id=item.pk, by=maker, now=now)
        report = compliance.request_report(
            theme_code="", as_at=timezone.localdate(), marking="official", with_evidence=True, by=maker, now=now
        )
        compliance.store_report(report_id=report.pk, pdf=b"%PDF-1.7", pages=1, by=maker, now=now)
    assert report.job is not None
    return {"requirement": code, "use": str(use.pk), "report": report.reference, "job": report.job.reference}


def _risk(maker: Acting) -> dict[str, str]:
    """A draft with a risk and a control, a file of which one row is refused, and a risk that can be shared."""
    now = timezone.now()
    [shareable] = risks.approved(maker, "Shareable", now=now)
    row = risks.assessment(maker, now=now)
    entry = risks.risk(maker, row, now=now)
    with acting_as(maker):
        control = risk.add_control(entry_id=entry.pk, version=1, text="Filter", strength="weak", by=maker, now=now)
        uploaded = risk.upload_register(
            examined=examine(io.BytesIO(REGISTER), "register.csv", SPREADSHEETS),
            assessment_id=row.pk,
            by=maker,
            now=now,
        )
        risk.choose_columns(
            import_id=uploaded.pk,
            chosen={int(at): name for at, name in uploaded.columns.items()},
            theme="online",
            source="national",
            when_there="stop",
            by=maker,
            now=now,
        )
        risk.check_register(import_id=uploaded.pk, by=maker, now=now)
        report = risk.request_report(
            assessment_id=row.pk, kind="board", marking="official_sensitive", by=maker, now=now
        )
        risk.store_report(report_id=report.pk, document=b"%PDF-1.7", pages=1, by=maker, now=now)
    item = note(maker, "Leaflets", now=now)
    with acting_as(maker):
        use = risk.link_evidence(risk_id=entry.risk_id, evidence_id=item.pk, by=maker, now=now)
    named = {"assessment": row.reference, "risk": entry.risk.reference, "control": str(control.pk)}
    named |= {"risk_use": str(use.pk), "risk_report": report.reference}
    return named | {"register_import": uploaded.reference, "shareable": shareable.risk.reference}


def _local_picture(maker: Acting) -> dict[str, str]:
    now = timezone.now()
    recommendation = profiles.recommendation(maker, now=now)
    task, *_rest = profiles.tasks(maker, profiles.risk(maker), now=now)
    with acting_as(maker):
        level = risk.enter_level(
            level="low",
            effective_from=timezone.localdate(),
            announced_on=None,
            source="MI5",
            source_address="",
            note="",
            by=maker,
            now=now,
        ).row
    return {
        "edition": recommendation.edition.reference,
        "recommendation": recommendation.reference,
        "task": task.reference,
        "level": level.reference,
    }


def _people(maker: Acting) -> dict[str, str]:
    now = timezone.now()
    with acting_as(maker):
        asked = organisations.request_people_export(
            purpose="Audit", format="csv", filters={}, search="", by=maker, now=now
        )
        uploaded = organisations.upload_people(
            examined=examine(io.BytesIO(PEOPLE), "people.csv", SPREADSHEETS), by=maker, now=now
        )
        organisations.make_people_export(export_id=asked.pk, by=maker, now=now)
        organisations.choose_columns(import_id=uploaded.pk, chosen=uploaded.columns, by=maker, now=now)
        organisations.check_import(import_id=uploaded.pk, by=maker, now=now)
    colleague = make_membership(maker.organisation, name=f"Colleague of {maker.organisation.name}")
    with acting_as(maker):
        grant = organisations.grant_role(
            membership_id=colleague.pk,
            role=Role.BOARD_MEMBER,
            starts_on=timezone.localdate(),
            ends_on=None,
            reason="New",
            by=maker,
            now=now,
        )
        reset = organisations.request_factor_reset(
            membership_id=colleague.pk, site="https://localhost/", by=maker, now=now
        )
    twin = make_membership(maker.organisation, name=f"Colleague of {maker.organisation.name}", with_user=False)
    group = partnership(f"Partnership of {maker.organisation.name}")
    join(group, maker.organisation)
    return {
        "partnership": group.slug,
        "export": asked.reference,
        "import": uploaded.reference,
        "person": colleague.reference,
        "same_person": twin.reference,
        "grant": str(grant.pk),
        "reset": str(reset.pk),
        "team": str(team(maker, "Adult services").pk),
    }


def _planned(maker: Acting) -> dict[str, str]:
    plan = plans.plan(maker, grouping="objectives", now=timezone.now())
    action = plans.action(maker, plan, now=timezone.now())
    with acting_as(maker):
        objective = plan.objectives.all()[0]
        report = actionplans.request_report(
            plan_id=plan.pk, kind="board", marking="official", by=maker, now=timezone.now()
        )
        actionplans.store_report(report_id=report.pk, document=b"%PDF-1.7", pages=1, by=maker, now=timezone.now())
    named = {"plan": plan.reference, "action": action.reference, "plan_report": report.reference}
    return named | {"objective": str(objective.pk)}


def _trained(maker: Acting) -> dict[str, str]:
    certificate = certificates.issued(maker, now=timezone.now())
    with acting_as(maker):
        training.store_certificate(certificate_id=certificate.pk, pdf=b"%PDF-1.7", by=maker, now=timezone.now())
        report = training_reports.request_report(
            kind="figures", as_at=timezone.localdate(), marking="official", by=maker, now=timezone.now()
        )
        training_reports.store_report(report_id=report.pk, document=b"%PDF-1.7", pages=1, by=maker, now=timezone.now())
    return {"certificate": certificate.reference, "training_report": report.reference}


def _taught(maker: Acting, code: str) -> dict[str, str]:
    """A course of the organisation's own, the way of its maker through it, and who else is asked for it."""
    course = make_course(f"course-{code.lower()}", organisation=maker.organisation)
    outside = requirements.outside_course(maker, f"Outside {code}")
    return {
        "course": course.code,
        "attempt": learning.begin(maker, course, now=timezone.now()).reference,
        "training_requirement": requirements.ask(maker, course).reference,
        "outside_course": requirements.outside_course(maker, f"Unused {code}").code,
        "equivalence": str(requirements.equivalence(maker, outside, course).pk),
    }


def _asked(maker: Acting, code: str) -> dict[str, str]:
    """Somebody who is asked for a course, and by which requirement."""
    now = timezone.now()
    somebody = make_membership(maker.organisation, name=f"Trainee of {maker.organisation.name}", with_user=False)
    course = make_course(f"asked-{code.lower()}", organisation=maker.organisation)
    requirement = asked.require(maker, f"Requirement {code}", course=course, now=now)
    asked.work_out(maker, now=now)
    return {"trainee": somebody.reference, "asked_of": requirement.reference}


def _elsewhere(maker: Acting, code: str) -> dict[str, str]:
    """What the maker did elsewhere, a checked file of training, and a partner's numbers."""
    now = timezone.now()
    course = records.outside_course(f"Course of {code}", organisation=maker.organisation)
    declared = records.declared(maker, course, now=now)
    checked = records.checked(maker, records.file_of([["404", "", course.title, "27/03/2026", "", ""]]), now=now)
    given = records.partner_return(maker, now=now)
    return {
        "record": declared.reference,
        "completion_import": checked.reference,
        "partner_return": given.reference,
    }


def _written(maker: Acting) -> dict[str, str]:
    """A course that the organisation writes, with a picture, published; each part of it by a name of its own."""
    page = Page(new_name(), "Where things are")
    draft = own_courses.with_picture(
        maker, own_courses.written(maker, page, now=timezone.now()), page.slug, timezone.now()
    )
    own_courses.published(maker, draft, now=timezone.now())
    question = make_question(new_name())
    part = own_courses.part_of(draft)
    with acting_as(maker):
        training.add_question(draft_id=draft.pk, module=part, question=question, by=maker, now=timezone.now())
    named = {"own_course": draft.reference, "part": part, "question": question.code, "own_page": page.slug}
    return named | {"picture": "1", "course_version": "1"}


def _in_a_room(maker: Acting, code: str) -> dict[str, str]:
    """A session that nobody may book by themself, with one place in it."""
    now = timezone.now()
    course = records.outside_course(f"Taught {code}", organisation=maker.organisation)
    begins = now + timedelta(days=1)
    session = sessions.planned(maker, course, starts_at=begins, is_open=False, now=now)
    [place] = sessions.booked(maker, session, maker.membership, now=now)
    return {"session": session.reference, "place": str(place.pk)}


def _told(maker: Acting) -> dict[str, str]:
    with acting_as(maker):
        notice = Notice.objects.visible_to(maker).order_by("-pk")[0]
        event = Event.objects.visible_to(maker).filter(target_type="evidence.evidenceitem").order_by("-pk")[0]
    return {"notice": notice.reference, "event": str(event.pk), "event_target": event.target_reference}
