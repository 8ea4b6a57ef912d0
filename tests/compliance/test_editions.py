import shutil

import pytest

from compliance import library_loading
from compliance.editions import Fate, followers_of, mapping_of
from compliance.models import Framework
from tests.conftest import NOW


@pytest.fixture
def benchmarks(library):
    return Framework.objects.select_related("instrument").get(pk="LA-B2024")


def test_every_row_of_the_new_edition_stands_beside_what_it_replaced(benchmarks):
    found = mapping_of(benchmarks)

    assert [(tuple(row.code for row in pair.old), pair.new.code) for pair in found.pairs] == [
        (("B2018-02",), "B1"),
        (("B2018-01",), "B2"),
        (("B2018-03",), "B3"),
        (("B2018-04",), "B4"),
        (("B2018-05",), "B5"),
        (("B2018-07",), "B6"),
        (("B2018-06", "B2018-08"), "B7"),
        (("B2018-09", "B2018-10"), "B8"),
    ]
    assert [pair.new.code for pair in found.pairs if pair.is_merged] == ["B7", "B8"]
    assert [framework.code for framework in found.previous] == ["LA-B2018"]


def test_kept_changed_new_and_dropped_are_told_apart(benchmarks, tmp_path):
    copy = tmp_path / "library"
    shutil.copytree(library_loading.LIBRARY, copy)
    new, old = copy / "frameworks/la-benchmarks-2024.yaml", copy / "frameworks/la-benchmarks-2018.yaml"
    text = new.read_text()
    text = text.replace("    supersedes:\n      - {code: B2018-03, mark: INF}\n", "")  # B3 is new, B2018-03 is dropped
    new.write_text(text)
    wording = "title: Effective multi-agency board\n    text: There is an effective multi-agency board."
    kept = (
        "title: Multi-agency partnership group\n"
        "    text: A multi-agency group at the right level oversees Prevent in the area."
    )
    assert wording in old.read_text()
    old.write_text(old.read_text().replace(wording, kept))  # B1 is kept
    library_loading.load(now=NOW, folder=copy)

    found = mapping_of(benchmarks)

    fates = {(pair.new or pair.old[0]).code: pair.fate for pair in found.pairs}
    assert (fates["B1"], fates["B2"], fates["B3"], fates["B2018-03"]) == (
        Fate.KEPT,
        Fate.CHANGED,
        Fate.NEW,
        Fate.DROPPED,
    )
    assert found.counts == {Fate.KEPT: 1, Fate.CHANGED: 6, Fate.NEW: 1, Fate.DROPPED: 1}
    assert [pair.old[0].code for pair in found.of("dropped")] == ["B2018-03"]


def test_a_framework_without_an_earlier_edition_in_the_library_has_no_mapping(library):
    assert mapping_of(Framework.objects.select_related("instrument").get(pk="HLT")) is None


def test_an_edition_knows_what_followed_it(library):
    assert [each.code for each in followers_of(Framework.objects.get(pk="LA-B2018"))] == ["LA-B2024"]


def test_the_mapping_costs_the_same_queries_for_any_number_of_rows(benchmarks, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(mapping_of(benchmarks).pairs) == 8
