"""Lower rooms find functions of higher ones by name, through settings. No type checker follows those names."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

ROOMS = ("foundation.", "home.", "compliance.", "audit.")


def hooks() -> Iterator[str]:
    for name in dir(settings):
        if not name.startswith("PORTAL_"):
            continue
        value = getattr(settings, name)
        for path in [value] if isinstance(value, str) else value:
            if isinstance(path, str) and path.startswith(ROOMS):
                yield path


@pytest.mark.parametrize("path", sorted(set(hooks())))
def test_every_name_in_the_settings_leads_to_a_function(path):
    assert callable(import_string(path))
