"""``/examples``."""

from pathlib import Path

from fastapi.responses import FileResponse
from pydantic import BaseModel

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.parts import PartsOf
from api.routing import router_at
from core.domain.told import Told

router = router_at("/examples", tag="examples")


class ExampleResource(BaseModel):
    """Names of files: a model, and arrays that are called ``<model>-<input>.npy``. They are uploaded like any other file."""

    model: str
    inputs: list[str]


class ExampleList(BaseModel):
    items: list[ExampleResource]


@router.get("", responses=documented())
def list_examples(_caller: Caller, parts: PartsOf) -> ExampleList:
    """The examples that lie ready; none where nobody laid any."""
    return ExampleList(items=_found(parts.settings.api_examples))


@router.get(
    "/{name}",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file."},
        **documented("example_unknown"),
    },
)
def get_example(name: str, _caller: Caller, parts: PartsOf) -> FileResponse:
    """A file of an example."""
    folder = parts.settings.api_examples
    # Only what the list names, so that no name leads out of the folder.
    if folder is None or name not in {file for one in _found(folder) for file in (one.model, *one.inputs)}:
        raise RefusedError("example_unknown", Told("There is no example file {name!r}.", name=name))
    return FileResponse(folder / name, media_type="application/octet-stream")


def _found(folder: Path | None) -> list[ExampleResource]:
    if folder is None:
        return []
    models = sorted(folder.glob("*.mge"))
    found = [
        ExampleResource(model=model.name, inputs=sorted(file.name for file in folder.glob(f"{model.stem}-*.npy")))
        for model in models
    ]
    return [one for one in found if one.inputs]
