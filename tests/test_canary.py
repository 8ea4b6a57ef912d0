"""What another organisation keeps appears in nothing that this one can fetch; and reading changes nothing."""

import io
import re
from collections import Counter
from datetime import date

import pytest
from django.apps import apps
from django.core import mail
from django.db import connections
from django.utils import timezone

from actionplans import actions as actionplans
from actionplans.actions.finishing import Said
from actionplans.quarters import Quarter
from compliance import actions as compliance
from compliance.models import Requirement
from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.files.examination import SPREADSHEETS, examine
from foundation.jobs.models import Job
from foundation.notifications import upkeep
from foundation.notifications.models import OutgoingMail
from foundation.organisations import actions as organisations
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from risk import actions as risk
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.crawling import crawl
from tests.factories import actionplans as plans
from tests.factories import certificates, learning, own_courses, profiles, requirements
from tests.factories import risk as risks
from tests.factories.compliance import give_answer
from tests.factories.evidence import note
from tests.factories.organisations import person, team
from tests.factories.partnerships import join, partnership, share, take_back
from tests.factories.training import make_course, question
from training import actions as training
from training.content import Page, Video
from training.scope import Scope

CANARY = "zanzibarquokka"
OWN_WORD = "homelyteapot"


def plant(organisation, word=CANARY) -> Acting:
    """Put the word into every text that people of ``organisation`` can write, and have everybody told about it.

    Returns the lead, to whom a report and an exported list of people belong.
    """
    lead = acting_of(
        make_membership(
            organisation, Role.PREVENT_LEAD, Role.ORGANISATION_ADMIN, Role.RECORDS_MANAGER, name=f"{word} Lead"
        )
    )
    assurer = acting_of(make_membership(organisation, Role.ASSURER, name=f"{word} Assurer"))
    administrator = acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN, name=f"{word} Admin"))
    answer(lead, assurer, word)
    build(lead, word)
    assess(lead, word)
    plan_action(lead, assurer, word)
    invite(administrator, word)
    record(lead, word)
    certificates.made(lead, now=timezone.now())
    learn(lead, word)
    write(lead, word)
    upkeep.send_mail(now=timezone.now())
    return lead


def answer(lead: Acting, assurer: Acting, word: str) -> None:
    """Answers with an owner who is told, and a rating."""
    for code in ("LA-05", "GEN-01", "B1"):
        give_answer(
            lead,
            Requirement.objects.get(code=code),
            status="met",
            comment=f"{word} comment {code}",
            owner_id=assurer.membership_id,
            now=timezone.now(),
        )
    give_answer(lead, Requirement.objects.get(code="LA-09"), applies=False, why_not=f"{word} reason")
    with acting_as(assurer):
        compliance.assure(
            requirement_id=Requirement.objects.get(code="B1").pk,
            version=1,
            status="met",
            comment=f"{word} rating",
            assured_on=date(2026, 11, 1),
            by=assurer,
            now=timezone.now(),
        )


def build(lead: Acting, word: str) -> None:
    """A requirement of their own with evidence behind it, a report and an export, both made by their jobs."""
    now = timezone.now()
    item = note(lead, f"{word} evidence", note=f"{word} text")
    with acting_as(lead):
        row = compliance.add_requirement(
            code=f"{word}-1",
            theme_code="LEAD",
            title=f"{word} title",
            text=f"{word} wording",
            force="should",
            review_interval_months=12,
            by=lead,
            now=NOW,
        )
        compliance.link_evidence(requirement_id=row.pk, evidence_id=item.pk, by=lead, now=NOW)
        report = compliance.request_report(
            theme_code="LEAD", as_at=timezone.localdate(), marking="official", with_evidence=True, by=lead, now=now
        )
        export = organisations.request_people_export(
            purpose=f"{word} purpose", format="csv", filters={}, search="", by=lead, now=now
        )
        for job in (report.job, export.job):
            jobs.run_here(job)


