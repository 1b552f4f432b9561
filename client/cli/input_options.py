"""Input data on the command line: files of several formats, arrays of archives, and data that are made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from client.cli.options import NamedFile, existing_file

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".ppm", ".pgm"})
RECIPES: Mapping[str, tuple[str, str]] = {
    "uniform": ("low", "high"),
    "integers": ("low", "high"),
    "normal": ("mean", "std"),
}
"""What the two numbers of a distribution are."""


@dataclass(frozen=True)
class Given:
    """``readings`` and ``random`` as the server takes them."""

    files: list[NamedFile] = field(default_factory=list)
    archives: list[Path] = field(default_factory=list)
    readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    random: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class InputOptions:
    """A command's options that say what its inputs are."""

    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE",
            help="Data for one of the model's inputs: .npy, .npz (NAME=FILE:KEY for one array of several), PNG, JPEG, PPM, or JSON; "
            "or FILE.npz alone, each array of which is the input of its name. Repeat for more.",
        ),
    ] = None
    random: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=KIND[:A:B[:SEED]]",
            help="Make data up: uniform:LOW:HIGH, integers:LOW:HIGH or normal:MEAN:STD. Repeat for more.",
            show_default=False,
        ),
    ] = None
    image_mean: Annotated[
        str | None,
        typer.Option(metavar="M[,M,M]", help="Taken off each pixel of images, by channel.", show_default=False),
    ] = None
    image_scale: Annotated[
        str | None,
        typer.Option(metavar="S[,S,S]", help="Then each is multiplied by this, by channel.", show_default=False),
    ] = None
    image_order: Annotated[
        str | None, typer.Option(help="Channels of images: bgr, rgb or gray.", show_default=False)
    ] = None
    image_layout: Annotated[str | None, typer.Option(help="Axes of images: nchw or nhwc.", show_default=False)] = None
    image_resize: Annotated[
        str | None,
        typer.Option(metavar="HxW", help="Size of images; as the model declares, if not given.", show_default=False),
    ] = None

    def given(self) -> Given:
        """Raises typer.BadParameter."""
        image = image_options(self.image_mean, self.image_scale, self.image_order, self.image_layout, self.image_resize)
        return given(self.data or [], self.random or [], image)


@dataclass(frozen=True)
class RunInputs(InputOptions):
    """Those of a run, whose inputs may come from a dataset, too."""

    dataset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A dataset that holds the rest of the inputs.", show_default=False),
    ] = None
    output_name: Annotated[
        list[str] | None,
        typer.Option(help="A variable that is to be an output instead; may be repeated.", show_default=False),
    ] = None


def given(data: Sequence[str], random: Sequence[str], image: Mapping[str, Any]) -> Given:
    """What the options say. ``image``: how images are read.

    Raises:
        typer.BadParameter: something that cannot be read, a file that is not there, a name that comes twice.
    """
    found = Given()
    for text in data:
        if "=" not in text and text.endswith(".npz"):
            found.archives.append(existing_file(Path(text)))
        else:
            _add_file(found, text, image)
    for text in random:
        name, _, recipe = text.partition("=")
        found.random[_new(found, name, text)] = _recipe(recipe, text)
    return found


def image_options(
    mean: str | None, scale: str | None, order: str | None, layout: str | None, resize: str | None
) -> dict[str, Any]:
    """How images are read, as the server takes it; only what was given. Raises typer.BadParameter."""
    how: dict[str, Any] = {"order": order, "layout": layout}
    for key, text in (("mean", mean), ("scale", scale)):
        how[key] = None if text is None else [_number(one, text) for one in text.split(",")]
    if resize is not None:
        height, _, width = resize.partition("x")
        if not (height.isdigit() and width.isdigit()):
            raise typer.BadParameter(f"{resize!r} is not HxW, such as 224x224.")
        how["resize"] = [int(height), int(width)]
    return {key: value for key, value in how.items() if value is not None}


def _add_file(found: Given, text: str, image: Mapping[str, Any]) -> None:
    name, equals, path = text.partition("=")
    if not (equals and name.strip() and path):
        raise typer.BadParameter(f"{text!r} is not NAME=FILE, such as data=cat.npy.")
    name = _new(found, name, text)
    archive, colon, key = path.rpartition(":")
    if colon and key and not Path(path).exists() and Path(archive).exists():
        path = archive
        found.readings[name] = {"key": key}
    elif image and Path(path).suffix.lower() in IMAGES:
        found.readings[name] = {"image": dict(image)}
    found.files.append(NamedFile(name, existing_file(Path(path))))


def _new(found: Given, name: str, text: str) -> str:
    name = name.strip()
    if not name:
        raise typer.BadParameter(f"{text!r} names no input.")
    if name in found.random or name in {one.name for one in found.files}:
        raise typer.BadParameter(f"The input {name!r} is given twice.")
    return name


def _recipe(recipe: str, text: str) -> dict[str, Any]:
    kind, *numbers = recipe.split(":")
    if kind not in RECIPES or len(numbers) not in {0, 2, 3}:
        raise typer.BadParameter(f"{text!r} is not NAME=KIND[:A:B[:SEED]], such as data=normal:0:1.")
    made: dict[str, Any] = {"distribution": kind}
    made |= dict(zip(RECIPES[kind], (_number(one, text) for one in numbers[:2]), strict=False))
    if len(numbers) == 3:
        if not numbers[2].isdigit():
            raise typer.BadParameter(f"The seed of {text!r} is not a whole number.")
        made["seed"] = int(numbers[2])
    return made


def _number(one: str, text: str) -> float:
    try:
        return float(one)
    except ValueError as error:
        raise typer.BadParameter(f"{one!r} in {text!r} is not a number.") from error
