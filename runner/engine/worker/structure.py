"""A model's file without the values of its tensors: all that a drawing of its graph needs, some kB instead of all of them.

Written anew table by table, with the places of MegEngine's ``schema_v2.fbs`` that refer to something; everything else is copied as it stands. Left out are the
tensors' data, what custom operators keep, and additional parameters, which viewers do not show. The engine cannot load it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from runner.engine.worker.control import opened
from runner.engine.worker.model_file import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "structure.mge"
MOST_BYTES = 16 * 2**20
"""What is longer is not made: one of 11,000 operators has about 1.5 MB, and references can be made to repeat without end."""
ALIGNED = 8


class Vector(NamedTuple):
    """Of things that refer to nothing, ``size`` bytes each. Texts are followed by a zero."""

    size: int
    zero: bool = False


class Table(NamedTuple):
    """``refers``: by a field's place, what it refers to; a place with None, and all from ``fields`` on, are left out.

    ``by_kind``: the same for some kinds of the union that it stands for.
    """

    fields: int = 64
    refers: Mapping[int, Shape | None] = {}
    by_kind: Mapping[int, Table] = {}


class Tables(NamedTuple):
    """A vector of references to tables."""

    of: Table


Shape = Vector | Table | Tables
TEXT, WORDS, PLAIN = Vector(1, zero=True), Vector(4), Table()
COMP_NODE = Table(1, {0: TEXT})
DTYPE = Table(3, {2: PLAIN})
MIDDLE_TENSOR = Table(6, {0: TEXT, 1: WORDS, 2: COMP_NODE, 3: DTYPE, 5: PLAIN})
TENSOR = MIDDLE_TENSOR
"""Its data stand in the field behind."""
PARAM = Table(by_kind={64: Table(2, {0: WORDS}), 65: Table(1, {0: Vector(8)}), 66: Table(1, {0: Vector(5)})})
"""Numbers, but for Dimshuffle, AxisAddRemove and IndexDescMaskDump."""
OPERATOR = Table(
    14,
    {
        0: TEXT,
        2: TEXT,
        4: PARAM,
        5: None,
        6: None,
        7: WORDS,
        8: WORDS,
        9: Tables(COMP_NODE),
        10: DTYPE,
        11: Tables(TENSOR),
    },
)
MODEL = Table(
    8,
    {
        2: Tables(OPERATOR),
        3: Tables(MIDDLE_TENSOR),
        4: Tables(Table(2)),
        5: Tables(Table(2, {1: TEXT})),
        7: Table(4, {3: TEXT}),
    },
)


class Unfit(Exception):  # noqa: N818 - named after the fact
    """The file is of another format, damaged, or larger than is worth it."""


def structure(file: int) -> bytes | None:
    """The model without values; None where the file has a format that cannot be read like this."""
    with opened(file) as content:
        try:
            return Copy(content).whole()
        except (Unfit, struct.error, OverflowError):
            return None


class Copy:
    """Everything that is referred to is written behind what refers to it."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._out = bytearray()
        self._vtables: dict[bytes, int] = {}

    def whole(self) -> bytes:
        first = self._bytes(0, 12)
        if first[8:] != b"mgv2":
            raise Unfit
        self._out += first
        root = self._table(ROOT + self._number("<I", ROOT), MODEL)
        struct.pack_into("<I", self._out, ROOT, root - ROOT)
        struct.pack_into("<I", self._out, 0, len(self._out) - ROOT)
        return bytes(self._out)

    def _copy(self, at: int, shape: Shape) -> int:
        """Where the copy of what stands ``at`` stands."""
        if isinstance(shape, Table):
            return self._table(at, shape)
        count = self._number("<I", at)
        if isinstance(shape, Tables):
            return self._tables(at, count, shape.of)
        return self._write(at, self._bytes(at, 4 + count * shape.size + shape.zero))

    def _tables(self, at: int, count: int, of: Table) -> int:
        here = self._write(at, self._bytes(at, 4 + 4 * count))
        for number in range(1, count + 1):
            self._refer(at + 4 * number, here + 4 * number, of)
        return here

    def _table(self, at: int, shape: Table) -> int:
        vtable_at = at - self._number("<i", at)
        length, size = struct.unpack("<HH", self._bytes(vtable_at, 4))
        fields = max(length - 4, 0) // 2
        places = list(struct.unpack(f"<{fields}H", self._bytes(vtable_at + 4, 2 * fields)))
        for field in range(len(places)):
            if field >= shape.fields or shape.refers.get(field, PLAIN) is None:
                places[field] = 0
        vtable = struct.pack(f"<{2 + len(places)}H", 4 + 2 * len(places), size, *places)
        if vtable not in self._vtables:
            self._vtables[vtable] = self._write(vtable_at, vtable)
        here = self._write(at, self._bytes(at, size))
        struct.pack_into("<i", self._out, here, here - self._vtables[vtable])
        for field, refers in shape.refers.items():
            if refers is not None and field < len(places) and places[field]:
                self._refer(at + places[field], here + places[field], self._kind(refers, at, field, places))
        return here

    def _kind(self, refers: Shape, at: int, field: int, places: list[int]) -> Shape:
        """A union's kind stands in the field before."""
        if not isinstance(refers, Table) or not refers.by_kind:
            return refers
        place = places[field - 1]
        return refers.by_kind.get(self._number("<B", at + place) if place else 0, refers)

    def _refer(self, old: int, new: int, shape: Shape) -> None:
        there = self._copy(old + self._number("<I", old), shape)
        struct.pack_into("<I", self._out, new, there - new)

    def _write(self, at: int, content: bytes) -> int:
        """Behind all the rest, aligned as it was where it stood."""
        self._out += bytes((at - len(self._out)) % ALIGNED)
        here = len(self._out)
        self._out += content
        if len(self._out) > MOST_BYTES:
            raise Unfit
        return here

    def _number(self, of: str, at: int) -> int:
        number: int = struct.unpack(of, self._bytes(at, struct.calcsize(of)))[0]
        return number

    def _bytes(self, at: int, count: int) -> bytes:
        if at < 0 or count > MOST_BYTES:
            raise Unfit
        self._content.seek(at)
        found = self._content.read(count)
        if len(found) < count:
            raise Unfit
        return found
