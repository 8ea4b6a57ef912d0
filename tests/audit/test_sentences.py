import ast
import re
from pathlib import Path

from django.apps import apps

from audit.sentences import SENTENCES, TYPES, sentence_of, type_label

ROOT = Path(__file__).resolve().parents[2]
VERB = re.compile(r"[a-z_]+\.[a-z_]+")
ROOMS = ("foundation", "compliance", "risk", "training", "actionplans", "home", "prevent_portal", "audit")


def verbs_of_tables(nodes: list[ast.AST]) -> set[str]:
    """The verbs in every table of a file that is called VERBS."""
    tables = (node for node in nodes if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERBS")
    texts = (node for table in tables for node in ast.walk(table.value) if isinstance(node, ast.Constant))
    return {str(text.value) for text in texts}


def recorded_verbs() -> dict[str, set[str]]:
    """Verb → files, for every text that looks like a verb among the first arguments of a call that records, or in a
    table of VERBS that such a call looks them up in.
    """
    found: dict[str, set[str]] = {}
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path.name != "benchmarks.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        for verb in verbs_of_tables(nodes):
            found.setdefault(verb, set()).add(str(path.relative_to(ROOT)))
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if "record" not in name and not name.startswith("_tell"):
                continue
            for text in (node for argument in call.args[:3] for node in ast.walk(argument)):
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and VERB.fullmatch(text.value):
                    found.setdefault(text.value, set()).add(str(path.relative_to(ROOT)))
    return found


def test_every_verb_that_the_code_records_has_a_sentence():
    missing = {verb: files for verb, files in recorded_verbs().items() if verb not in SENTENCES}

    assert missing == {}


def test_the_search_for_verbs_finds_some():
    assert {"access.refused", "audit.log_read", "system.acted"} <= recorded_verbs().keys()


def test_no_sentence_is_left_over_from_a_verb_that_nothing_records():
    assert SENTENCES.keys() - recorded_verbs().keys() == set()


def test_every_kind_of_thing_is_a_model_of_ours():
    assert TYPES.keys() - {model._meta.label_lower for model in apps.get_models()} == set()


def test_a_letter_and_a_notice_are_called_by_their_names():
    assert type_label("notifications.outgoingmail") == "Letter"
    assert type_label("notifications.notice") == "Notice"


def test_a_verb_of_a_newer_version_is_still_readable():
    assert sentence_of("venue.booking_refused") == "Venue booking refused"
    assert type_label("venues.booking") == "Booking"
