"""What can be said about a job's files without starting the engine."""

from pathlib import Path

from core.events.failure import FailureKind
from core.profile.header import MODEL_HEADER_BYTES, NPY_HEADER_BYTES, NpyRefused, model_header, npy_header
from runner.engine.job import EngineFailed, EngineJob


def check_files(job: EngineJob) -> None:
    """Raise EngineFailed (bad_model, bad_input) for files that the engine could only stumble over."""
    problem = model_header(_beginning(job.model, MODEL_HEADER_BYTES)).problem(job.model.stat().st_size)
    if problem is not None:
        raise EngineFailed(FailureKind.BAD_MODEL, problem)
    for name, path in job.inputs.items():
        if name not in job.data.readings:
            _check_input(name, path)


def _check_input(name: str, path: Path) -> None:
    try:
        problem = npy_header(_beginning(path, NPY_HEADER_BYTES)).problem(path.stat().st_size)
    except NpyRefused as refusal:
        problem = str(refusal)
    if problem is not None:
        raise EngineFailed(FailureKind.BAD_INPUT, f"Input {name!r}: {problem}")


def _beginning(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
