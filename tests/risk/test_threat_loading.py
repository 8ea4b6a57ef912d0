"""The data file of threat levels: what it says, how it is read, and what loading it does."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from foundation.core.acting import acting_as
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from risk import threat, threat_files, threat_loading
from risk.models import ReviewTask, ThreatLevel, ThreatWording
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import profiles
from tests.risk.test_threat import enter

WORDING = (
    "wordings:\n  - {level: low, meaning: Unlikely, in_force_from: null, in_force_to: null, mark: NV,"
    ' source: Somebody, address: "", note: ""}\n'
)
ROW = (
    '  - {from: %s, level: %s, announced_on: null, scope: national, mark: NV, mark_note: "", verified: false,'
    ' note: "", source: Somebody, address: ""}\n'
)


@pytest.fixture
def whole() -> str:
    return threat_loading.PATH.read_text()


@pytest.fixture
def written(tmp_path):
    """``written(text)``: a file with this text."""

    def write(text: str) -> Path:
        path = tmp_path / threat_files.FILE
        path.write_text(text)
        return path

    return write


def newest(day: str, level: str, whole: str) -> str:
    return whole + ROW % (day, level)


def test_the_file_has_the_whole_history_with_source_and_mark():
    file = threat_files.read(threat_loading.PATH)

    assert [(row.effective_from.isoformat(), row.level) for row in file.levels] == [
        ("2006-08-01", "severe"),
        ("2006-08-10", "critical"),
        ("2006-08-14", "severe"),
        ("2007-06-30", "critical"),
        ("2007-07-04", "severe"),
        ("2009-07-20", "substantial"),
        ("2010-01-22", "severe"),
        ("2011-07-11", "substantial"),
        ("2014-08-29", "severe"),
        ("2017-05-23", "critical"),
        ("2017-05-27", "severe"),
        ("2017-09-15", "critical"),
        ("2017-09-17", "severe"),
        ("2019-11-04", "substantial"),
        ("2020-11-03", "severe"),
        ("2021-02-04", "substantial"),
        ("2021-11-15", "severe"),
        ("2022-02-09", "substantial"),
        ("2026-04-30", "severe"),
    ]
    assert [row.effective_from for row in file.levels if row.verified] == [date(2014, 8, 29)]
    assert [row for row in file.levels if not row.source] == []
    assert {row.effective_from: row.announced_on for row in file.levels if row.announced_on} == {
        date(2021, 2, 4): date(2021, 2, 8)
    }


def test_every_level_has_its_current_and_its_older_wording():
    file = threat_files.read(threat_loading.PATH)

    wordings = {(row.level, row.in_force_to is None): row.meaning for row in file.wordings}
    assert len(wordings) == 10
    assert wordings["critical", True] == "An attack is highly likely in the near future"
    assert wordings["critical", False] == "An attack is expected imminently"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "threat_levels.yaml:1: the file has two lists"),
        ("wordings: [", "threat_levels.yaml:1: "),
        (WORDING, "threat_levels.yaml:1: levels is missing"),
        (WORDING + "levels: []\n", "threat_levels.yaml:3: levels must be a list of at least one row"),
        (WORDING + "levels:\n" + ROW % ("yesterday", "severe"), "threat_levels.yaml:4: from must be a date"),
        (WORDING + "levels:\n" + ROW % ("2026-02-31", "severe"), "threat_levels.yaml:4: "),
        (WORDING + "levels:\n" + ROW % ("2026-02-01", "purple"), "threat_levels.yaml:4: level must be one of low,"),
        (
            WORDING + "levels:\n" + (ROW % ("2026-02-01", "low")).replace("verified: false", "verified: true"),
            "threat_levels.yaml:4: verified: true is allowed only with mark: S",
        ),
        (
            WORDING + "levels:\n" + (ROW % ("2026-02-01", "low")).replace("source: Somebody", "source: ''"),
            "threat_levels.yaml:4: source must be a text of 1 to 200 characters",
        ),
        (
            WORDING + "levels:\n" + (ROW % ("2026-02-01", "low")).replace('address: ""', "address: 'javascript:x'"),
            "threat_levels.yaml:4: address must begin with https://",
        ),
        (
            WORDING + "levels:\n" + (ROW % ("2026-02-01", "low")).replace("scope: national, ", ""),
            "threat_levels.yaml:4: scope is missing",
        ),
        (
            WORDING + "levels:\n" + (ROW % ("2026-02-01", "low")).replace("scope", "colour: red, scope"),
            "threat_levels.yaml:4: colour is not a key of this list",
        ),
        (
            WORDING + "levels:\n" + ROW % ("2026-02-01", "low") + ROW % ("2026-02-01", "severe"),
            "threat_levels.yaml:5: scope and from stand here for the second time",
        ),
    ],
)
def test_a_bad_file_names_its_line_and_reason_and_changes_nothing(db, written, text, problem):
    before = list(ThreatLevel.objects.filter(organisation=None).values_list("effective_from", "level"))

    with pytest.raises(CommandError) as refused:
        call_command("load_threat_levels", file=written(text))

    assert str(refused.value).splitlines()[0] == "The threat levels were not loaded; nothing has changed."
    assert any(line.startswith(problem) for line in str(refused.value).splitlines()[1:]), str(refused.value)
    assert list(ThreatLevel.objects.filter(organisation=None).values_list("effective_from", "level")) == before


def test_loading_again_changes_nothing_and_says_so(db):
    said = io.StringIO()

    call_command("load_threat_levels", stdout=said)

    assert said.getvalue() == "Loaded: 0 added, 0 changed, 0 withdrawn. 0 risks to assess again.\n"
    assert not Event.objects.filter(verb="threat_levels.loaded").exists()


def test_it_says_what_was_added_changed_and_taken_out(lead, written, whole):
    text = newest("2026-11-01", "critical", whole).replace("from: 2026-04-30", "from: 2026-04-29")
    text = text.replace("Directory of Top Sites", "Somebody else")
    said = io.StringIO()

    call_command("load_threat_levels", file=written(text), stdout=said)

    assert said.getvalue().splitlines() == [
        "+ national 2026-04-29",
        "+ national 2026-11-01",
        "~ national 2020-11-03",
        "- national 2026-04-30",
        "Loaded: 2 added, 1 changed, 1 withdrawn. 0 risks to assess again.",
    ]
    with acting_as(lead):
        days = [spell.row.effective_from for spell in threat.history(lead)][:2]
        gone = ThreatLevel.objects.get(organisation=None, effective_from=date(2026, 4, 30))
    assert days == [date(2026, 11, 1), date(2026, 4, 29)]
    assert gone.withdrawn_reason == "It no longer stands in the data file."


def test_a_dry_run_says_what_would_change_and_changes_nothing(db, written, whole):
    said = io.StringIO()

    call_command("load_threat_levels", file=written(newest("2026-11-01", "low", whole)), dry_run=True, stdout=said)

    assert said.getvalue().splitlines()[-1].startswith("Would change: 1 added, 0 changed, 0 withdrawn.")
    assert ThreatLevel.objects.filter(organisation=None).count() == 19


def test_a_changed_wording_is_loaded(db, written, whole):
    text = whole.replace("highly likely in the near future", "highly likely soon")

    loaded = threat_loading.load(now=NOW, path=written(text))

    assert (loaded.wordings_changed, loaded.added) == (True, ())
    assert ThreatWording.objects.filter(meaning="An attack is highly likely soon").count() == 1


def test_a_new_level_asks_each_organisation_with_risks_once(lead, other_organisation, written, whole):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    ours, theirs = profiles.risk(lead), profiles.risk(stranger)
    path = written(newest("2026-11-20", "critical", whole))

    loaded = threat_loading.load(now=NOW, path=path)
    again = threat_loading.load(now=NOW, path=path)

    assert (loaded.tasks, again.tasks) == (2, 0)
    for who, row in ((lead, ours), (stranger, theirs)):
        with acting_as(who):
            task = ReviewTask.objects.get()
            assert (task.risk_id, task.raised_by_id, task.threat_level.level) == (row.pk, None, "critical")
            assert Notice.objects.get(kind="risk.reassess").membership_id == who.membership_id


def test_a_level_that_the_organisation_had_entered_itself_asks_nothing_more(lead, written, whole):
    profiles.risk(lead)
    enter(lead, level="critical", effective_from=date(2026, 11, 20))

    loaded = threat_loading.load(now=NOW, path=written(newest("2026-11-20", "critical", whole)))

    assert loaded.tasks == 0
    with acting_as(lead):
        found = threat.level_in_force(lead, date(2026, 11, 23))
        assert (found.level, found.is_own) == ("critical", False)
        assert ReviewTask.objects.count() == 1


def test_an_older_row_that_changes_nothing_today_asks_nothing(lead, written, whole):
    profiles.risk(lead)

    loaded = threat_loading.load(now=NOW, path=written(newest("2005-01-01", "low", whole)))

    assert (loaded.added, loaded.tasks) == (("national 2005-01-01",), 0)
