"""What an input file is, told by its first bytes and by nothing else. Nothing is decoded here."""

from core.protocol.inputs import InputFormat

_BEGINNINGS = {
    b"\x93NUMPY": InputFormat.NPY,
    b"PK\x03\x04": InputFormat.NPZ,
    b"\x89PNG\r\n\x1a\n": InputFormat.IMAGE,
    b"\xff\xd8\xff": InputFormat.IMAGE,
}
_PNM = (b"P2", b"P3", b"P5", b"P6")
"""PGM and PPM, as text and as bytes; white space has to follow."""

NONE_OF_THEM = "The file is not a .npy array (numpy.save writes one), and not a .npz archive, an image (PNG, JPEG, PPM) or JSON with a list."


def recognise(first_bytes: bytes) -> InputFormat | None:
    for beginning, form in _BEGINNINGS.items():
        if first_bytes.startswith(beginning):
            return form
    if first_bytes[:2] in _PNM and first_bytes[2:3].isspace():
        return InputFormat.IMAGE
    if first_bytes.lstrip()[:1] == b"[" and _is_text(first_bytes):
        return InputFormat.JSON
    return None


def _is_text(first_bytes: bytes) -> bool:
    return all(32 <= byte < 127 or byte in b"\t\n\r" for byte in first_bytes)
