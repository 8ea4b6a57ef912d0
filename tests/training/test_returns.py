"""Figures for returns: counted as they are defined, equal to the rows behind them, and said to be unverified."""

import io
from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from pypdf import PdfReader

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.organisations.models import Membership
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import for_all as asked
from tests.factories.training import make_course
from training import returns
from training.actions import agreements, reporting
from training.actions.return_choices import choose_for_return
from training.models import Assignment
from training.return_files import Every, FigureKind, definitions, read_returns
from training.return_periods import offered, period_of

QUARTER = period_of(Every.QUARTER, date(2026, 11, 23))
AFTER = NOW.replace(year=2027, month=1, day=4)


# ---- Definitions and periods
def test_the_definitions_that_come_with_the_portal_can_be_used():
    found = definitions()

    assert sorted(found) == ["nhs-quarterly", "ofs-yearly"]
    assert [each.verified for each in found.values()] == [False, False]
    assert [(field.code, field.mark) for field in found["ofs-yearly"].fields] == [
        ("key_staff", "NV"), ("induction", "S2"), ("refresher", "S2"), ("welfare", "S2"),
    ]  # fmt: skip


def test_a_definition_that_cannot_be_counted_is_refused_with_its_line(tmp_path):
    (tmp_path / "x.yaml").write_text(
        "code: x\nversion: 1\ntitle: X\nperiod: quarter\nread_on: 2026-01-01\nverified: false\nnote: Note\n"
        "choices:\n  - {code: a, label: A, of: courses}\n"
        "fields:\n  - {code: f, label: F, figure: percent, from: a, mark: NV, definition: D}\n"
    )

    with pytest.raises(ImproperlyConfigured, match=r"x.yaml:11: 'percent' cannot be counted of courses"):
        read_returns(tmp_path)


