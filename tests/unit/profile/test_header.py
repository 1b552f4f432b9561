import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.profile.header import (
    MODEL_HEADER_BYTES,
    NPY_HEADER_BYTES,
    ModelFormat,
    NpyRefused,
    model_header,
    npy_header,
)

# The beginning of a real dump of 4,792 bytes.
MGV2 = bytes.fromhex("b41200001c0000006d67763214002000")


def npy(array: "np.ndarray", allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def test_a_dumped_graph_is_recognised_with_its_size() -> None:
    header = model_header(MGV2)
    assert (header.format, header.file_size) == (ModelFormat.MGV2, 4792)
    assert header.problem(4792) is None
    assert header.problem(5000) is None
    assert "4791 bytes and says itself that it has 4792" in str(header.problem(4791))


def test_the_older_format_is_recognised() -> None:
    header = model_header(b"MGBC" + bytes(12))
    assert (header.format, header.problem(100)) == (ModelFormat.MGB, None)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_checkpoint_is_a_pickle_and_its_owner_is_told_how_to_dump(protocol: int) -> None:
    header = model_header(pickle.dumps({"weight": [1.0]}, protocol)[:MODEL_HEADER_BYTES])
    assert header.format is ModelFormat.PICKLE
    assert ".dump(path, arg_names=[...])" in str(header.problem(1000))


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (b"", ModelFormat.EMPTY),
        (b"\x80", ModelFormat.UNKNOWN),
        (b"PK\x03\x04" + bytes(12), ModelFormat.UNKNOWN),
        (MGV2[:11], ModelFormat.UNKNOWN),
        (b"\x93NUMPY", ModelFormat.UNKNOWN),
    ],
)
def test_anything_else_is_refused(beginning: bytes, expected: ModelFormat) -> None:
    header = model_header(beginning)
    assert header.format is expected
    assert header.problem(len(beginning)) is not None


@given(st.binary(max_size=64))
def test_no_bytes_break_the_model_header(content: bytes) -> None:
    model_header(content).problem(len(content))


@given(
    hnp.arrays(
        st.one_of(hnp.floating_dtypes(endianness="?"), hnp.integer_dtypes(endianness="?"), hnp.boolean_dtypes()),
        hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4),
    )
)
def test_every_plain_array_is_read_as_numpy_wrote_it(array: "np.ndarray") -> None:
    content = npy(array)
    header = npy_header(content[:NPY_HEADER_BYTES])
    assert (header.dtype, header.shape, header.file_size) == (array.dtype.name, array.shape, len(content))
    assert header.problem(len(content)) is None
    assert header.problem(len(content) + 1) is not None


def test_a_long_header_of_format_2_is_read() -> None:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros((2, 2), np.float32), version=(2, 0))
    assert npy_header(file.getvalue()).shape == (2, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a .npy array"),
        (pickle.dumps([1]), "not a .npy array"),
        (npy(np.array([{}, None], dtype=object), allow_pickle=True), "Python objects"),
        (npy(np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])), "records"),
        (npy(np.zeros(2, dtype="U3")), "not one of plain numbers"),
        (npy(np.zeros(2, dtype=complex)), "not one of plain numbers"),
        (npy(np.zeros(2))[:60], "cut short"),
        (b"\x93NUMPY\x09\x00" + npy(np.zeros(2))[8:], "version 9"),
        (npy(np.zeros(2)).replace(b"(2,)", b"(-2)"), "no valid shape"),
        (npy(np.zeros(2)).replace(b"'descr'", b"'dascr'"), "lacks its fields"),
        (npy(np.zeros(2)).replace(b"{'descr", b"['descr"), "cannot be read"),
        (npy(np.zeros(2)).replace(b"'<f8'", b"'<q8'"), "no dtype"),
    ],
)
def test_what_is_no_plain_array_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NpyRefused, match=reason):
        npy_header(content[:NPY_HEADER_BYTES])


@given(st.integers(1, 3), st.binary(max_size=200))
def test_no_bytes_break_the_npy_header(version: int, content: bytes) -> None:
    head = b"\x93NUMPY" + bytes([version, 0]) + len(content).to_bytes(2 if version == 1 else 4, "little")
    with pytest.raises(NpyRefused):
        npy_header(head + content)
