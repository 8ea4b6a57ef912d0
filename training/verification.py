"""Whether a certificate that somebody shows is genuine. Anybody may ask, and learns only what stands on the paper.

The one place outside its holder's own pages where certificates are read, as the system role and for this alone.
"""

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foundation import ledger
from foundation.accounts.limits import Limit
from training.models import Certificate

PURPOSE = "certificate check"
CHECKS_FROM_CLIENT = Limit("certificate checks from client", 20, timedelta(minutes=1))
NOBODY = "no certificate has this number"
# Letters that are no accented ones to Unicode, and that people type as these.
PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"})


@dataclass(frozen=True)
class Genuine:
    """What the page says of a certificate that was issued here to the name given."""

    course_title: str
    completed_on: date


def check(*, number: str, name: str, now: datetime) -> Genuine | None:
    """What a certificate tells, if number and name are as printed. The work is the same whether or not it exists.

    That somebody asked, and whether it was right, is in the ledger; what they typed is not.
    """
    with ledger.acting_system(PURPOSE):
        found = (
            Certificate.objects.filter(reference=as_printed(number))
            .values_list("name", "course_title", "completed_on")
            .first()
        )
        printed, course_title, completed_on = found or (NOBODY, "", date.min)
        is_same = hmac.compare_digest(comparable(printed).encode(), comparable(name).encode())
        is_genuine = is_same and found is not None
        ledger.record("training.certificate_checked", actor=None, at=now, system_purpose=PURPOSE, is_genuine=is_genuine)
    return Genuine(course_title, completed_on) if is_genuine else None


def as_printed(number: str) -> str:
    """A number as certificates bear it, whatever way it was typed: in small letters, with spaces or without dashes."""
    signs = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", number).upper())
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def comparable(name: str) -> str:
    """A name without what people type differently: case, spaces, accents, apostrophes and dashes."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(PLAIN)
    return "".join(
        each for each in letters if unicodedata.category(each)[0] in "LMN" and not unicodedata.combining(each)
    )
