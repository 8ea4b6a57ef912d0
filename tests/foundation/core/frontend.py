"""GOV.UK Frontend's published markup and ours, made comparable."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Layout
from django import forms

FRONTEND = Path(__file__).parents[3] / "node_modules/govuk-frontend/dist/govuk/components"
VOID = {"input", "br", "img", "meta", "link"}


class Tree(HTMLParser):
    """Markup as nested tuples: order of attributes and classes, and white space, make no difference."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[list[Any]] = [["root", {}]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        described = {name: value or "" for name, value in attrs if not name.startswith("data-i18n")}
        for name in ("class", "aria-describedby"):
            if name in described:
                described[name] = " ".join(sorted(described[name].split()))
        node: list[Any] = [tag, described]
        self.stack[-1].append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.stack[-1].append(text)


def tree(markup: str) -> list[Any]:
    parser = Tree()
    parser.feed(markup)
    assert len(parser.stack) == 1, "an element is not closed"
    return parser.stack[0][2:]


def published(component: str, name: str) -> dict[str, Any]:
    path = FRONTEND / component / "fixtures.json"
    if not path.exists():
        pytest.skip("the front-end packages are not installed")
    found = [each for each in json.loads(path.read_text())["fixtures"] if each["name"] == name]
    assert len(found) == 1, f"GOV.UK Frontend has no {component} called {name!r}"
    return found[0]


def shown(
    field: forms.Field, name: str, layout: Any = None, *, data: dict[str, Any] | None = None, **initial: Any
) -> str:
    """The field as our templates show it, with no form around it."""
    form = type("OneField", (forms.Form,), {name: field})(data, initial=initial, auto_id="%s")
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.layout = Layout(layout or name)
    return render_crispy_form(form)
