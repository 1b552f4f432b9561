import json

import pytest

from api.uploads.recognise import recognise
from core.protocol.inputs import InputFormat


@pytest.mark.parametrize(
    ("first_bytes", "expected"),
    [
        (b"\x93NUMPY\x01\x00", InputFormat.NPY),
        (b"PK\x03\x04\x14\x00", InputFormat.NPZ),
        (b"\x89PNG\r\n\x1a\n\x00\x00", InputFormat.IMAGE),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", InputFormat.IMAGE),
        (b"P6\n640 480\n255\n", InputFormat.IMAGE),
        (b"P5 2 2 255\n", InputFormat.IMAGE),
        (json.dumps([[1, 2], [3, 4]]).encode(), InputFormat.JSON),
        (b"\n  [1.5e3]", InputFormat.JSON),
        (b"", None),
        (b"1.0, 2.0", None),
        (b"P6640", None),
        (b"[\x00\x01", None),
        (b"\x80\x04K\x07.", None),
        (b"PK\x05\x06", None),
        (b'{"a": 1}', None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(first_bytes: bytes, expected: InputFormat | None) -> None:
    assert recognise(first_bytes) is expected
