"""SipHash-2-4, which Task Bench draws its random dependences with."""

from __future__ import annotations

import struct
from typing import Final

MASK: Final = 2**64 - 1
KEY: Final = bytes(range(1, 16)) + b"\0"


def siphash(data: bytes, key: bytes = KEY) -> int:
    """The 64-bit hash.

    >>> hex(siphash(bytes(range(15)), bytes(range(16))))
    '0xa129ca6149be45e5'
    """
    low, high = struct.unpack("<QQ", key)
    state = (low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D, low ^ 0x6C7967656E657261, high ^ 0x7465646279746573)
    whole = len(data) // 8 * 8
    words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, whole, 8)]
    words.append((len(data) & 0xFF) << 56 | int.from_bytes(data[whole:], "little"))
    for word in words:
        a, b, c, d = _rounds((*state[:3], state[3] ^ word), 2)
        state = (a ^ word, b, c, d)
    a, b, c, d = _rounds((state[0], state[1], state[2] ^ 0xFF, state[3]), 4)
    return a ^ b ^ c ^ d


def uniform(*numbers: int) -> float:
    """A number from 0 to 1 that depends on these alone."""
    return siphash(struct.pack(f"<{len(numbers)}q", *numbers)) * 2.0**-64


def _rounds(state: tuple[int, int, int, int], count: int) -> tuple[int, int, int, int]:
    a, b, c, d = state
    for _ in range(count):
        a = (a + b) & MASK
        b = _rotated(b, 13) ^ a
        a = _rotated(a, 32)
        c = (c + d) & MASK
        d = _rotated(d, 16) ^ c
        a = (a + d) & MASK
        d = _rotated(d, 21) ^ a
        c = (c + b) & MASK
        b = _rotated(b, 17) ^ c
        c = _rotated(c, 32)
    return a, b, c, d


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> (64 - by)) & MASK
