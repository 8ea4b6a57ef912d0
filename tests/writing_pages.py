"""The pages on which a row is changed, for tests of what happens when two people write at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.test import Client

from actionplans.models import Action, Objective, Plan
from actionplans.models import Settings as PlanSettings
from compliance import actions
from compliance.models import Answer, Requirement, Settings
from foundation.core import drafts
from foundation.core.acting import Acting, acting_as
from foundation.evidence.models import EvidenceItem
from foundation.organisations.models import IdentityProvider, Membership, Organisation, Team
from risk.models import Assessment, CtlpEdition, CtlpRecommendation, Entry
from risk.models import Settings as RiskSettings
from tests.conftest import NOW
from tests.factories import actionplans, evidence, own_courses, profiles, records, requirements, sessions
from tests.factories import organisations as factories
from tests.factories import risk as risks
from tests.factories.compliance import give_answer
from training.models import CourseDraft, ReminderSettings, TaughtSession
from training.models import Requirement as TrainingRequirement
from training.models.writing import ABOUT, of_page


def day(name: str, text: str) -> dict[str, str]:
    return {f"{name}_{part}": each for part, each in enumerate(text.split())}


@dataclass(frozen=True)
class Page:
    """A page that changes a row. ``lay`` makes what it needs and gives its address and the row's version."""

    role: str
    row: type[models.Model]
    text: str  # the field in which two people write different things
    shown_as: str  # its label
    fields: dict[str, Any]
    wrong: dict[str, str]  # what the form refuses
    lay: Callable[[Acting, Acting], tuple[str, int]]
    mine: str = "Mine, typed meanwhile"
    theirs: str = "Theirs, saved first"
    column: str = ""


def of_the_answer(by: Acting, _other: Acting) -> tuple[str, int]:
    return "/compliance/requirements/LA-05/answer/", 0


def of_the_rating(by: Acting, lead: Acting) -> tuple[str, int]:
    give_answer(lead, Requirement.objects.get(code="LA-05", organisation=None))
    return "/compliance/requirements/LA-05/assure/", 1


def of_an_own_requirement(by: Acting, _other: Acting) -> tuple[str, int]:
    with acting_as(by):
        row = actions.add_requirement(
            code="OWN-1", theme_code="LEAD", title="Ours", text="Ours", force="should", review_interval_months=12,
            by=by, now=NOW,
        )  # fmt: skip
    return f"/compliance/requirements/{row.code}/change/", row.version


