"""Which passwords are refused: too short, too long, or easy to guess. No rule on kinds of characters, and no expiry."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.accounts import hooks

if TYPE_CHECKING:
    from foundation.accounts.models import User

SHORTEST, LONGEST = 12, 128
LEAST_LEFT = 5  # what must remain of a password when well-known words are taken away
LIST = Path(__file__).parent / "data" / "denied_passwords.txt"
WORDS = Path(__file__).parent / "data" / "denied_words.txt"
ALWAYS = {"prevent", "portal", "duty", "safeguarding", "channel"}
LOOK_ALIKES = str.maketrans("0134578@$!|+", "oieastbasilt")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",  # pragma: allowlist secret
    "1234567890",
    "qazwsxedcrfvtgbyhnujmikolp",  # pragma: allowlist secret
)


class LengthValidator:
    """Between 12 and 128 characters, counted as people count them: any character of any language is one."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(
                _("Your password must have at least %(least)s characters. Three random words work well."),
                code="password_too_short",
                params={"least": SHORTEST},
            )
        if len(password) > LONGEST:
            raise ValidationError(
                _("Your password can have at most %(most)s characters."),
                code="password_too_long",
                params={"most": LONGEST},
            )

    def get_help_text(self) -> str:
        return gettext("Use at least %(least)s characters. Three random words work well.") % {"least": SHORTEST}


class DenyListValidator:
    """Refuses common passwords, and those that are little more than names a guesser would try first."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        refuse_easy_to_guess(password, words_about(user))

    def get_help_text(self) -> str:
        return gettext("Leave out your name, your organisation and common passwords.")


def refuse_easy_to_guess(password: str, about: Iterable[str]) -> None:
    """Raise ValidationError for a password that is common, or little more than the words ``about`` the person."""
    if is_easy_to_guess(password, about):
        raise ValidationError(
            _("Choose a password that is harder to guess: this one is common, or made of names others know."),
            code="password_too_common",
        )


def is_easy_to_guess(password: str, about: Iterable[str] = ()) -> bool:
    """True when the password is common, a run or a repeat, or leaves nearly nothing without well-known words."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    if folded in _listed():
        return True
    if len(set(folded)) < 5 or _is_repeat(folded) or _is_run(folded):
        return True
    return any(_left_without_words(variant, about) < LEAST_LEFT for variant in {folded, folded.translate(LOOK_ALIKES)})


def words_about(user: "User | None", *names: str) -> set[str]:
    """Words a guesser would try for this person: their name, address and organisations, and of ``names`` besides."""
    words = {*ALWAYS, *_split(settings.PORTAL_NAME), *(word for name in names for word in _split(name))}
    if user is not None:
        words |= set(_split(user.name)) | set(_split(user.email.partition("@")[0]))
        words |= set(_split(user.email.partition("@")[2].partition(".")[0]))
        words |= {word for text in hooks.call("PORTAL_PASSWORD_WORDS", user, default=()) for word in _split(text)}
    return words


def _left_without_words(folded: str, about: Iterable[str]) -> int:
    """How much remains without well-known words: letters count, digits and signs half. Untouched text is whole."""
    left = folded
    for word in sorted({*about, *_words()}, key=len, reverse=True):
        left = left.replace(word, " ")
    if left == folded:
        return len(folded)
    remaining = left.replace(" ", "")
    fillers = sum(1 for character in remaining if character.isascii() and not character.isalpha())
    return len(remaining) - fillers + fillers // 2


def _is_repeat(folded: str) -> bool:
    return any(
        folded == (folded[:length] * len(folded))[: len(folded)] for length in range(1, min(7, len(folded) // 2 + 1))
    )


def _is_run(folded: str) -> bool:
    """Nearly all of it goes along the alphabet, the digits or the keyboard, either way."""
    text = re.sub(r"\W", "", folded)
    steps = sum(1 for pair in pairwise(text) if _follows(*pair))
    return len(text) > 1 and steps >= 0.75 * (len(text) - 1)


def _follows(first: str, second: str) -> bool:
    pair = first + second
    return any(pair in row or pair[::-1] in row for row in ROWS)


def _split(text: str) -> list[str]:
    """The words of a name worth refusing: four letters and more, and the whole written as one."""
    parts = [part for part in re.split(r"[\W_\d]+", unicodedata.normalize("NFKC", text).casefold()) if part]
    return [part for part in [*parts, "".join(parts)] if len(part) >= 4]


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords) | _read(LIST)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return _read(WORDS)


def _read(path: Path) -> frozenset[str]:
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line.casefold() for line in lines if line)
