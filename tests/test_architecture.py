"""Rules of the house that a tool can read off the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["prevent_portal", "home", "foundation", "compliance", "risk", "training", "actionplans", "audit"]
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
CODE = [path for path in SOURCES if "migrations" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
IDS = [str(path.relative_to(ROOT)) for path in CODE]


def test_no_file_is_a_junk_drawer():
    names = {"utils.py", "helpers.py", "common.py", "misc.py"}

    assert [str(path) for path in CODE if path.name in names] == []


@pytest.mark.parametrize("path", [*CODE, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_enough_to_read(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in CODE if {"views", "views.py", "reports.py"} & set(p.parts)], ids=str)
def test_views_and_reports_reach_organisation_data_only_through_visible_to(path):
    """``Model.objects`` must be followed by ``visible_to`` unless the model is shared library data."""
    shared = {
        "Framework",
        "Instrument",
        "LibraryLoad",
        "Theme",
        "Scale",
        "SameQuestion",
        "SectorEntry",
        "User",
        "Authenticator",
    }
    text = path.read_text()

    found = [
        match.group(0)
        for match in re.finditer(r"(\w+)\.objects\.(\w+)", text)
        if match.group(2) != "visible_to" and match.group(1) not in shared and "acting_system" not in text
    ]
    assert found == []


SANITISED = ROOT / "foundation/core/markdown.py"  # the one exception: it says why


@pytest.mark.parametrize("path", [path for path in CODE if path != SANITISED], ids=str)
def test_nothing_is_marked_safe(path):
    assert re.search(r"\bmark_safe\(", path.read_text()) is None


def test_no_template_of_ours_uses_the_safe_filter():
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape off", path.read_text())
    ]

    assert found == []


def test_no_template_has_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son(click|load|submit|change)=", re.IGNORECASE)
    tags = re.compile(r"{%.*?%}")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if not {"pdf", "documents"} & set(path.parts) and inline.search(tags.sub("", path.read_text()))
    ]

    assert found == []


@pytest.mark.parametrize("path", [p for p in CODE if p.name != "sending.py"], ids=str)
def test_nothing_sends_a_task_past_the_job_rows(path):
    assert re.search(r"\.(delay|apply_async)\(", path.read_text()) is None


@pytest.mark.parametrize("path", CODE, ids=IDS)
def test_every_save_of_an_existing_row_names_its_columns(path):
    """``save()`` without ``update_fields`` writes every column over a concurrent change."""
    bare = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not any(
            keyword.arg in {"update_fields", "using", "force_insert"} or keyword.arg is None
            for keyword in node.keywords
        )
        and not (node.args or isinstance(node.func.value, ast.Call))
    ]
    allowed = {
        "compliance/library_loading.py",  # the loader writes whole rows of reference data
        "foundation/jobs/scheduling.py",  # the scheduler's own model reacts to whole saves
        "prevent_portal/benchmarks/ground.py",  # a session, not a row
        "foundation/accounts/views/confirm.py",  # a form of django-allauth, not a row
    }
    assert bare == [] or str(path.relative_to(ROOT)) in allowed


@pytest.mark.parametrize("path", CODE, ids=IDS)
def test_no_day_is_cut_from_a_moment_without_saying_where(path):
    """``now.date()`` is the day in UTC: between midnight and one in summer, yesterday. ``timezone.localdate`` knows."""
    cut = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
    ]
    allowed = {
        "foundation/documents/xlsx.py",  # only asks whether Excel can hold the day at all
        "foundation/organisations/people_files/cleaning.py",  # a spreadsheet's cell, which knows no time zone
    }

    assert cut == [] or str(path.relative_to(ROOT)) in allowed


DEEDS = {"actions.py", "quarantine.py"}


@pytest.mark.parametrize("path", [p for p in CODE if p.name not in DEEDS and "actions" not in p.parts], ids=str)
def test_only_actions_assign_a_status(path):
    assigned = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target in ast.walk(ast.Tuple(elts=list(node.targets), ctx=ast.Store()))
        if isinstance(target, ast.Attribute) and target.attr == "status"
    ]

    assert assigned == []


TRANSLATES_AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}


def done_at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """What Python runs when it reads the file: everything but the insides of functions."""
    for node in ast.iter_child_nodes(tree):
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)] if inside else []
        for part in [*getattr(node, "decorator_list", ()), *defaults] if inside else [node]:
            yield part
            yield from done_at_import(part)


@pytest.mark.parametrize("path", CODE, ids=IDS)
def test_no_text_is_translated_when_its_file_is_read(path):
    """It would stay in the language of whoever started the process: such texts are ``gettext_lazy``."""
    tree = ast.parse(path.read_text())
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in TRANSLATES_AT_ONCE
    }

    translated = [
        node.lineno
        for node in done_at_import(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]

    assert translated == []


def test_a_text_translated_when_a_file_is_read_is_found():
    source = """
from django.utils.translation import gettext as _
HEADING = Column("a", _("A"), lambda row: _("not yet"))
class Form:
    label = _("B")
    def name(self, default=_("C")):
        return _("not yet")
"""

    found = [
        n.args[0].value for n in done_at_import(ast.parse(source)) if getattr(getattr(n, "func", 0), "id", "") == "_"
    ]

    assert found == ["A", "B", "C"]
