"""How an organisation wants its register kept. Who chose nothing has the defaults."""

from typing import Any

from compliance.models import Settings
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, Question, answers, columns, instances, stand_in


def settings_of(acting: Acting) -> Settings:
    """The organisation's settings, or the defaults (not saved, version 1)."""
    return settings_from(acting, answers(asking_settings(acting))[0])


def asking_settings(acting: Acting) -> Question:
    """The question behind ``settings_of``, to ask with others; ``settings_from`` reads the answer."""
    return _SETTINGS.question(acting.organisation_id)


def settings_from(acting: Acting, rows: list[tuple[Any, ...]]) -> Settings:
    """The settings, from the answer to ``asking_settings``."""
    return next(instances(Settings, rows), None) or Settings(organisation=acting.organisation)


_SETTINGS = Prepared(
    lambda organisation_id: Settings.objects.visible_to(stand_in(organisation_id=organisation_id)).values_list(
        *columns(Settings)
    ),
    int,
)
