"""What a run computed, checked before it is passed on: a process wrote it that had a stranger's model in it."""

from pathlib import Path

from pydantic import ValidationError

from core.events.failure import FailureKind
from core.profile.header import NPY_HEADER_BYTES, NpyRefused, npy_header
from core.protocol.outputs import MOST_BYTES, OUTPUTS, Output, OutputsDocument
from runner.engine.job import EngineFailed


def output_files(document: Path | None) -> dict[str, Path]:
    """The artifacts by name; none without a document. Arrays are not loaded: their headers have to say what the document says. Raises EngineFailed."""
    if document is None:
        return {}
    told = _read(document)
    arrays = {one.file: document.with_name(one.file) for one in told.outputs if one.file is not None}
    for one in told.outputs:
        if one.file is not None:
            _check(one, arrays[one.file])
    return {OUTPUTS: document, **arrays}


def _read(path: Path) -> OutputsDocument:
    if path.stat().st_size > MOST_BYTES:
        raise EngineFailed(FailureKind.OUTPUT_LIMIT, f"What is said of the outputs is over {MOST_BYTES} bytes.")
    try:
        return OutputsDocument.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise EngineFailed(FailureKind.INTERNAL, f"The list of outputs cannot be read: {error}"[:2_000]) from error


def _check(told: Output, path: Path) -> None:
    """A link would make us read, and upload, something else."""
    if path.is_symlink() or not path.is_file():
        raise EngineFailed(FailureKind.INTERNAL, f"The engine's process left no {path.name}.")
    try:
        with path.open("rb") as file:
            header = npy_header(file.read(NPY_HEADER_BYTES))
        problem = header.problem(path.stat().st_size)
    except NpyRefused as refusal:
        raise EngineFailed(FailureKind.INTERNAL, f"{path.name}: {refusal}") from refusal
    if problem is not None or (header.dtype, header.shape) != (told.dtype, told.shape):
        raise EngineFailed(FailureKind.INTERNAL, f"{path.name} is not the array that it is said to be. {problem or ''}")
