"""What the shipped duty library says: all rows there, honestly marked, readable and in our own words."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from compliance.library_files import AnsweredAt, Force, FrameworkKind, Library, Mark, read_library

SHIPPED = Path(__file__).parents[2] / "compliance" / "library"

ROWS = {
    "GEN": 24, "LA": 31, "SCH": 25, "EY": 8, "FE": 21, "HE": 22, "HLT": 21, "PRI": 15, "PRO": 12, "POL": 17,
    "LA-B2024": 8, "LA-B2018": 10,
}  # fmt: skip
NOT_VERIFIED = {
    "GEN": 15, "LA": 13, "SCH": 3, "EY": 1, "FE": 1, "HE": 0, "HLT": 7, "PRI": 8, "PRO": 10, "POL": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Library:
    return read_library(SHIPPED)


def test_every_framework_has_all_its_rows_in_order(shipped: Library) -> None:
    counts = {framework.code: len(framework.requirements) for framework in shipped.frameworks}

    assert counts == ROWS
    assert list(counts) == ["GEN", "LA", "SCH", "EY", "FE", "HE", "HLT", "PRI", "PRO", "POL", "LA-B2024", "LA-B2018"]
    for framework in shipped.frameworks:
        if framework.kind is FrameworkKind.REQUIREMENTS:
            expected = [f"{framework.code}-{number:02}" for number in range(1, ROWS[framework.code] + 1)]
            assert [row.code for row in framework.requirements] == expected


def test_the_rows_nobody_has_verified_are_all_marked_so(shipped: Library) -> None:
    marked = {
        framework.code: sum(row.mark is Mark.NOT_VERIFIED for row in framework.requirements)
        for framework in shipped.frameworks
        if framework.kind is FrameworkKind.REQUIREMENTS
    }

    assert marked == NOT_VERIFIED
    assert sum(marked.values()) == 62


def test_a_row_counts_as_verified_only_where_its_wording_was_seen_and_otherwise_says_why_not(shipped: Library) -> None:
    for row in shipped.requirements.values():
        assert row.mark is Mark.SEEN or not row.verified, row.code
        assert row.verified or row.mark_note, row.code


def test_rows_seen_only_by_title_or_for_one_sector_do_not_count_as_verified(shipped: Library) -> None:
    partly_seen = ["GEN-17", "GEN-23", "LA-10", "LA-12", "LA-14", "LA-17", "LA-26", "LA-31", "HLT-19", "POL-06", "B1"]

    assert [code for code in partly_seen if shipped.requirements[code].verified] == []
    assert {shipped.requirements[code].mark for code in partly_seen} == {Mark.SEEN}


def test_no_paragraph_number_of_the_guidance_is_invented(shipped: Library) -> None:
    assert [row.code for row in shipped.requirements.values() if row.paragraph] == []


def test_every_row_can_be_read_and_evidenced(shipped: Library) -> None:
    for row in shipped.requirements.values():
        sentences = re.findall(r"[.?!](?=\s|$)", row.help)

        assert 2 <= len(sentences) <= 4, f"{row.code} has {len(sentences)} sentences of help"
        assert row.evidence, row.code
        assert len(row.title) <= 70, row.code
        assert row.text.endswith("."), row.code
        assert row.source.endswith("."), row.code


def test_titles_are_unique_within_a_framework(shipped: Library) -> None:
    for framework in shipped.frameworks:
        titles = [row.title for row in framework.requirements]

        assert len(set(titles)) == len(titles), framework.code


def test_nothing_is_presented_as_a_quotation(shipped: Library) -> None:
    quotation = re.compile(r"[\"“”‘«»]|'[A-Z][^']*'")
    for row in shipped.requirements.values():
        words = [row.title, row.text, row.help, row.force_note, row.mark_note, row.member_contribution]

        for text in [*words, *row.evidence, *row.further_signs]:
            assert not quotation.search(text), f"{row.code}: {text}"


def test_the_words_of_the_glossary_are_used(shipped: Library) -> None:
    outdated = re.compile(
        r"vulnerable to (being )?radicalis|drawn into extremism|Channel referral|at-risk communit|jihad|far right"
        r"|\bLSCB|\bCCG|HEFCE|suspects?\b",
        re.IGNORECASE,
    )
    for row in shipped.requirements.values():
        for text in [row.title, row.text, row.help, *row.evidence, *row.further_signs]:
            assert not outdated.search(text), f"{row.code}: {text}"


def test_every_judgement_that_rows_match_is_marked_as_ours(shipped: Library) -> None:
    links = [link for row in shipped.requirements.values() for link in (*row.same_question_as, *row.supersedes)]

    assert {link.mark for link in links} == {Mark.INFERENCE}
    assert {outline.mark for framework in shipped.frameworks for outline in framework.outlines} == {Mark.INFERENCE}


def test_only_rows_for_everyone_are_answered_through_others(shipped: Library) -> None:
    assert {shipped.requirements[code].framework for code in shipped.answered_by} == {"GEN"}
    assert shipped.answered_by["GEN-22"] == ("SCH-03", "HE-01", "HLT-20")
    assert shipped.answered_by["GEN-10"] == ("LA-10", "SCH-08", "EY-03", "FE-05", "HE-06", "HLT-08", "PRI-08")


def test_benchmarks_are_answered_by_the_group_with_a_part_from_each_member(shipped: Library) -> None:
    benchmarks = [row for row in shipped.requirements.values() if row.framework == "LA-B2024"]

    assert [row.code for row in benchmarks] == ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"]
    assert {row.answered_at for row in benchmarks} == {AnsweredAt.GROUP}
    assert all(row.member_contribution and row.further_signs for row in benchmarks)
    elsewhere = [row.code for row in shipped.requirements.values() if row.answered_at is AnsweredAt.GROUP]
    assert elsewhere == [row.code for row in benchmarks]


def test_every_benchmark_of_2018_leads_to_exactly_one_of_2024_the_day_after(shipped: Library) -> None:
    by_code = {framework.code: framework for framework in shipped.frameworks}
    replaced = [link.code for row in by_code["LA-B2024"].requirements for link in row.supersedes]

    assert sorted(replaced) == [row.code for row in by_code["LA-B2018"].requirements]
    assert by_code["LA-B2018"].in_force_to == by_code["LA-B2024"].in_force_from - timedelta(days=1)


def test_the_home_office_rating_has_a_scale_of_its_own(shipped: Library) -> None:
    benchmarks = next(framework for framework in shipped.frameworks if framework.code == "LA-B2024")
    scales = {scale.code: [step.code for step in scale.steps] for scale in shipped.scales}

    assert scales[benchmarks.scale] == ["not_assessed", "not_met", "partly_met", "met", "exceeded"]
    assert scales[benchmarks.assurer_scale or ""] == ["not_rated", "unmet", "met", "exceeding"]
    assert scales["standard"] == ["not_assessed", "not_met", "partly_met", "met"]
    assert {(scale.lowest_score, scale.highest_score) for scale in shipped.scales} == {(None, None)}


def test_the_national_self_assessment_tools_reuse_the_same_rows(shipped: Library) -> None:
    headings = {
        outline.code: [heading.number for heading in outline.headings]
        for framework in shipped.frameworks
        for outline in framework.outlines
    }

    assert headings == {"FE-NINE": list(range(1, 10)), "SCH-SEVEN": list(range(1, 8))}


def test_bodies_outside_the_act_are_asked_a_lighter_set(shipped: Library) -> None:
    asked = {
        framework.code: [row.code for row in framework.requirements if row.asked_of_partners]
        for framework in shipped.frameworks
        if framework.applies_to_partners
    }

    assert asked["GEN"] == ["GEN-04", "GEN-07", "GEN-08", "GEN-09", "GEN-13", "GEN-14", "GEN-16", "GEN-17"]
    assert {code: len(rows) for code, rows in asked.items()} == {"GEN": 8, "FE": 10, "HLT": 10}


def test_a_force_that_is_neither_law_nor_guidance_is_explained(shipped: Library) -> None:
    explained = ["GEN-17", "LA-31", "SCH-20", "FE-21", "HE-01", "HE-19", "HLT-04", "HLT-07", "HLT-19"]

    assert {shipped.requirements[code].force for code in explained} == {Force.MUST}
    assert [code for code in explained if not shipped.requirements[code].force_note] == []


def test_reviews_other_than_yearly_name_where_the_interval_comes_from(shipped: Library) -> None:
    other = {
        row.code: row.review_interval_months
        for row in shipped.requirements.values()
        if row.review_interval_months != 12
    }

    assert other == {"LA-31": 3, "HLT-11": 3, "HLT-19": 3}
    assert all(row.interval_source for row in shipped.requirements.values())


def test_every_address_is_a_web_address(shipped: Library) -> None:
    odd = [
        item.address for item in shipped.instruments if item.address and not re.match(r"https?://\S+$", item.address)
    ]

    assert odd == []


def test_guidance_that_was_replaced_has_an_end(shipped: Library) -> None:
    by_code = {instrument.code: instrument for instrument in shipped.instruments}

    assert by_code["PDG-2023"].in_force_from == date(2023, 12, 31)
    assert by_code["PDG-2023"].in_force_to is None
    assert by_code["PDG-2015"].in_force_to == date(2023, 12, 30)
