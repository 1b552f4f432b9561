"""The few instructions of classic BPF that a seccomp filter needs, put together."""

from __future__ import annotations

import struct

ALLOW, KILL = 0x7FFF0000, 0x80000000
_ERRNO = 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE = 0, 4
"""Places in ``struct seccomp_data``."""

Instruction = tuple[int, int, int, int]


def argument(place: int, *, high: bool = False) -> int:
    """Where the lower or upper half of an argument stands; both architectures are little-endian."""
    return 16 + 8 * place + 4 * high


def errno(number: int) -> int:
    return _ERRNO | number


def load(at: int) -> Instruction:
    return (_LOAD, 0, 0, at)


def answer(verdict: int) -> Instruction:
    return (_RETURN, 0, 0, verdict)


def unless_equal(value: int, skip: int) -> Instruction:
    """Go on where the loaded word is ``value``, else pass over ``skip`` instructions."""
    return (_EQUAL, 0, skip, value)


def unless_any(bits: int, skip: int) -> Instruction:
    return (_ANY_BIT, 0, skip, bits)


def unless_at_least(value: int, skip: int) -> Instruction:
    return (_AT_LEAST, 0, skip, value)


def when(value: int, then: list[Instruction]) -> list[Instruction]:
    """``then``, which has to end with an answer, where the loaded word is ``value``."""
    return [unless_equal(value, len(then)), *then]


def assembled(program: list[Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