def of_evidence(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"/evidence/{evidence.note(by).reference}/change/", 1


def of_a_team(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"/organisations/teams/{factories.team(by, 'Libraries').pk}/", 1


def of_a_person(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"/organisations/people/{factories.person(by).reference}/change/", 1


def of_an_assessment(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"{risks.assessment(by).get_absolute_url()}change/", 1


def of_a_risk(by: Acting, _other: Acting) -> tuple[str, int]:
    entry = risks.risk(by, risks.assessment(by))
    return f"{entry.assessment.get_absolute_url()}risks/{entry.risk.reference}/describe/", 1


ASSESSMENT = {
    "title": "Risk 2026", "marking": "official", **day("period_from", "1 1 2026"), **day("period_to", "31 12 2026"),
}  # fmt: skip
RISK = {"title": "Drawn in online", "theme": "online", "source": "national", "marking": "official_sensitive"}
MATRIX = {
    "likelihood": "Rare\nPossible\nLikely", "impact": "Minor\nModerate\nMajor", "bands": "4 Low\n9 High",
    "marking": "official",
}  # fmt: skip


def of_a_plan(by: Acting, _other: Acting) -> tuple[str, int]:
    PLAN.update(owner_id=str(by.membership_id))
    return f"/action-plans/{actionplans.plan(by).reference}/change/", 1


def of_an_objective(by: Acting, _other: Acting) -> tuple[str, int]:
    plan = actionplans.plan(by, grouping="objectives")
    with acting_as(by):
        return f"/action-plans/objectives/{plan.objectives.all()[0].pk}/change/", 1


def of_an_action(by: Acting, _other: Acting) -> tuple[str, int]:
    row = actionplans.action(by, partner="The police", owner_id=None)
    ACTION.update(plan_id=str(row.plan_id), accountable_id=str(by.membership_id))
    return f"/action-plans/actions/{row.reference}/change/", 1


ACTION = {
    "title": "Brief all hirers", "objective_id": "", "success_measure": "9 of 10", "owner_id": "", "priority": "2",
    "partner": "The police", "repeats": "never", **day("starts_on", "1 10 2026"),
}  # fmt: skip
PLAN = {
    "title": "Prevent plan 2026",
    "marking": "official",
    **day("period_from", "1 4 2026"),
    **day("period_to", "31 3 2027"),
}


def of_a_local_profile(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"{profiles.edition(by).get_absolute_url()}change/", 1


def of_a_recommendation(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"{profiles.recommendation(by).get_absolute_url()}change/", 1


def of_a_response(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"{profiles.recommendation(by).get_absolute_url()}respond/", 1


def of_training_asked_for(by: Acting, _other: Acting) -> tuple[str, int]:
    return f"{requirements.ask(by).get_absolute_url()}change/", 1


def of_a_taught_session(by: Acting, _other: Acting) -> tuple[str, int]:
    session = sessions.planned(by, records.outside_course("Taught in a room"))
    TAUGHT.update(course_id=str(session.course_id))
    return f"{session.get_absolute_url()}change/", session.version


TAUGHT = {
    "title": "Prevent in an hour", **day("day", "24 11 2026"), "begins": "9:30", "ends": "11:30", "venue": "Room 4",
    "trainer_name": "Tom Trainer", "places": "10", "who": "everybody",
}  # fmt: skip
ASKED = {
    "staff_groups": "", "job_titles": "", "how_often": "completion", "months": "24", "grace_days": "28",
    "expiring_days": "60", "target": "", "save": "yes",
}  # fmt: skip
PROFILE = {
    "title": "Local profile 2026", "originator": "Severnshire Constabulary", "marking": "official_sensitive",
    "held_at": "Safe of the community safety team", **day("period_from", "1 4 2025"), **day("period_to", "31 3 2026"),
    **day("issued_on", "4 5 2026"),
}  # fmt: skip
ADVICE = {"code": "R1", "recommended_to": "All councils", "may_be_recorded": "on"}
ANSWER = {"applies": "yes", "status": "met", "why_not": "", "owner_id": "", **day("next_review_on", "1 12 2030")}
OWN = {"theme_code": "LEAD", "title": "Ours", "force": "should", "review_interval_months": "12"}
EVIDENCE = {"title": "Minutes", "marking": "official", **day("effective_from", "1 1 2026")}
COUNCIL = {"sectors": ["LA"], "nation": "england", "is_specified_authority": "yes", "open_unscanned_files": "no"}
PROVIDER = {"client_id": "portal", "client_secret": "s3cret-canary", "claim": "sub"}
COURSE = {"level": "awareness", "minutes": "20", "pass_mark": "80", **day("reviewed_on", "1 10 2026")}


def of_a_course(by: Acting, _other: Acting) -> tuple[str, int]:
    draft = own_courses.written(by)
    return f"{draft.get_absolute_url()}about/", draft.version_of(ABOUT)


def of_a_page_of_a_course(by: Acting, _other: Acting) -> tuple[str, int]:
    draft = own_courses.written(by)
    return f"{draft.get_absolute_url()}pages/welcome/change/", draft.version_of(of_page("welcome"))


PAGES = {
    "answer": Page(
        "prevent_lead", Answer, "comment", "How do you meet it, and what is missing?",
        ANSWER, {"status": "no such step"}, of_the_answer,
    ),
    "rating": Page(
        "assurer", Answer, "comment", "What you saw and what you recommend",
        {"status": "met", **day("assured_on", "1 11 2026")}, {"assured_on_0": "32"}, of_the_rating,
        column="assured_comment",
    ),
    "own requirement": Page(
        "prevent_lead", Requirement, "text", "What is required", OWN, {"title": ""}, of_an_own_requirement
    ),
    "settings of the assessment": Page(
        "prevent_lead", Settings, "stale_after_months", "Flag a requirement after this many months without",
        {"expiry_warning_days": "60", "highest_score": ""}, {"highest_score": "99"},
        lambda *_: ("/compliance/settings/", 1), mine="23", theirs="29",
    ),
    "risk assessment": Page(
        "prevent_lead", Assessment, "summary", "Summary for leaders", ASSESSMENT, {"title": ""}, of_an_assessment
    ),
    "risk": Page("prevent_lead", Entry, "cause", "Cause: the threat or hazard", RISK, {"title": ""}, of_a_risk),
    "settings of the risk assessment": Page(
        "prevent_lead", RiskSettings, "review_every_months", "Months between reviews",
        MATRIX, {"bands": "Low"}, lambda *_: ("/risk/settings/", 0), mine="23", theirs="29",
    ),
    "plan": Page("prevent_lead", Plan, "summary", "What is the plan to achieve?", PLAN, {"title": ""}, of_a_plan),
    "objective": Page(
        "prevent_lead", Objective, "title", "Objective", {"position": "1"}, {"position": "0"}, of_an_objective
    ),
    "action": Page("prevent_lead", Action, "description", "What exactly is done?", ACTION, {"title": ""}, of_an_action),
    "settings of the action plans": Page(
        "prevent_lead", PlanSettings, "remind_days_before", "Remind the owner",
        {"escalate_days_after": "14"}, {"escalate_days_after": "0"},
        lambda *_: ("/action-plans/settings/", 1), mine="23", theirs="29",
    ),
    "reminders of training": Page(
        "training_manager", ReminderSettings, "escalate_days_after", "Tell the line manager",
        {"days_before": "30, 7", "days_after": "1, 14", "digest_on": "0"}, {"days_before": "soon"},
        lambda *_: ("/training/reminders/", 1), mine="23", theirs="29",
    ),
    "evidence": Page("prevent_lead", EvidenceItem, "note", "Note", EVIDENCE, {"title": ""}, of_evidence),
    "local profile": Page("prevent_lead", CtlpEdition, "note", "Note", PROFILE, {"title": ""}, of_a_local_profile),
    "recommendation": Page(
        "prevent_lead", CtlpRecommendation, "text", "Recommendation", ADVICE, {"code": ""}, of_a_recommendation
    ),
    "response": Page(
        "prevent_lead", CtlpRecommendation, "reason", "Why, and what you will do",
        {"response": "partly"}, {"response": "perhaps"}, of_a_response,
    ),
    "training asked for": Page(
        "training_manager", TrainingRequirement, "title", "Title", ASKED, {"months": "0"}, of_training_asked_for
    ),
    "taught session": Page(
        "training_manager", TaughtSession, "notes", "Notes for the people who come",
        TAUGHT, {"places": "0"}, of_a_taught_session,
    ),
    "settings of the organisation": Page(
        "organisation_admin", Organisation, "name", "Name",
        COUNCIL, {"nation": "narnia"}, lambda *_: ("/organisations/settings/", 1),
    ),
    "own course": Page(
        "training_manager", CourseDraft, "title", "Title", COURSE, {"pass_mark": "101"}, of_a_course
    ),
    "page of an own course": Page(
        "training_manager", CourseDraft, "body", "Text", {"title": "Welcome"}, {"least_seconds": "601"},
        of_a_page_of_a_course, column="content",
    ),
    "team": Page(
        "organisation_admin", Team, "name", "Name of the team", {"part_of_id": ""}, {"part_of_id": "999999"}, of_a_team
    ),
    "person": Page(
        "organisation_admin", Membership, "job_title", "Job title",
        {"name": "Ann Bowen", "staff_number": "S9", **day("starts_on", "1 9 2026")}, {"name": ""}, of_a_person,
    ),
    "identity provider": Page(
        "organisation_admin", IdentityProvider, "issuer", "Issuer",
        PROVIDER, {"claim": "email"}, lambda *_: ("/organisations/identity-provider/", 0),
        mine="https://mine.example", theirs="https://theirs.example",
    ),
}  # fmt: skip


@dataclass
class Scene:
    """One page, two people who may write on it, and the version that both of them saw."""

    page: Page
    address: str
    version: int
    me: Acting
    browser: Client
    other: Client

    def typed(self, text: str, **changes: Any) -> dict[str, Any]:
        return self.page.fields | {self.page.text: text, "version": self.version} | changes

    def draft(self) -> dict[str, list[str]] | None:
        with acting_as(self.me):
            return drafts.find(self.me, self.address)

    def standing(self) -> str:
        with acting_as(self.me):
            row = self.page.row._default_manager.visible_to(self.me).order_by("-pk")
            return str([getattr(each, self.page.column or self.page.text) for each in row])


def set_scene(name: str, acting_for: Callable[..., Acting], client_for: Callable[[Acting], Client]) -> Scene:
    """Two people of the role that the page is for, and a row that both of them may change."""
    page = PAGES[name]
    me, other = acting_for(page.role, name="Carys Mine"), acting_for(page.role, name="Hal Theirs")
    address, version = page.lay(me, acting_for("prevent_lead") if page.role == "assurer" else other)
    scene = Scene(page, address, version, me, client_for(me), client_for(other))
    if page.row is IdentityProvider:  # the first save makes the row that two people then change
        assert scene.browser.post(address, scene.typed("https://first.example")).status_code == 302
        scene.version = 1
    return scene
