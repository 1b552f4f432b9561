"""PNG, JPEG and PGM become the arrays that their pixels, by hand, make with the stated mean, scale, order, layout and size."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.engine.conftest import in_engine
from tests.integration.engine.test_inputs import PLAIN, gather  # noqa: F401 - a fixture

pytestmark = pytest.mark.engine

ROWS, COLUMNS = 16, 24
NCHW = {"data": ["float32", [1, 3, ROWS, COLUMNS]]}
NHWC = {"data": ["float32", [1, ROWS, COLUMNS, 3]]}


def picture() -> np.ndarray:
    """Red grows downwards, green to the right, blue is what is left: smooth, so that JPEG keeps it."""
    down, right = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.stack([10 * down, 8 * right, 200 - 5 * down - 2 * right], axis=-1).astype(np.uint8)


def png(path: Path, pixels: np.ndarray) -> Path:
    """Written by hand: eight bits a channel, no filter."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    colour = {1: 0, 3: 2, 4: 6}[pixels.shape[2]]
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, colour, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


def asked(path: Path, **how: Any) -> dict[str, Any]:
    reading: dict[str, Any] = {"format": "image", "image": {**PLAIN, **how}}
    return {"inputs": {"data": str(path)}, "readings": {"data": reading}}


def test_a_png_is_read_to_the_last_bit(gather: Any, tmp_path: Path) -> None:  # noqa: F811
    pixels, file = picture(), png(tmp_path / "x.png", picture())
    values = pixels.astype(np.float32)
    assert np.array_equal(gather(asked(file), NCHW)["data"], values[:, :, ::-1].transpose(2, 0, 1)[None])
    assert np.array_equal(gather(asked(file, order="rgb", layout="nhwc"), NHWC)["data"], values[None])
    # Mean and scale are those of the channels in the order that was asked for.
    mean, scale = [123.675, 116.28, 103.53], [0.01712475, 0.017507, 0.01742919]
    found = gather(asked(file, order="rgb", mean=mean, scale=scale), NCHW)["data"]
    by_hand = ((values - np.array(mean, np.float32)) * np.array(scale, np.float32)).transpose(2, 0, 1)[None]
    assert np.array_equal(found, by_hand)
    found = gather(asked(file, order="bgr", mean=mean[::-1], scale=scale[::-1]), NCHW)["data"]
    assert np.array_equal(found, by_hand[:, ::-1])


def test_an_alpha_channel_is_left_out_and_gray_becomes_colour(gather: Any, tmp_path: Path) -> None:  # noqa: F811
    pixels = picture()
    clear = np.concatenate([pixels, np.full((ROWS, COLUMNS, 1), 7, np.uint8)], axis=2)
    found = gather(asked(png(tmp_path / "alpha.png", clear), order="rgb", layout="nhwc"), NHWC)["data"]
    assert np.array_equal(found[0], pixels.astype(np.float32))
    gray = pixels[:, :, :1]
    found = gather(asked(png(tmp_path / "gray.png", gray), order="rgb", layout="nhwc"), NHWC)["data"]
    assert np.array_equal(found[0], np.repeat(gray, 3, axis=2).astype(np.float32))
    pgm = tmp_path / "x.pgm"
    pgm.write_bytes(f"P5 {COLUMNS} {ROWS} 255\n".encode() + gray.tobytes())
    found = gather(asked(pgm, order="gray"), {"data": ["float32", [1, 1, ROWS, COLUMNS]]})["data"]
    assert np.array_equal(found[0, 0], gray[:, :, 0].astype(np.float32))


def test_a_jpeg_comes_near_its_picture(gather: Any, engine_python: Path, tmp_path: Path) -> None:  # noqa: F811
    np.save(tmp_path / "bgr.npy", picture()[:, :, ::-1])
    write = "import cv2, numpy, sys; cv2.imwrite(sys.argv[2], numpy.load(sys.argv[1]), [cv2.IMWRITE_JPEG_QUALITY, 98])"
    in_engine(engine_python, "-c", write, tmp_path / "bgr.npy", tmp_path / "x.jpg")
    found = gather(asked(tmp_path / "x.jpg", order="rgb", layout="nhwc"), NHWC)["data"][0]
    assert np.abs(found - picture()).max() <= 8
    assert np.abs(found - picture()).mean() < 2


def test_a_size_that_is_asked_for_goes_before_the_models(gather: Any, tmp_path: Path) -> None:  # noqa: F811
    file = png(tmp_path / "x.png", picture())
    assert gather(asked(file, resize=[8, 12]), NCHW)["data"].shape == (1, 3, 8, 12)
    half = gather(asked(file, resize=[8, 12], order="rgb", layout="nhwc"), NHWC)["data"][0]
    # Half the size by bilinear interpolation is the mean of each four pixels.
    four = picture().astype(np.float32).reshape(8, 2, 12, 2, 3).mean(axis=(1, 3))
    assert np.abs(half - four).max() <= 1
    # The model's own size, in the layout that it is read in.
    assert gather(asked(file, layout="nhwc"), {"data": ["float32", [1, 32, 48, 3]]})["data"].shape == (1, 32, 48, 3)
