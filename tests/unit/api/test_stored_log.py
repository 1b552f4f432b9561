from __future__ import annotations

from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from api.live.stored_log import LONGEST_LINE, lines


async def chunked(data: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


async def split(data: bytes, sizes: list[int]) -> list[str]:
    return [line async for line in lines(chunked(data, sizes))]


@given(st.lists(st.text("ab\u4e2d ", max_size=5), max_size=8), st.lists(st.integers(0, 7), max_size=20))
async def test_lines_do_not_depend_on_chunks(written: list[str], sizes: list[int]) -> None:
    data = "".join(f"{line}\n" for line in written).encode()
    assert await split(data, sizes) == written


async def test_a_last_line_needs_no_end() -> None:
    assert await split(b"one\r\ntwo", []) == ["one", "two"]


async def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert await split(b"\xff\xfe\n", []) == ["\ufffd\ufffd"]


async def test_a_line_without_end_is_cut() -> None:
    [line] = await split(b"x" * (10 * LONGEST_LINE), [LONGEST_LINE] * 5)
    assert line == "x" * LONGEST_LINE
    assert await split(b"x" * (3 * LONGEST_LINE) + b"\nnext\n", [1000] * 30) == ["x" * LONGEST_LINE, "next"]
