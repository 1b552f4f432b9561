"""What a model file says of itself in its first bytes."""

from __future__ import annotations

import struct
from typing import Any

from runner.engine.worker.control import opened

ROOT = 4
"""Place of the root table's offset, behind the size word."""
ENGINE_FIELD, VERSION_FIELD = 0, 1
"""Of the root table ``Model`` in MegEngine's ``schema_v2.fbs``: ``mge_version`` and ``model_version``."""


def format_facts(file: int) -> dict[str, Any]:
    """Name and version of the format and MegEngine's version number at the dump; the numbers are None where they are not written."""
    with opened(file) as content:
        first = content.read(4096)
    if first[8:12] != b"mgv2":
        return {"name": "mgb", "engine": None, "version": None}
    return {"name": "mgv2", "engine": number(first, ENGINE_FIELD), "version": number(first, VERSION_FIELD)}


def number(first: bytes, field: int) -> int | None:
    """An unsigned field of the root table of a FlatBuffers file with a size prefix, if it stands in the first bytes."""
    try:
        (offset,) = struct.unpack_from("<I", first, ROOT)
        table = ROOT + offset
        (back,) = struct.unpack_from("<i", first, table)
        (at,) = struct.unpack_from("<H", first, table - back + 4 + 2 * field)
        return struct.unpack_from("<I", first, table + at)[0] if at else None
    except struct.error:
        return None
