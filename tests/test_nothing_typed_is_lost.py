"""Every page on which people write: somebody saves first, a save is refused, the session ends. Nothing is lost.

A page that edits a row with a version belongs in PAGES of tests/writing_pages.py; a form with a long text belongs
there or in LONG_TEXTS.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.utils.html import escape

import actionplans.finishing_forms
import actionplans.forms
import compliance.forms
import foundation.evidence.forms
from actionplans.finishing_forms import CompleteForm
from actionplans.forms import ActionForm, CommentForm, DueForm, PlanForm, ProgressForm, RatingForm, ReasonForm
from compliance.forms import AnswerForm, AssuranceForm, RequirementForm
from foundation.accounts.authentication import STRONG_AT
from foundation.accounts.session_rules import IDLE, SEEN_AT
from foundation.core import drafts
from foundation.core.acting import STRONG_FOR, Acting, acting_as
from foundation.core.models import Versioned
from foundation.evidence.forms import EvidenceForm, WithdrawForm
from tests.conftest import NOW, make_membership
from tests.factories import actionplans as plans
from tests.factories import evidence
from tests.writing_pages import EVIDENCE, PAGES, Scene, day, set_scene


@pytest.fixture(params=PAGES)
def scene(request, acting_for, client_for) -> Scene:
    return set_scene(request.param, acting_for, client_for)


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def version_in(response: Any) -> str:
    return str(response.context["form"]["version"].value())


def test_somebody_saved_first_and_both_texts_stand_side_by_side_with_who_saved_when(scene):
    assert scene.other.post(scene.address, scene.typed(scene.page.theirs)).status_code == 302

    conflict = scene.browser.post(scene.address, scene.typed(scene.page.mine))

    differing = {str(each.label): (each.theirs, each.mine) for each in conflict.context["editor"].conflict.fields}
    label = next(label for label in differing if label.startswith(scene.page.shown_as))
    assert conflict.status_code == 409
    assert differing == {label: (scene.page.theirs, scene.page.mine)}
    assert re.search(r"Saved by Hal Theirs, \d+ \w+ \d{4}, \d+:\d\d[ap]m", words(conflict))
    assert "<title>Somebody saved first: " in words(conflict)
    assert escape(scene.page.theirs) in words(conflict)
    assert scene.page.mine not in scene.standing()


def test_one_keeps_ones_own_by_saving_the_form_of_the_conflict(scene):
    scene.other.post(scene.address, scene.typed(scene.page.theirs))
    conflict = scene.browser.post(scene.address, scene.typed(scene.page.mine))

    kept = scene.browser.post(scene.address, scene.typed(scene.page.mine, version=version_in(conflict)))

    assert 'form="edit-form"' in words(conflict)
    assert '<form id="edit-form"' in words(conflict)
    assert kept.status_code == 302
    assert scene.page.mine in scene.standing()
    assert scene.draft() is None


def test_one_takes_theirs_by_letting_go_of_ones_own(scene):
    scene.other.post(scene.address, scene.typed(scene.page.theirs))
    conflict = scene.browser.post(scene.address, scene.typed(scene.page.mine))
    let_go = re.search(r'action="(/drafts/drop/[^"]+)"', words(conflict))[1]

    page = scene.browser.post(let_go, follow=True)

    assert page.redirect_chain == [(scene.address, 302)]
    assert str(page.context["form"][scene.page.text].value()) == scene.page.theirs
    assert scene.draft() is None
    assert scene.page.theirs in scene.standing()


def test_what_was_typed_waits_after_a_conflict_and_still_shows_both_texts(scene):
    scene.other.post(scene.address, scene.typed(scene.page.theirs))
    scene.browser.post(scene.address, scene.typed(scene.page.mine))

    later = scene.browser.get(scene.address)

    assert str(later.context["form"][scene.page.text].value()) == scene.page.mine
    assert later.context["editor"].conflict.who == "Hal Theirs"
    saved = scene.browser.post(scene.address, scene.typed(scene.page.mine, version=version_in(later)))
    assert saved.status_code == 302
    assert scene.page.mine in scene.standing()


def test_what_was_sent_after_the_session_ended_waits_on_the_page(scene, client_for):
    session = scene.browser.session
    session[SEEN_AT] -= IDLE.total_seconds()
    session.save()

    ended = scene.browser.post(scene.address, scene.typed(scene.page.mine))

    later = client_for(scene.me).get(scene.address)
    assert ended["Location"].startswith("/accounts/sign-in/?")
    assert str(later.context["form"][scene.page.text].value()) == scene.page.mine
    assert (later.context["editor"].has_draft, later.context["editor"].conflict) == (True, None)
    assert scene.page.mine not in scene.standing()


def test_a_form_with_an_error_is_kept_and_offered_again(scene):
    refused = scene.browser.post(scene.address, scene.typed(scene.page.mine, **scene.page.wrong))

    later = scene.browser.get(scene.address)
    assert (refused.status_code, refused.context["form"].is_valid()) == (200, False)
    assert str(later.context["form"][scene.page.text].value()) == scene.page.mine
    assert (later.context["editor"].has_draft, later.context["editor"].conflict) == (True, None)
    assert scene.page.mine not in scene.standing()


def test_a_draft_that_says_what_is_saved_is_not_offered(scene):
    scene.browser.post(scene.address, scene.typed(scene.page.mine))
    typed = {name: value if isinstance(value, list) else [str(value)] for name, value in scene.typed("").items()}
    with acting_as(scene.me):
        typed[scene.page.text] = [scene.page.mine]
        drafts.keep(acting=scene.me, path=scene.address, typed=typed, now=NOW)

    page = scene.browser.get(scene.address)

    assert (page.context["editor"].has_draft, page.context["editor"].conflict) == (False, None)


WORD = "kept by nobody"


def test_no_secret_is_kept_in_a_draft(scene):
    scene.browser.post(scene.address, scene.typed("?" * 3_000, client_secret=WORD))

    assert WORD not in str(scene.draft())


# ---- Long texts that belong to no row yet, or that add to one
def the_evidence(lead: Acting) -> str:
    return f"/evidence/{evidence.note(lead).reference}/withdraw/"


def on_the_action(page: str) -> Callable[[Acting], str]:
    return lambda lead: f"/action-plans/actions/{plans.action(lead).reference}/{page}/"


LONG_TEXTS: dict[str, tuple[Callable[[Acting], str], str, dict[str, Any]]] = {
    "new requirement": (lambda _: "/compliance/requirements/add/", "text", {"own_code": "OWN-7", "title": "Ours"}),
    "new evidence": (lambda _: "/evidence/add/?kind=note", "note", day("effective_from", "31 2 2026")),
    "withdrawal of evidence": (the_evidence, "reason", {}),
    "new plan": (lambda _: "/action-plans/add/", "summary", {"title": "Ours"}),
    "new action": (lambda by: f"/action-plans/{plans.plan(by).reference}/actions/add/", "description", {"title": "Go"}),
    "progress": (on_the_action("progress"), "note", {"percent": "40"}),
    "moved due date": (on_the_action("due"), "reason", day("due_on", "31 2 2027")),
    "own rating": (on_the_action("rating"), "reason", {"rag": "red"}),
    "completion": (on_the_action("complete"), "outcome", {"impact": "None yet"}),
    "cancellation": (on_the_action("cancel"), "reason", {}),
    "comment": (on_the_action("comment"), "text", {}),
    "what counts for what": (lambda _: "/training/equivalences/new/", "reason", {"months": "12"}),
    "course from outside": (lambda _: "/training/equivalences/courses/new/", "summary", {"title": "A day"}),
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_a_long_text_that_was_not_saved_is_offered_again_with_all_beside_it(name, lead, client_for):
    find_address, text, beside = LONG_TEXTS[name]
    address, browser = find_address(lead), client_for(lead)
    path = address.partition("?")[0]
    browser.post(f"/drafts/?path={path}", {text: "half a sentence", **beside})

    page = browser.get(address)

    form = page.context["form"]
    for field, typed in beside.items():
        value = form[field.rsplit("_", 1)[0]].value()[int(field[-1])] if field[-1].isdigit() else form[field].value()
        assert value == typed
    assert form[text].value() == "half a sentence"
    assert "what you typed last time" in words(page)
    assert "data-draft" in words(page)


@pytest.mark.parametrize("name", ["answer", "rating", "own requirement", "evidence"])
def test_a_long_text_of_a_row_is_kept_while_it_is_typed(name, acting_for, client_for):
    page = PAGES[name]
    me = acting_for(page.role)
    address, version = page.lay(me, acting_for("prevent_lead") if page.role == "assurer" else me)
    browser = client_for(me)
    browser.post(f"/drafts/?path={address}", page.fields | {page.text: "half a sentence", "version": version})

    offered = browser.get(address)

    assert offered.context["form"][page.text].value() == "half a sentence"
    assert (offered.context["editor"].has_draft, offered.context["editor"].conflict) == (True, None)
    assert "data-draft" in words(offered)


def test_a_stale_withdrawal_keeps_its_reason(lead, client_for):
    address, browser = the_evidence(lead), client_for(lead)
    browser.post(address.replace("withdraw", "change"), {**EVIDENCE, "note": "Changed meanwhile", "version": "1"})

    stale = browser.post(address, {"reason": "Wrong meeting", "version": "1"})

    later = browser.get(address)
    assert stale.status_code == 409
    assert (later.context["form"]["reason"].value(), later.context["editor"].conflict) == ("Wrong meeting", None)


def test_a_role_that_was_asked_for_too_late_waits_until_the_person_proved_who_they_are(
    acting_for, organisation, client_for
):
    admin, colleague = acting_for("organisation_admin"), make_membership(organisation)
    address, browser = f"/organisations/people/{colleague.reference}/roles/give/", client_for(admin)
    session = browser.session
    session[STRONG_AT] -= STRONG_FOR.total_seconds()
    session.save()
    asked = browser.post(address, {"role": "assurer", "reason": "Covers until July", **day("ends_on", "31 7 2027")})

    later = client_for(admin).get(address)

    assert asked["Location"].startswith("/accounts/confirm/?")
    form = later.context["form"]
    assert (form["role"].value(), form["reason"].value()) == ("assurer", "Covers until July")
    assert form["ends_on"].value() == ["31", "7", "2027"]


# ---- Letting go
@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_letting_go_leads_nowhere_but_to_a_page_of_ours(lead, client_for, path):
    answer = client_for(lead).post("/drafts/drop/", QUERY_STRING=f"path={path}")

    assert answer["Location"] == "/"


def test_letting_go_takes_only_ones_own_draft_of_that_page(lead, acting_for, client_for):
    colleague, path = acting_for("prevent_lead"), "/compliance/requirements/LA-05/answer/"
    for who, page in ((lead, path), (lead, "/compliance/settings/"), (colleague, path)):
        with acting_as(who):
            drafts.keep(acting=who, path=page, typed={"comment": ["mine"]}, now=NOW)

    client_for(lead).post(f"/drafts/drop/?path={path}")

    with acting_as(lead):
        assert drafts.find(lead, path) is None
        assert drafts.find(lead, "/compliance/settings/") == {"comment": ["mine"]}
    with acting_as(colleague):
        assert drafts.find(colleague, path) == {"comment": ["mine"]}


# ---- Nothing is missing here
def test_every_row_that_people_change_is_in_this_table():
    changed = {model for model in apps.get_models() if issubclass(model, Versioned)}

    assert {model._meta.label for model in changed - {page.row for page in PAGES.values()}} == {
        "jobs.Job",
        "risk.Risk",  # closed and opened again with a reason, never rewritten
        "training.ReturnChoices",  # ticked, never typed: tests/training/test_returns.py
    }


def test_every_form_with_a_long_text_is_in_these_tables():
    with_long_text = {
        form
        for module in (compliance.forms, foundation.evidence.forms, actionplans.forms, actionplans.finishing_forms)
        for form in vars(module).values()
        if isinstance(form, type)
        and issubclass(form, forms.Form)
        and any(isinstance(field.widget, forms.Textarea) for field in form.base_fields.values())
    }

    of_actions = {ActionForm, CommentForm, CompleteForm, DueForm, PlanForm, ProgressForm, RatingForm, ReasonForm}
    assert with_long_text == {AnswerForm, AssuranceForm, RequirementForm, EvidenceForm, WithdrawForm} | of_actions
