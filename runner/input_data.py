"""From the request document to what the engine's process is told about inputs."""

from pathlib import Path

from core.protocol.inputs import InputFormat
from core.protocol.orders import InputFile, RequestDocument
from runner.engine.job import InputData


def input_data(request: RequestDocument, archives: tuple[Path, ...]) -> InputData:
    return InputData(
        readings={name: _told(file) for name, file in request.inputs.items() if file.format is not InputFormat.NPY},
        archives=archives,
        random={name: recipe.model_dump(mode="json") for name, recipe in request.random.items()},
    )


def _told(file: InputFile) -> dict[str, object]:
    return {"format": file.format.value, **file.reading.model_dump(mode="json")}
