"""Figures of all that members give to a partnership: counted once after each change, and kept until the next.

Counting thousands of rows for every page would make a partnership's pages slower the more its members give. What was
counted is kept under the number of changes it was counted after (``Given``), so that it is never out of date: whatever
changes the figures changes that number too. It is kept encrypted, because the cache has no row policy.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.cache import cache

from foundation.core.encryption import CannotDecrypt, decrypt, encrypt, keyed_hash
from foundation.core.prepared import Prepared, Question
from foundation.organisations.models import Given

KEPT_SECONDS = 24 * 60 * 60
PLACE = "organisations.given:{}"
_CHANGES = Prepared(
    lambda partnership_id, on, what: (
        Given.objects.gathered_on(partnership_id, on)
        .filter(what=what)
        .order_by("organisation_id")
        .values_list("organisation_id", "changes")
    ),
    int,
    date,
    str,
)


def asking_changes(partnership_id: int, on: date, what: Given.What) -> Question:
    """How often what each member on a day gives has changed, for ``figures``. Who may ask is the caller's to know."""
    return _CHANGES.question(partnership_id, on, str(what))


def figures(
    partnership_id: int, on: date, name: str, changes: Sequence[tuple[Any, ...]], count: Callable[[], Any]
) -> Any:
    """What ``count`` gives, as JSON would give it back: counted now, or kept since the last of the ``changes``.

    ``changes`` is the answer to ``asking_changes``, asked before; ``name`` says which figures, and ``count`` may
    depend on nothing but on what is given, on the day and on the rules of this release.
    """
    if not changes:
        return json.loads(json.dumps(count()))
    of = json.dumps([partnership_id, on.isoformat(), name, changes])
    key = keyed_hash(of.encode(), place=PLACE.format(name))
    place = PLACE.format(key)
    kept = cache.get(key)
    if kept is not None:
        try:
            return json.loads(decrypt(kept, place=place))
        except CannotDecrypt:  # under a key that is gone: counted anew
            pass
    plain = json.dumps(count())
    cache.set(key, encrypt(plain.encode(), place=place), KEPT_SECONDS)
    return json.loads(plain)
