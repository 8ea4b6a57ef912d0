import string
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from foundation.accounts.models import User
from foundation.accounts.passwords import ALWAYS, is_easy_to_guess

EASY = [
    "password1234", "Password2026!", "P@ssw0rd2026!", "qwertyuiop12", "123456789012", "abcdefghijkl", "aaaaaaaaaaaa",
    "PreventPortal1", "prevent-duty-2026", "Liverpool12345", "letmeinletmein", "SafeguardingPrevent", "1q2w3e4r5t6y",
    "qazwsxedcrfv", "passwordpassword", "welcome123456", "Summer2026!!!", "zyxwvutsrqpo", "thisismypassword",
]  # fmt: skip
HARD = [
    "copper teapot meadow seven", "correct prevent staple horse", "82947 51036 77", "nifty-gravel-otter",
    "żółta łódka płynie",
    "ひらがなのぱすわーどですよ", "🐢🚲🎺🌵🧭🪁🥁🧶🪴🦔🍋🎯", "Xk4#vq9!Lz2m", "the quick otter jumped high",
]  # fmt: skip


@pytest.mark.parametrize("password", EASY)
def test_passwords_that_guessers_try_first_are_refused(password: str) -> None:
    assert is_easy_to_guess(password, ALWAYS)


@pytest.mark.parametrize("password", HARD)
def test_passwords_that_are_hard_to_guess_are_taken_in_any_script(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (64, True), (128, True), (129, False)])
def test_the_length_counts_and_128_characters_are_allowed(length: int, taken: bool) -> None:
    password = ("tqzkvnwxjmrhylgdscbfp" * 7)[:length]

    try:
        validate_password(password)
        accepted = True
    except ValidationError:
        accepted = False

    assert accepted is taken


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"),
        min_size=12,
        max_size=128,
    )
)
def test_no_rule_asks_for_kinds_of_characters(password: str) -> None:
    """What is refused is refused for being well known or repetitive, never for lacking a kind of character."""
    easy = is_easy_to_guess(password, ALWAYS)

    try:
        validate_password(password)
        codes = []
    except ValidationError as refused:
        codes = [error.code for error in refused.error_list]

    assert codes == (["password_too_common"] if easy else [])
    assert not easy or len(set(password.casefold())) < 9 or _mostly_known(password)


@pytest.mark.parametrize(
    "alphabet", [string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation, "абвгдежзийклмн"]
)
def test_a_password_of_one_kind_of_character_is_taken(alphabet: str) -> None:
    import random

    password = "".join(random.Random(4).choices(alphabet, k=16))

    validate_password(password)


def test_the_persons_name_address_and_organisation_do_not_make_a_password(settings: Any) -> None:
    settings.PORTAL_PASSWORD_WORDS = "tests.foundation.accounts.test_passwords.severnshire"
    person = User(email="morwenna.tallis@severnshire.example", name="Morwenna Tallis")

    for password in ("MorwennaTallis1", "tallis.severnshire", "Severnshire-County-Council", "morwenna12345"):
        with pytest.raises(ValidationError, match="harder to guess"):
            validate_password(password, person)


def severnshire(user: User) -> list[str]:
    return ["Severnshire County Council", "severnshire-county-council"]


def test_passwords_are_kept_as_argon2id(db: None) -> None:
    user = User.objects.create_user("a@example.org", "copper teapot meadow seven", name="A")

    assert user.password.startswith("argon2$argon2id$")
    assert identify_hasher(user.password).algorithm == "argon2"


def test_a_password_is_taken_as_typed_with_spaces_and_case(db: None) -> None:
    user = User.objects.create_user("a@example.org", "  Copper teapot MEADOW ", name="A")

    assert user.check_password("  Copper teapot MEADOW ")
    assert not user.check_password("Copper teapot MEADOW")
    assert not user.check_password("  copper teapot meadow ")


def _mostly_known(password: str) -> bool:
    """It holds a well-known word, or runs along the keyboard."""
    from foundation.accounts import passwords

    folded = password.casefold()
    return any(word in folded for word in passwords._words() | ALWAYS) or passwords._is_run(folded)