def plan_action(lead: Acting, owner: Acting, word: str) -> None:
    """A plan with an action about which everything was said, and a risk it is linked to."""
    now = timezone.now()
    texts = {name: f"{word} {name}" for name in ("title", "description", "success_measure", "relevance", "resources")}
    plan = plans.plan(lead, title=f"{word} plan", summary=f"{word} summary", now=now)
    row = plans.action(
        lead, plan, owner_id=owner.membership_id, partner=f"{word} partner", funding=f"{word} funding", now=now, **texts
    )
    found = plans.risk(lead, "R99", title=f"{word} risk", now=now)
    common = {"action_id": row.pk, "by": lead, "now": now}
    with acting_as(lead):
        actionplans.add_objective(plan_id=plan.pk, title=f"{word} objective", by=lead, now=now)
        link = actionplans.link_risk(risk_id=found.pk, **common)
        actionplans.move_due(version=1, due_on=date(2027, 3, 1), reason=f"{word} reason", **common)
        actionplans.rate(version=2, rag="amber", reason=f"{word} rating", **common)
        actionplans.report_progress(note=f"{word} progress", **common)
        actionplans.comment(text=f"{word} comment", mention_ids=[owner.membership_id], **common)
        said = {link.pk: Said("lowered", f"{word} effect")}
        actionplans.complete(outcome=f"{word} outcome", impact=f"{word} impact", effects=said, **common)
        report = actionplans.request_report(plan_id=plan.pk, kind="full", marking="official", by=lead, now=now)
        jobs.run_here(report.job)
        report = actionplans.request_report(
            plan_id=plan.pk, kind="quarterly", quarter_from=Quarter.of(now.date()).first, decisions=f"{word} decision",
            marking="official", by=lead, now=now,
        )  # fmt: skip
        jobs.run_here(report.job)


def learn(lead: Acting, word: str) -> None:
    """A course of their own, completed by one and half done by another way through it."""
    texts = {name: f"{word} {name}" for name in ("title", "summary", "for_whom")}
    course = make_course(f"{word}-course", organisation=lead.organisation, **texts)
    learning.complete(lead, course, now=timezone.now())
    learning.up_to(lead, learning.begin(lead, course, now=timezone.now()), "check", now=timezone.now())
    scope = Scope(staff_groups=(f"{word} group",), job_titles=(f"{word} post",))
    requirements.ask(lead, course, title=f"{word} asked", scope=scope)
    outside = requirements.outside_course(lead, f"{word} outside", provider=f"{word} police", summary=f"{word} day")
    requirements.equivalence(lead, outside, course, reason=f"{word} why")


def write(lead: Acting, word: str) -> None:
    """A course that they wrote, with a page of each kind and a picture, published; and what was typed since."""
    now = timezone.now()
    film = Page("film", f"{word} film", video=Video("https://video.example/1", f"{word} said", f"{word} caption"))
    told = Page("told", f"{word} story", f"{word} once", question(f"{word}-told", text=f"{word} what now?"))
    draft = own_courses.written(lead, film, told, title=f"{word} course", now=now)
    draft = own_courses.with_picture(lead, draft, "welcome", now, alt=f"{word} plan", caption=f"{word} below it")
    own_courses.published(lead, draft, now=now)
    with acting_as(lead):
        page = Page("welcome", f"{word} welcome", f"{word} text")
        training.change_page(draft_id=draft.pk, version=99, page=page, by=lead, now=now)


def invite(administrator: Acting, word: str) -> None:
    """A team, and somebody who is invited to sign in; the letter is sent."""
    team(administrator, f"{word} team")
    guest = person(administrator, name=f"{word} Guest", email=f"guest@{word}.example")
    with acting_as(administrator):
        organisations.invite(membership_id=guest.pk, site="https://localhost/", by=administrator, now=timezone.now())
        job = Job.objects.visible_to(administrator).get(name="organisations.send_invitation")
        jobs.run_here(job)


def assess(lead: Acting, word: str) -> None:
    """A risk assessment with everything that can be written in it."""
    row = risks.assessment(lead, f"{word} assessment", summary=f"{word} summary")
    texts = ("description", "cause", "at_risk", "places", "source_note")
    entry = risks.risk(lead, row, f"{word} risk", **{name: f"{word} {name}" for name in texts})
    risks.score(lead, risks.score(lead, entry), residual=(1, 1), reason=f"{word} reason")
    with acting_as(lead):
        risk.add_control(entry_id=entry.pk, version=3, text=f"{word} control", strength="weak", by=lead, now=NOW)
        risk.comment(assessment_id=row.pk, entry_id=entry.pk, text=f"{word} comment", by=lead, now=NOW)
        register = f"Ref,Risk,Owner\n{word}-7,{word} row,{word} owner\n{word}-8,,\n".encode()
        found = risk.upload_register(
            examined=examine(io.BytesIO(register), f"{word}.csv", SPREADSHEETS), assessment_id=row.pk, by=lead, now=NOW
        )
        fields = {int(at): name for at, name in found.columns.items()}
        chosen = {"theme": "online", "source": "national", "when_there": "stop", "chosen": fields}
        risk.choose_columns(import_id=found.pk, by=lead, now=NOW, **chosen)
        risk.check_register(import_id=found.pk, by=lead, now=NOW)
        report = risk.request_report(
            assessment_id=row.pk, kind="full", marking="official_sensitive", by=lead, now=timezone.now()
        )
        jobs.run_here(report.job)


