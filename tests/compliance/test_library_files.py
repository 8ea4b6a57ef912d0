"""The reader of the duty library names every problem by file and line, and shows what a new edition changes.

Each folder of bad_library holds only the files that differ from small_library, and problems.txt: what must be found.
"""

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from compliance.library_files import (
    AnsweredAt,
    Force,
    Library,
    LibraryError,
    Link,
    Mark,
    Requirement,
    as_plain,
    content_hash,
    diff,
    read_library,
)

SMALL = Path(__file__).parent / "small_library"
BAD = Path(__file__).parent / "bad_library"


@pytest.fixture(scope="module")
def small() -> Library:
    return read_library(SMALL)


@pytest.fixture
def copy_of_small(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "library"))


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        read_library(folder)
    return list(caught.value.problems)


# How files are read


def test_a_row_takes_what_it_leaves_out_from_its_framework(small: Library) -> None:
    row = small.requirements["GEN-02"]

    assert row == Requirement(
        code="GEN-02",
        framework="GEN",
        theme="LEAD",
        title="Names a lead",
        text="There is a lead.",
        help="Name one. Name a deputy.",
        force=Force.SHOULD,
        force_note="",
        applies_when="",
        instrument="GUIDE",
        section="",
        paragraph="",
        source="The guidance.",
        cites=(),
        mark=Mark.NOT_VERIFIED,
        mark_note="",
        verified=False,
        evidence=("Role description",),
        further_signs=(),
        evidence_max_age_months=None,
        review_interval_months=12,
        interval_source="Our default.",
        in_force_from=date(2024, 1, 1),
        in_force_to=date(2024, 12, 31),
        asked_of_partners=False,
        answered_at=AnsweredAt.ORGANISATION,
        member_contribution="",
        same_question_as=(Link(code="GEN-01", mark=Mark.INFERENCE, note="A part of it."),),
        supersedes=(),
        related=(),
        position=2,
        file="frameworks/general.yaml",
        line=34,
    )
    assert (row.file, row.line) == ("frameworks/general.yaml", 34)


def test_a_row_keeps_what_it_says_itself(small: Library) -> None:
    row = small.requirements["GEN-01"]

    assert (row.instrument, row.review_interval_months, row.interval_source) == ("ACT", 6, "The Act.")
    assert (row.in_force_from, row.in_force_to) == (date(2023, 12, 31), None)


def test_an_answer_reaches_through_a_chain_of_matching_rows(small: Library) -> None:
    assert dict(small.answered_by) == {"GEN-02": ("B1",), "GEN-01": ("GEN-02", "B1")}


def test_a_framework_for_every_sector_names_none(small: Library) -> None:
    everyone, councils = small.frameworks

    assert (everyone.every_sector, everyone.sectors) == (True, ())
    assert (councils.every_sector, councils.sectors) == (False, ("LA",))


def test_reading_changes_no_file(copy_of_small: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copy_of_small.rglob("*.yaml")}

    read_library(copy_of_small)

    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copy_of_small.rglob("*") if path.is_file()}
    assert after == before


# What is wrong is named, all of it


@pytest.mark.parametrize("case", sorted(path.name for path in BAD.iterdir()))
def test_each_problem_is_named_by_file_and_line(copy_of_small: Path, case: str) -> None:
    shutil.copytree(BAD / case, copy_of_small, dirs_exist_ok=True)

    assert problems_of(copy_of_small) == (BAD / case / "problems.txt").read_text().splitlines()


def test_an_empty_folder_says_which_files_are_missing(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        "frameworks:1: there are no framework files in this folder",
        "instruments.yaml:1: the file is missing or cannot be read",
        "scales.yaml:1: the file is missing or cannot be read",
        "sectors.yaml:1: the file is missing or cannot be read",
        "themes.yaml:1: the file is missing or cannot be read",
    ]


def test_problems_of_several_files_come_together(copy_of_small: Path) -> None:
    for case in ["unknown_force", "unknown_sector", "unknown_kind"]:
        shutil.copytree(BAD / case, copy_of_small, dirs_exist_ok=True)

    found = problems_of(copy_of_small)

    assert [problem.split(":")[0] for problem in found] == [
        "frameworks/council.yaml",
        "frameworks/general.yaml",
        "instruments.yaml",
    ]


def test_a_tag_in_a_file_runs_nothing(copy_of_small: Path, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    file = copy_of_small / "themes.yaml"
    file.write_text(f'themes: !!python/object/apply:os.system ["touch {witness}"]\n')

    problems_of(copy_of_small)

    assert not witness.exists()


@pytest.mark.parametrize("kept", range(0, 1040, 40))
def test_a_file_cut_off_anywhere_is_refused_with_places(copy_of_small: Path, kept: int) -> None:
    file = copy_of_small / "frameworks" / "general.yaml"
    file.write_bytes(file.read_bytes()[:kept])

    found = problems_of(copy_of_small)

    assert found
    assert [problem for problem in found if not re.match(r"[\w./]+:\d+: .", problem)] == []


# What a new edition changes


def test_the_same_words_give_the_same_hash_wherever_the_row_stands(small: Library) -> None:
    row = small.requirements["GEN-02"]

    moved = replace(row, line=900, file="frameworks/other.yaml", position=7)

    assert content_hash(moved) == content_hash(row)
    # pragma: allowlist nextline secret
    assert content_hash(row) == "eefa3394e638025deeb34939defa339d165716342d06e2063bbcc4f928e117ae"


def test_any_other_difference_changes_the_hash(small: Library) -> None:
    row = small.requirements["GEN-02"]

    others = [
        replace(row, help="Name one."),
        replace(row, verified=True),
        replace(row, in_force_to=None),
        replace(row, same_question_as=()),
        replace(row, evidence_max_age_months=12),
    ]

    assert len({content_hash(item) for item in [row, *others]}) == 6


def test_a_framework_has_a_hash_of_its_own_without_its_rows(small: Library) -> None:
    framework = small.frameworks[0]

    assert content_hash(replace(framework, requirements=())) == content_hash(framework)
    assert content_hash(replace(framework, title="All")) != content_hash(framework)


def test_a_new_edition_shows_what_was_added_changed_and_withdrawn(small: Library) -> None:
    old = {code: as_plain(row) for code, row in small.requirements.items() if code != "B1"}
    old["GEN-02"] = {**old["GEN-02"], "title": "Names somebody", "section": "Leadership"}
    old["GEN-09"] = {"code": "GEN-09", "title": "Gone"}

    changes = diff(old, small)

    assert changes.added == ("B1",)
    assert changes.withdrawn == ("GEN-09",)
    assert [change.code for change in changes.changed] == ["GEN-02"]
    assert [(item.field, item.before, item.after) for item in changes.changed[0].fields] == [
        ("section", "Leadership", None),
        ("title", "Names somebody", "Names a lead"),
    ]


def test_the_same_edition_shows_no_change(small: Library) -> None:
    loaded = {code: as_plain(row) for code, row in small.requirements.items()}

    assert not diff(loaded, small)
