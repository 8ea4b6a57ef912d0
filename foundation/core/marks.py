"""How far a statement was checked before it was put into the portal's own data files."""

from enum import StrEnum


class Mark(StrEnum):
    """The marks that the data files carry; what each means to a reader is said where it is shown."""

    SEEN = "S"
    SEEN_SECOND_HAND = "S2"
    NOT_VERIFIED = "NV"
    INFERENCE = "INF"
