import shutil

import pytest
from django.core.management import CommandError, call_command

from compliance import library_loading, library_memory
from compliance.library_files import LibraryError
from compliance.models import (
    Instrument,
    LibraryLoad,
    Outline,
    Relation,
    Requirement,
    RequirementRevision,
    SectorEntry,
)
from tests.conftest import NOW

BEFORE = "A senior officer in a leadership role oversees Prevent"


@pytest.fixture
def folder(tmp_path, library):
    """A copy of the library as shipped, to change."""
    copy = tmp_path / "library"
    shutil.copytree(library_loading.LIBRARY, copy)
    return copy


def change(folder, old, new, file="frameworks/la.yaml"):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_loading_the_same_files_again_changes_nothing(folder):
    loaded = library_loading.load(now=NOW, folder=folder)

    assert (loaded.written, bool(loaded.changes)) == (False, False)
    assert LibraryLoad.objects.count() == 1


def test_new_wording_is_a_new_revision_and_the_old_one_stays(folder):
    change(
        folder, "title: A senior officer in a leadership role oversees Prevent", "title: A chief officer oversees it"
    )

    loaded = library_loading.load(now=NOW, folder=folder)

    row = Requirement.objects.get(code="LA-01")
    titles = list(
        RequirementRevision.objects.filter(requirement=row).order_by("number").values_list("content__title", flat=True)
    )
    assert [(each.code, [field.field for field in each.fields]) for each in loaded.changes.changed] == [
        ("LA-01", ["title"])
    ]
    assert titles == [BEFORE, "A chief officer oversees it"]
    assert row.title == "A chief officer oversees it"


def test_a_dry_run_says_what_would_change_and_changes_nothing(folder):
    change(
        folder, "title: A senior officer in a leadership role oversees Prevent", "title: A chief officer oversees it"
    )

    loaded = library_loading.load(now=NOW, folder=folder, dry_run=True)

    assert len(loaded.changes.changed) == 1
    assert Requirement.objects.get(code="LA-01").title == BEFORE


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("theme: LEAD", "theme: LEADING", "LEADING"),
        ("code: LA-02", "code: LA-01", "LA-01"),
        ("force: should", "force: ought", "ought"),
    ],
)
def test_a_bad_file_names_file_and_line_and_changes_nothing(folder, old, new, reason):
    change(folder, old, new)
    before = list(Requirement.objects.order_by("pk").values_list("code", "content_hash", "in_force_to"))

    with pytest.raises(LibraryError) as refusal:
        library_loading.load(now=NOW, folder=folder)

    assert any("la.yaml:" in problem and reason in problem for problem in refusal.value.problems)
    assert list(Requirement.objects.order_by("pk").values_list("code", "content_hash", "in_force_to")) == before


def test_the_command_ends_with_an_error_that_lists_the_problems(folder):
    change(folder, "theme: LEAD", "theme: LEADING")

    with pytest.raises(CommandError, match=r"nothing has changed\.\n.*la\.yaml:\d+: "):
        call_command("load_library", folder=folder)


def test_every_process_reads_the_library_again_after_a_load_and_only_then(folder, django_assert_num_queries):
    before = library_memory.library()
    change(folder, BEFORE, "A chief officer oversees it")

    with django_assert_num_queries(1):
        assert library_memory.library() is before
    library_loading.load(now=NOW, folder=folder)

    titles = [wording.title for wordings in library_memory.library().wordings.values() for wording in wordings]
    assert titles.count("A chief officer oversees it") == 1


def test_a_change_of_a_scale_alone_is_a_load_too(folder):
    before = library_memory.library()
    change(folder, "label: Met", "label: In place", file="scales.yaml")

    library_loading.load(now=NOW, folder=folder)

    assert "In place" in [step["label"] for step in library_memory.library().own_scale.steps]
    assert "In place" not in [step["label"] for step in before.own_scale.steps]


def test_a_heading_that_leaves_the_files_leaves_the_database_and_what_stays_is_brought_up_to_date(folder):
    change(folder, "        title: Site security", "        title: Safe sites", file="frameworks/fe.yaml")
    schools = folder / "frameworks/sch.yaml"
    schools.write_text(schools.read_text().partition("\noutlines:")[0] + "\n")

    library_loading.load(now=NOW, folder=folder)

    assert list(Outline.objects.values_list("code", flat=True)) == ["FE-NINE"]
    assert [heading["title"] for heading in Outline.objects.get().headings if heading["number"] == 7] == ["Safe sites"]


def test_what_replaces_what_and_what_is_read_beside_what_is_in_the_database(library):
    links = Relation.objects.filter(origin__code="B8").order_by("kind", "target__code")

    assert [(link.kind, link.target.code, link.mark) for link in links] == [
        ("related", "LA-03", ""),
        ("related", "LA-08", ""),
        ("related", "LA-26", ""),
        ("supersedes", "B2018-09", "INF"),
        ("supersedes", "B2018-10", "INF"),
    ]
    assert Instrument.objects.get(pk="LA-TOOLKIT-2024").replaces == ["LA-TOOLKIT-2018"]
    assert SectorEntry.objects.get(pk="LA").not_covered.startswith("Parish and town councils")
