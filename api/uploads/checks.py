"""What can be told of a file before a runner sees it, from its first bytes."""

from dataclasses import dataclass

from api.errors.problem import RefusedError
from api.uploads.recognise import NONE_OF_THEM, recognise
from api.uploads.resources import Upload, UploadKind
from core.profile.header import (
    HOW_TO_DUMP,
    MODEL_HEADER_BYTES,
    NPY_HEADER_BYTES,
    ModelFormat,
    NpyRefused,
    model_header,
    npy_header,
)
from core.protocol.inputs import InputFormat

FIRST_BYTES = max(MODEL_HEADER_BYTES, NPY_HEADER_BYTES)


@dataclass(frozen=True)
class InputFacts:
    """``dtype`` and ``shape`` where the first bytes tell them: of ``.npy`` files."""

    format: InputFormat
    dtype: str | None = None
    shape: tuple[int, ...] | None = None


def check(upload: Upload, first_bytes: bytes) -> InputFacts | None:
    """What an input holds; None for a model. Raises RefusedError when the file cannot be what it was announced as."""
    if upload.kind is UploadKind.MODEL:
        check_model(first_bytes, upload.size)
        return None
    return check_input(first_bytes, upload.size)


def check_model(first_bytes: bytes, size: int) -> None:
    header = model_header(first_bytes)
    problem = header.problem(size)
    if problem is None:
        return
    code = {
        ModelFormat.EMPTY: "file_empty",
        ModelFormat.PICKLE: "not_a_model_pickle",
        ModelFormat.UNKNOWN: "not_a_model",
    }.get(header.format, "model_truncated")
    raise RefusedError(code, problem, hint=None if code == "model_truncated" else HOW_TO_DUMP)


def check_input(first_bytes: bytes, size: int) -> InputFacts:
    form = recognise(first_bytes)
    if form is None:
        raise RefusedError("not_an_npy", NONE_OF_THEM)
    return check_array(first_bytes, size) if form is InputFormat.NPY else InputFacts(form)


def check_array(first_bytes: bytes, size: int) -> InputFacts:
    try:
        header = npy_header(first_bytes)
    except NpyRefused as error:
        raise RefusedError("not_an_npy", error.args[0]) from error
    problem = header.problem(size)
    if problem is not None:
        raise RefusedError("npy_truncated", problem)
    return InputFacts(InputFormat.NPY, header.dtype, header.shape)