@pytest.mark.parametrize(
    ("every", "on", "first", "last"),
    [
        (Every.QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (Every.QUARTER, date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (Every.ACADEMIC_YEAR, date(2026, 8, 1), date(2026, 8, 1), date(2027, 7, 31)),
        (Every.ACADEMIC_YEAR, date(2026, 7, 31), date(2025, 8, 1), date(2026, 7, 31)),
    ],
)
def test_periods_are_quarters_and_academic_years(every, on, first, last):
    period = period_of(every, on)

    assert (period.first, period.last) == (first, last)


def test_the_running_period_and_seven_before_it_are_offered():
    found = [each.first for each in offered(Every.QUARTER, date(2027, 1, 4))]

    assert (len(found), found[0], found[1], found[-1]) == (8, date(2027, 1, 1), date(2026, 10, 1), date(2025, 4, 1))


# ---- The figures
@pytest.fixture
def manager(organisation):
    return acting_of(make_membership(organisation, "training_manager", name="Mair Manager"))


@pytest.fixture
def courses(_database):
    return make_course("awareness", title="Awareness"), make_course("referrals", title="Referrals")


@pytest.fixture
def people(organisation, manager, courses):
    """Of four asked for awareness, two for referrals too: Ann did both, Bob one, Cai none; Dan was let off."""
    found = [make_membership(organisation, name=name, with_user=False) for name in ("Ann", "Bob", "Cai", "Dan")]
    with acting_as(manager):
        Membership.objects.filter(pk__in=[each.pk for each in found]).update(staff_group="All")
        Membership.objects.filter(pk__in=[each.pk for each in found[:2]]).update(job_title="Lead")
    everybody, leads = asked.Scope(staff_groups=("All",)), asked.Scope(job_titles=("Lead",))
    first = asked.requirement(manager, courses[0], "Awareness for all", scope=everybody)
    second = asked.requirement(manager, courses[1], "Referrals for leads", scope=leads)
    for person, course in ((found[0], courses[0]), (found[0], courses[1]), (found[1], courses[0])):
        asked.done(manager, person, course, date(2026, 11, 23))
    with acting_as(manager):
        [row] = Assignment.objects.visible_to(manager).of(found[3].pk).filter(known_until=None)
        agreements.waive(
            assignment_id=row.pk, starts_on=NOW.date(), ends_on=date(2027, 6, 1), reason="Abroad", by=manager, now=NOW
        )
    choose(manager, {"basic": [first.pk, second.pk], "courses": [each.pk for each in courses]})
    return found


def choose(by, chosen, *, definition="nhs-quarterly", version=1):
    with acting_as(by):
        return choose_for_return(definition=definition, version=version, chosen=chosen, by=by, now=NOW)


def figures(by) -> dict[str, int | None]:
    definition = definitions()["nhs-quarterly"]
    with acting_as(by):
        chosen = returns.choices_of(by, definition).chosen
        return {line.label: line.value for line in returns.lines(by, definition, QUARTER, chosen, today=AFTER.date())}


def test_each_person_counts_once_and_is_compliant_with_all_that_is_asked_of_them(committed, manager, people):
    assert figures(manager) == {
        "Staff requiring basic awareness": 3,
        "Staff compliant with basic awareness": 1,
        "Basic awareness, per cent": 33,
        "Staff requiring level 3 or above": None,
        "Staff compliant with level 3 or above": None,
        "Level 3 or above, per cent": None,
        "Number trained in the quarter: Awareness": 2,
        "Number trained in the quarter: Referrals": 1,
    }


def test_what_is_done_after_the_quarter_is_not_in_it(committed, manager, people, courses):
    before = figures(manager)
    asked.done(manager, people[2], courses[0], date(2027, 1, 2), now=AFTER)

    assert figures(manager) == before


def test_each_figure_is_as_many_people_as_stand_behind_it(committed, manager, people):
    definition = definitions()["nhs-quarterly"]
    with acting_as(manager):
        chosen = returns.choices_of(manager, definition).chosen
        for line in returns.lines(manager, definition, QUARTER, chosen, today=AFTER.date()):
            if line.value is None or line.field.figure == FigureKind.PERCENT:
                continue
            rows = returns.behind(manager, line.field, QUARTER, chosen, course=line.course, today=AFTER.date())

            assert returns.people_in(rows) == line.value


# ---- What is chosen
def test_rows_of_others_cannot_be_chosen(committed, manager, people):
    elsewhere = acting_of(make_membership(make_organisation("Elsewhere"), "training_manager"))
    theirs = asked.requirement(elsewhere, make_course("third"))

    with pytest.raises(RuleBroken, match="Select from the list"):
        choose(manager, {"basic": [theirs.pk]}, version=2)


def test_who_chooses_on_top_of_an_older_version_is_told(committed, manager, people):
    with pytest.raises(StaleVersion):
        choose(manager, {}, version=1)


@pytest.mark.parametrize("first", [date(2026, 10, 2), date(2027, 1, 1)])
def test_a_period_that_is_none_or_has_not_begun_is_refused(manager, within, first):
    within(manager)

    with pytest.raises(RuleBroken, match="Select a period of the list"):
        reporting.request_return_report(
            definition="nhs-quarterly", period_from=first, marking="official", by=manager, now=NOW
        )


# ---- Pages and report
def test_the_page_says_that_it_is_unverified_and_leads_to_the_people(committed, manager, people, client_for):
    browser = client_for(manager)
    address = "/training/returns/nhs-quarterly/"

    page = browser.get(f"{address}?period=2026-10-01").content.decode()
    rows = browser.get(f"{address}rows/?field=basic_required&period=2026-10-01").content.decode()
    records = browser.get(f"{address}rows/?field=trained&period=2026-10-01").content.decode()

    assert "Definition 1 of 23 November 2026 is not verified." in page
    assert "3 people." in rows
    assert [name in rows for name in ("Ann", "Bob", "Cai", "Dan")] == [True, True, True, False]
    assert "2 people." in records


def test_choosing_is_kept_by_the_page(committed, manager, people, courses, client_for):
    address = "/training/returns/ofs-yearly/choose/"

    answer = client_for(manager).post(address, {"version": "1", "choice_induction": [str(courses[0].pk)]})

    assert answer.status_code == 302
    with acting_as(manager):
        assert returns.choices_of(manager, definitions()["ofs-yearly"]).chosen == {
            "key_staff": [], "induction": [courses[0].pk], "refresher": [], "welfare": [],
        }  # fmt: skip


def test_the_report_keeps_figures_definitions_and_what_was_counted(committed, manager, people):
    with acting_as(manager):
        report = reporting.request_return_report(
            definition="nhs-quarterly", period_from=QUARTER.first, marking="official", by=manager, now=NOW
        )
        jobs.run_here(report.job)
        report.refresh_from_db()
        document = PdfReader(io.BytesIO(report.file.bytes.open().read()))

    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert (report.definition, report.definition_version) == ("nhs-quarterly", 1)
    for each in (
        "Definition 1 of 23 November 2026 is not verified.",
        "Staff requiring basic awareness 3",
        "Not verified",
        "Awareness for all",
        "The period was still running",
    ):
        assert each in text
