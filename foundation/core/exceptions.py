from typing import Any


class RuleBroken(Exception):
    """A rule said no. The text is a sentence a person can read; pages show it on the form."""


class StaleVersion(RuleBroken):
    """Somebody saved first. ``current`` is the row as it stands now, for the page that shows both texts."""

    def __init__(self, current: Any) -> None:
        super().__init__("Somebody else changed this while you were working on it. Nothing of yours was lost.")
        self.current = current


class ProofNeeded(Exception):
    """The person proved who they are too long ago for this. They are asked again and come back to the same address.

    Raised before anything is written; for what only a part of a page needs. A whole view says ``step_up=True``.
    """
