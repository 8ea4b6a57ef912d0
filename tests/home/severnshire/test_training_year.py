"""The county's training is alive: known as it came, kept by quarters, reported."""

from tests.home.severnshire.seen import rows, today
from training.models import Assignment, Snapshot, TrainingReport
from training.models.reports import ReportKind
from training.workflow import Standing


def test_the_quarters_of_the_year_were_kept_on_the_days_after_them():
    kept = rows(Snapshot).values_list("quarter_end", "taken_at").distinct()

    assert len({end for end, _at in kept}) >= 3
    assert {(at.date() - end).days for end, at in kept} == {1}


def test_what_people_did_was_known_soon_and_half_of_them_are_in_date():
    asked = Assignment.objects.using("backup").asked(today(), today=today())
    awareness = asked.filter(requirement__title="Prevent awareness for everybody")
    standing = list(awareness.values_list("standing", flat=True))
    good = [each for each in standing if each in (Standing.IN_DATE, Standing.EXPIRING)]

    assert 0.5 <= len(good) / len(standing) <= 0.9
    assert len(set(rows(Assignment).dates("known_from", "month"))) >= 5


def test_a_report_of_the_last_quarter_and_a_register_are_there():
    assert set(rows(TrainingReport).values_list("kind", flat=True)) == {ReportKind.FIGURES, ReportKind.SPREADSHEET}
