"""Keeps what people typed until it is saved."""

import json
from collections.abc import Mapping
from datetime import datetime

from foundation.core import encryption
from foundation.core.acting import Acting
from foundation.core.models import Draft

NEVER_KEPT = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code", "client_secret"}
MAX_BYTES = 500_000


def keep(*, acting: Acting, path: str, typed: Mapping[str, list[str]], now: datetime) -> None:
    """Remember what was typed on the page at ``path``. Secrets are left out; more than 500 kB is not kept."""
    fields = {name: values for name, values in typed.items() if name not in NEVER_KEPT}
    plain = json.dumps(fields).encode()
    if len(plain) > MAX_BYTES:
        return
    sealed = encryption.encrypt(plain, place=_place(acting, path))
    Draft.objects.update_or_create(
        organisation_id=acting.organisation_id,
        user_id=_author(acting),
        path=path[:300],
        defaults={"typed": sealed, "updated_at": now},
    )


def find(acting: Acting, path: str) -> dict[str, list[str]] | None:
    """What this person typed on this page and did not save, or None."""
    draft = Draft.objects.visible_to(acting).filter(user_id=_author(acting), path=path[:300]).first()
    if draft is None:
        return None
    return json.loads(encryption.decrypt(bytes(draft.typed), place=_place(acting, path)))


def discard(acting: Acting, path: str) -> None:
    """Forget the draft, because it was saved or is not wanted."""
    Draft.objects.visible_to(acting).filter(user_id=_author(acting), path=path[:300]).delete()


def _author(acting: Acting) -> int:
    assert acting.user_id is not None  # only people who signed in type; jobs alone act for whoever has no account
    return acting.user_id


def _place(acting: Acting, path: str) -> str:
    return f"core.draft:typed:{acting.organisation_id}:{acting.user_id}:{path[:300]}"
