import io
import os

import pytest

from foundation.core.encryption import CannotDecrypt
from foundation.files.sealing import PIECE, SealedWriter, new_key, open_sealed, sealed_size

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7]


def seal(plain: bytes, key: bytes, place: str = "here") -> bytes:
    raw = io.BytesIO()
    writer = SealedWriter(raw, key, place=place)
    for start in range(0, len(plain), 10_001):
        writer.write(plain[start : start + 10_001])
    writer.finish()
    return raw.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_whole_and_is_as_long_as_foretold(size):
    key, plain = new_key(), os.urandom(size)

    sealed = seal(plain, key)

    assert len(sealed) == sealed_size(size)
    assert open_sealed(io.BytesIO(sealed), key, place="here", size=size).read() == plain


@pytest.mark.parametrize("size", [s for s in SIZES if s])
def test_any_part_can_be_read_from_the_middle(size):
    key, plain = new_key(), os.urandom(size)
    opened = open_sealed(io.BytesIO(seal(plain, key)), key, place="here", size=size)

    for start in (size // 2, 0, size - 1):
        opened.seek(start)
        assert opened.read(100_000) == plain[start : start + 100_000]


def test_nothing_of_the_text_is_in_the_sealed_bytes():
    assert b"CANARY" not in seal(b"CANARY" * 50_000, new_key())


@pytest.mark.parametrize("change", ["flip", "cut a piece", "cut a byte", "append", "swap", "other place", "other key"])
def test_anything_changed_cut_or_moved_does_not_open(change):
    key, plain = new_key(), os.urandom(3 * PIECE)
    sealed, place = bytearray(seal(plain, key)), "here"
    step, start = PIECE + 16, 8
    if change == "flip":
        sealed[start + 5] ^= 1
    elif change == "cut a piece":
        del sealed[-step:]
    elif change == "cut a byte":
        del sealed[-1]
    elif change == "append":
        sealed += b"x"
    elif change == "swap":
        first, second = bytes(sealed[start : start + step]), bytes(sealed[start + step : start + 2 * step])
        sealed[start : start + 2 * step] = second + first
    elif change == "other place":
        place = "elsewhere"
    else:
        key = new_key()

    with pytest.raises(CannotDecrypt):
        open_sealed(io.BytesIO(bytes(sealed)), key, place=place, size=len(plain)).read()


def test_a_file_cut_at_a_piece_does_not_pass_for_a_shorter_one():
    key = new_key()
    sealed = seal(os.urandom(3 * PIECE), key)[: sealed_size(2 * PIECE)]

    with pytest.raises(CannotDecrypt):
        open_sealed(io.BytesIO(sealed), key, place="here", size=2 * PIECE).read()
