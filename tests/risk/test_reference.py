"""Themes and ideologies as dated reference data, and the starter risks that use them."""

import io
from datetime import date

import pytest
import yaml
from django.core.management import CommandError, call_command

from foundation.ledger import acting_system
from risk import reference
from risk.models import Category

TODAY = date(2026, 11, 23)


def write(folder, **groups):
    (folder / "categories.yaml").write_text(yaml.safe_dump({"themes": [], "ideologies": []} | groups))


def row(code, label, first=date(2015, 7, 1), **more):
    return {"code": code, "label": label, "in_force_from": first, "source": "Ours", "verified": False} | more


def test_every_starter_risk_has_a_theme_that_is_loaded_and_sectors_that_are_there(db):
    themes = set(dict(reference.offered(Category.Kind.THEME, TODAY)))

    assert reference.problems_of_starters(themes) == []
    assert len(reference.starters()) == 20


def test_loading_again_changes_nothing(db):
    assert not reference.load(on=TODAY)


def test_a_new_wording_is_offered_from_its_day_and_the_old_one_until_then(db, tmp_path):
    old = row("online", "Online", in_force_to=date(2026, 12, 31))
    write(tmp_path, themes=[old, row("online", "Life online", date(2027, 1, 1))])

    changes = reference.load(on=TODAY, folder=tmp_path)

    assert changes.added == ["theme online from 2027-01-01"]
    assert "theme leadership from 2015-07-01" in changes.ended
    assert dict(reference.offered("theme", date(2026, 12, 31)))["online"] == "Online"
    assert dict(reference.offered("theme", date(2027, 1, 1)))["online"] == "Life online"
    assert reference.words().themes["leadership"] == "Leadership and governance"


def test_a_dry_run_says_what_it_would_change_and_changes_nothing(db, tmp_path):
    write(tmp_path, themes=[row("online", "Something else")])
    said = io.StringIO()

    call_command("load_risk_library", folder=tmp_path, dry_run=True, stdout=said)

    assert "~ theme online from 2015-07-01: label, source, position" in said.getvalue()
    assert reference.words().themes["online"] == "Online harm and own IT"


def test_a_file_that_contradicts_itself_changes_nothing(db, tmp_path):
    write(tmp_path, themes=[row("online", "One"), row("online", "Two")])

    with pytest.raises(CommandError, match="begins twice"):
        call_command("load_risk_library", folder=tmp_path)

    assert reference.words().themes["online"] == "Online harm and own IT"


def test_nobody_but_the_loader_writes_categories(db):
    with acting_system("library"):
        assert Category.objects.count() > 10
    with pytest.raises(Exception, match="permission denied"):
        Category.objects.update(label="Rewritten")