def record(lead: Acting, word: str) -> None:
    """A local profile with its recommendation, a threat level of their own and a risk to assess again."""
    now = timezone.now()
    row = profiles.risk(lead, f"{word}-1", title=f"{word} risk", owner_id=lead.membership_id)
    edition = profiles.edition(
        lead, title=f"{word} profile", originator=f"{word} force", held_at=f"{word} safe", now=now
    )
    recommendation = profiles.recommendation(
        lead, edition, text=f"{word} advice", recommended_to=f"{word} body", now=now
    )
    profiles.linked(lead, profiles.answered(lead, recommendation, "partly", f"{word} reason"), row)
    done, *_rest = profiles.tasks(lead, row, note=f"{word} incident", now=now)
    with acting_as(lead):
        risk.add_briefing(
            edition_id=edition.pk,
            membership_id=None,
            other=f"{word} chair",
            briefed_on=timezone.localdate(),
            briefed_by=f"{word} officer",
            by=lead,
            now=now,
        )
        response = risk.request_response(edition_id=edition.pk, marking="official_sensitive", by=lead, now=now)
        jobs.run_here(response.job)
        risk.finish_task(task_id=done.pk, outcome=f"{word} outcome", by=lead, now=now)
        risk.enter_level(
            level="low",
            effective_from=timezone.localdate(),
            announced_on=None,
            source=f"{word} source",
            source_address="",
            note=f"{word} note",
            by=lead,
            now=now,
        )


ADDRESSES_WITH_SEARCH = (
    "/risk/assessments/",
    "/evidence/",
    "/action-plans/",
    "/action-plans/actions/",
    "/organisations/people/",
    "/compliance/reports/",
    "/audit/",
    "/risk/local-profiles/",
    "/risk/recommendations/",
    "/risk/reassess/",
    "/risk/members/",
    "/risk/sharing/",
    "/action-plans/gathered/",
    "/action-plans/reporting/",
    "/risk/reports/",
    "/action-plans/reports/",
    "/training/writing/",
)


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_another_organisation_can_be_reached(committed, client_for, role):
    plant(make_organisation(f"{CANARY} District Council"))
    own = make_organisation()
    plant(own, OWN_WORD)
    client = client_for(acting_of(make_membership(own, role)))

    leaks, broken, refused = [], [], []
    for address, status, body in crawl(client):
        if CANARY.encode() in body.lower() and CANARY not in address:
            leaks.append(address)
        if status >= 500:
            broken.append(address)
        if status == 403:  # a link that leads nowhere for whom it is shown to
            refused.append(address)
    for address in ADDRESSES_WITH_SEARCH:
        found = client.post(address, {"search": CANARY}, follow=True)
        page = found.content.decode().replace(f'value="{CANARY}"', "")
        if CANARY in page and found.status_code == 200:
            leaks.append(f"search {address}")

    assert (leaks, broken, refused) == ([], [], [])


@pytest.mark.parametrize("role", [Role.PREVENT_LEAD, Role.INSPECTOR])
def test_nothing_that_a_member_does_not_share_reaches_its_partnership(committed, client_for, role):
    board = partnership()
    member = make_organisation("Ashmere District Council")
    join(board, member)
    plant(member)
    lead = acting_of(make_membership(member, Role.PREVENT_LEAD))
    benchmark = Requirement.objects.get(code="B1")
    take_back(lead, share(lead, board, benchmark, comment=f"{CANARY} taken back"))
    give_answer(lead, Requirement.objects.get(code="B2"), comment="Kept back")
    share(lead, board, Requirement.objects.get(code="B2"), comment="Given freely")
    share_risk_and_action(lead, board)
    chair = acting_of(make_membership(board, Role.PREVENT_LEAD))
    plans.plan(chair, title="Plan of the partnership", now=timezone.now())
    client = client_for(acting_of(make_membership(board, role)))

    pages = {address: body.lower() for address, _status, body in crawl(client)}

    assert [address for address, body in pages.items() if CANARY.encode() in body] == []
    assert b"given freely" in pages["/compliance/contributions/"]
    assert b"risk given freely" in pages["/risk/members/"]
    assert b"action given freely" in pages["/action-plans/gathered/"]
    assert [address for address, body in pages.items() if b"kept back" in body] == []


