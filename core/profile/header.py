"""What the first bytes of an uploaded file say, read without trusting them: dumped graphs and ``.npy`` arrays."""

import ast
import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.domain.told import Told

MODEL_HEADER_BYTES = 16
"""Give ``model_header`` at least this many bytes, or the whole file when it is shorter."""
NPY_HEADER_BYTES = 4096
"""Give ``npy_header`` at least this many bytes, or the whole file when it is shorter. numpy's own headers take 128."""

HOW_TO_DUMP = (
    "Dump the graph with megengine.jit.trace(symbolic=True, capture_as_const=True) and .dump(path, arg_names=[...])."
)


class ModelFormat(StrEnum):
    MGV2 = "mgv2"
    """FlatBuffers v2, what MegEngine 1.x dumps: a little-endian size word, an offset word, ``mgv2``."""
    MGB = "mgb"
    """FlatBuffers v1, older dumps, which MegEngine 1.13 still loads: ``MGBC``."""
    PICKLE = "pickle"
    """A checkpoint of ``megengine.save``: parameters without a graph."""
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ModelHeader:
    """``file_size``: bytes that the file must have at least by its own account, None where the format does not say."""

    format: ModelFormat
    file_size: int | None = None

    def problem(self, size: int) -> str | None:
        """Why a file of ``size`` bytes that begins like this cannot be a graph, in plain words; None when it may be one."""
        match self.format:
            case ModelFormat.EMPTY:
                return Told("{what} {how}", what="The file is empty.", how=HOW_TO_DUMP)
            case ModelFormat.PICKLE:
                what = "The file is a pickle, as megengine.save writes it: it holds parameters and no graph."
                return Told("{what} {how}", what=what, how=HOW_TO_DUMP)
            case ModelFormat.UNKNOWN:
                what = "The file does not begin like a dumped MegEngine graph."
                return Told("{what} {how}", what=what, how=HOW_TO_DUMP)
            case ModelFormat.MGV2 | ModelFormat.MGB:
                if self.file_size is not None and size < self.file_size:
                    return Told(
                        "The file is cut short: it has {size} bytes and says itself that it has {said}. Copy or dump it again.",
                        size=size,
                        said=self.file_size,
                    )
                return None


def model_header(first_bytes: bytes) -> ModelHeader:
    """Recognise a model file by its first ``MODEL_HEADER_BYTES`` bytes. Never raises."""
    if not first_bytes:
        return ModelHeader(ModelFormat.EMPTY)
    if first_bytes[8:12] == b"mgv2":
        return ModelHeader(ModelFormat.MGV2, 4 + int.from_bytes(first_bytes[:4], "little"))
    if first_bytes[:4] == b"MGBC":
        return ModelHeader(ModelFormat.MGB)
    # Pickle protocols 2 to 5: PROTO, then the number. A zip is what newer frameworks save; to us that is unknown.
    if first_bytes[0] == 0x80 and first_bytes[1:2] in {b"\x02", b"\x03", b"\x04", b"\x05"}:
        return ModelHeader(ModelFormat.PICKLE)
    return ModelHeader(ModelFormat.UNKNOWN)


class NpyRefused(ValueError):  # noqa: N818 - named after the fact
    """The bytes are not the beginning of a plain ``.npy`` array; the message says why, in plain words."""


@dataclass(frozen=True, slots=True)
class NpyHeader:
    """``dtype`` is numpy's name, such as ``float32``; ``data_offset`` and ``file_size`` are bytes."""

    dtype: str
    shape: tuple[int, ...]
    data_offset: int
    file_size: int

    def problem(self, size: int) -> str | None:
        """Why a file of ``size`` bytes with this header is not whole; None when it is."""
        if size == self.file_size:
            return None
        return Told(
            "The file has {size} bytes, but dtype {dtype} and shape {shape} make {said}.",
            size=size,
            dtype=self.dtype,
            shape=list(self.shape),
            said=self.file_size,
        )


def npy_header(first_bytes: bytes) -> NpyHeader:
    """Read the header of a ``.npy`` file (format 1.0 to 3.0) from its first ``NPY_HEADER_BYTES`` bytes.

    Raises NpyRefused for anything but one array of plain numbers: objects (pickles) and records too.
    """
    if first_bytes[:6] != b"\x93NUMPY" or len(first_bytes) < 10:
        raise NpyRefused("The file is not a .npy array (numpy.save writes one).")
    start = 10 if first_bytes[6] == 1 else 12
    if first_bytes[6] not in {1, 2, 3}:
        raise NpyRefused(Told("The .npy format version {version} is not known.", version=first_bytes[6]))
    offset = start + int.from_bytes(first_bytes[8:start], "little")
    if offset > len(first_bytes):
        raise NpyRefused("The .npy header is cut short or far longer than a plain array needs.")
    dtype, shape = _described(
        first_bytes[start:offset].decode("utf-8" if first_bytes[6] == 3 else "latin-1", "replace")
    )
    return NpyHeader(dtype.name, shape, offset, offset + dtype.itemsize * math.prod(shape))


def _described(text: str) -> "tuple[np.dtype[np.generic], tuple[int, ...]]":
    try:
        fields = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise NpyRefused("The .npy header cannot be read.") from error
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise NpyRefused("The .npy header lacks its fields.")
    shape = fields["shape"]
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 32:
        raise NpyRefused("The .npy header has no valid shape.")
    return _plain_dtype(fields["descr"]), shape


def _plain_dtype(descr: object) -> "np.dtype[np.generic]":
    if not isinstance(descr, str):
        raise NpyRefused("The array holds records; only plain numbers are accepted.")
    try:
        dtype: np.dtype[np.generic] = np.dtype(descr)
    except (TypeError, ValueError, SyntaxError) as error:
        told = Told("The .npy header names no dtype that numpy knows: {dtype!r}.", dtype=descr[:40])
        raise NpyRefused(told) from error
    if dtype.hasobject:
        raise NpyRefused("The array holds Python objects (a pickle); only plain numbers are accepted.")
    if dtype.kind not in "biuf":
        told = Told("The array's dtype {dtype} is not one of plain numbers (bool, integers, floats).", dtype=dtype.name)
        raise NpyRefused(told)
    return dtype
