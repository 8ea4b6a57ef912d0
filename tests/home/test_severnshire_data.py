"""The data files of the demonstration, the dice and the clock behind it. Nothing here touches the database."""

import io
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from compliance import library_files
from compliance.library_loading import LIBRARY
from foundation.files.examination import EVERYTHING, examine
from foundation.organisations.roles import Role
from home.severnshire import answers, dice, documents, proof
from home.severnshire.moments import Moments
from home.severnshire.people import address_of
from home.severnshire.reading import cast, read

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
BANKS = ["district", "general", "university", "college", "school", "trust", "police", "probation"]
WRITTEN = [name for names in answers.WRITTEN.values() for name in names]


@pytest.fixture(scope="module")
def library():
    return library_files.read_library(LIBRARY).requirements


@pytest.mark.parametrize("name", [*BANKS, *WRITTEN])
def test_every_answer_is_to_a_requirement_of_the_library(library, name):
    assert set(read(f"answers/{name}.yaml")) - set(library) == set()


def test_all_evidence_stands_behind_requirements_of_the_library(library):
    codes = {code for entry in cast() for item in proof.items(entry) for code in item.codes}

    assert codes - set(library) == set()


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_down_says_something_of_the_state_it_ends_in(name):
    for plan in answers._written(name):
        months = [step.months_ago for step in plan.steps]
        final = plan.steps[-1].state

        assert months == sorted(months, reverse=True), plan.code
        assert plan.texts.get("why_not" if final == dice.NOT_APPLICABLE else final), plan.code


def test_dice_fall_the_same_twice_and_differently_for_another_organisation():
    texts = read("answers/district.yaml")
    profile = dice.profiles()["cullerton"]

    def drawn(slug):
        return {code: dice.history(slug, code, texts[code], profile) for code in texts}

    assert drawn("cullerton") == drawn("cullerton")
    assert drawn("cullerton") != drawn("thornwick")


@pytest.mark.parametrize("key", list(dice.profiles()))
def test_a_drawn_history_ends_in_a_state_that_has_a_text(key):
    profile = dice.profiles()[key]
    for name in profile.texts:
        for code, texts in read(f"answers/{name}.yaml").items():
            steps = dice.history(key, code, texts, profile)
            if steps:
                final = steps[-1].state
                assert ("why_not" if final == dice.NOT_APPLICABLE else final) in texts, code
                assert [step.months_ago for step in steps] == sorted((s.months_ago for s in steps), reverse=True), code


def test_the_cast_has_known_roles_and_nobody_signs_in_with_the_address_of_another():
    people = [(entry, person) for entry in cast() for person in entry.people]
    signing_in = [(entry, person) for entry, person in people if person.name and person.sign_in != "none"]
    addresses = [address_of(person.name, entry.domain) for entry, person in signing_in]

    assert {role for _entry, person in people for role in person.roles} <= set(Role.values)
    assert len(addresses) == len(set(addresses))
    assert address_of("Anneliese Brandt", "hartsmoor") == "anneliese.brandt@hartsmoor.severnshire.example"


@pytest.mark.parametrize("months", [0, 0.05, 3, 14.5, 24])
def test_people_act_on_working_days_and_never_later_than_now(months):
    at = Moments(NOW).at_work(months, "county/LA-01").astimezone(LONDON)

    assert at < NOW
    assert at.weekday() <= 4
    assert time(8, 30) <= at.time() <= time(16, 30)


@pytest.mark.parametrize(
    ("kind", "content"),
    [("pdf", ["A line (with brackets)."]), ("docx", ["A line & more."]), ("xlsx", [["A", "B"]]), ("csv", [["A", "B"]])],
)
def test_documents_pass_the_examination_of_any_upload(kind, content):
    made = documents.MAKERS[kind]("Terms of reference", "Severnshire County Council", content)

    examined = examine(io.BytesIO(made), f"terms.{kind}", EVERYTHING)

    assert examined.file_type == kind
    assert examined.content == made


def test_a_document_says_that_it_is_made_up():
    made = documents.pdf("Terms of reference", "Severnshire County Council", ["A line (with brackets)."])

    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()

    assert text.split("\n") == [
        "Terms of reference",
        "Severnshire County Council",
        "A line (with brackets).",
        "Made up for demonstration. Severnshire does not exist.",
    ]