def share_risk_and_action(lead: Acting, board) -> None:
    """Of each kind one that is shared and one that was taken back; what is said about the shared one stays behind."""
    now = timezone.now()
    given, kept = risks.approved(
        lead, "Risk given freely", f"{CANARY} kept", description=f"{CANARY} said", places=f"{CANARY} place", now=now
    )
    risks.share(lead, board, given, comment="Ours", now=now)
    risks.take_back(lead, risks.share(lead, board, kept, comment=f"{CANARY} taken back", now=now), now=now)
    row = plans.active(lead, title="Action given freely", description=f"{CANARY} said", now=now)
    plans.report(lead, board, row, comment="Ours", now=now)
    back = plans.active(lead, title=f"{CANARY} action", now=now)
    plans.take_back(lead, plans.report(lead, board, back, now=now), now=now)
    with acting_as(lead):
        actionplans.report_progress(action_id=row.pk, note=f"{CANARY} noted", percent=10, by=lead, now=now)


def test_files_and_what_jobs_made_hold_ones_own_and_nothing_else(committed, client_for):
    """All that somebody may take away, read as they would. It holds their own words, so the search bites."""
    plant(make_organisation(f"{CANARY} District Council"))
    lead = plant(make_organisation(f"{OWN_WORD} County Council"), OWN_WORD)
    client = client_for(lead)

    files = {}
    for address, status, body in crawl(client):
        if status == 200 and any(part in address for part in ("export", "download", "/file/", "/files/", "/errors/")):
            files[address] = body.lower()

    kinds = Counter(re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", "…", address) for address in files)
    empty = {address for address, body in files.items() if OWN_WORD.encode() not in body}
    assert [address for address, body in files.items() if CANARY.encode() in body] == []
    assert {"/compliance/reports/…/download/", "/organisations/people/export/…/file/"} <= kinds.keys()
    assert kinds["/training/certificates/…/download/"] == 1
    assert kinds["/risk/reports/…/download/"] == 2  # of an assessment and of the answers to a local profile
    assert {"/evidence/?export=csv", "/evidence/?export=xlsx", "/audit/export/?export=xlsx"} <= kinds.keys()
    assert {address for address in empty if not address.startswith(("/jobs/", "/notifications/", "/audit/"))} == set()


def test_letters_name_nobody_and_nothing_that_was_written(committed):
    """A letter says that there is something to look at, and where; only an invitation says who invites."""
    plant(make_organisation(f"{CANARY} District Council"))
    plant(make_organisation(), OWN_WORD)

    letters = [(str(letter.subject) + letter.body).lower() for letter in mail.outbox]
    invitations = [letter for letter in letters if "invited" in letter]

    assert len(letters) - len(invitations) >= 4  # each organisation's assurer owns something; each lead has a report
    assert [letter for letter in letters if OWN_WORD in letter] == []
    assert [letter.count(CANARY) for letter in invitations if CANARY in letter] == [1]
    assert [letter for letter in letters if CANARY in letter and letter not in invitations] == []


def test_letters_go_only_to_people_of_the_organisation_they_are_about(committed, backup):
    plant(make_organisation(f"{CANARY} District Council"))
    plant(make_organisation(), OWN_WORD)

    belongs = {membership.email: membership.organisation_id for membership in backup(Membership).exclude(email="")}
    told = [(sent.organisation_id, sent.membership.email) for sent in backup(OutgoingMail).select_related("membership")]
    assert len({organisation for organisation, _ in told}) == 2
    assert [email for organisation, email in told if belongs[email] != organisation] == []
    assert {address for letter in mail.outbox for address in letter.to} <= belongs.keys()


def checksums() -> dict[str, str]:
    """One number for each table's rows, past every policy."""
    unlike = {"ledger_event", "django_session", "usersessions_usersession", "portal_cache"}
    tables = [m._meta.db_table for m in apps.get_models() if m._meta.managed and m._meta.db_table not in unlike]
    found = {}
    with connections["backup"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {table} t")
            found[table] = cursor.fetchone()[0]
    connections["backup"].close()
    return found


def test_reading_everything_changes_nothing_but_the_ledger(committed, client_for):
    own = make_organisation()
    plant(own)
    client = client_for(acting_of(make_membership(own, *[role for role in Role if role != Role.INSPECTOR])))
    before = checksums()

    visited = [address for address, _status, _body in crawl(client)]

    changed = [table for table, checksum in checksums().items() if checksum != before[table]]
    assert len(visited) > 100
    assert changed == []
