"""Severnshire as the command makes it: seeded once for all tests here, through the actions and committed."""

import io
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.test import override_settings

from foundation.core.acting import Acting
from foundation.organisations.models import RoleGrant
from foundation.organisations.roles import Role
from tests.conftest import empty_all_tables
from tests.home.severnshire.seen import acting_now, today


@pytest.fixture(scope="package")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("severnshire")
    return {
        "FILES_DIR": folder / "files",
        "CHECKPOINT_DIR": folder / "checkpoints",
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }


@pytest.fixture(scope="package", autouse=True)
def said(django_db_setup: None, django_db_blocker, places) -> Iterator[str]:
    """What the command said. Its work is committed, and gone after the last test of this folder."""
    with django_db_blocker.unblock():
        spoken = io.StringIO()
        try:
            with override_settings(**places):
                call_command("seed_demo", size="small", stdout=spoken)
            yield spoken.getvalue()
        finally:
            empty_all_tables()


@pytest.fixture(autouse=True)
def _same_places(_files_of_this_test: None, settings, places) -> None:
    for name, value in places.items():
        setattr(settings, name, value)


@pytest.fixture
def as_person() -> Callable[..., Acting]:
    """``as_person("Severnshire County Council", Role.PREVENT_LEAD)``: one who has the role there today."""

    def find(organisation: str, role: Role) -> Acting:
        grants = RoleGrant._base_manager.using("backup").filter(organisation__name=organisation, role=role)
        grant = next(grant for grant in grants.order_by("pk") if grant.ends_on is None or grant.ends_on >= today())
        return acting_now(grant.membership)

    return find
