"""How the bytes of an input become an array, and inputs that are made up. Part of the request document, and of the api's."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from core.events.values import Frozen


class InputFormat(StrEnum):
    """What a file is, recognised from its bytes."""

    NPY = "npy"
    NPZ = "npz"
    IMAGE = "image"
    """PNG, JPEG or PPM/PGM."""
    JSON = "json"
    """Nested lists of numbers."""


class ChannelOrder(StrEnum):
    BGR = "bgr"
    RGB = "rgb"
    GRAY = "gray"


class Layout(StrEnum):
    NCHW = "nchw"
    NHWC = "nhwc"


Finite = Annotated[float, Field(ge=-1e30, le=1e30)]
PerChannel = Annotated[tuple[Finite, ...], Field(min_length=1, max_length=3)]
Pixels = Annotated[int, Field(ge=1, le=16_384)]
Dtype = Literal[
    "float32", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool"
]  # fmt: skip


class ImageReading(Frozen):
    """Each value becomes ``(pixel - mean) * scale``, pixels from 0 to 255; one figure for all channels or one for each, in the channels' order."""

    mean: PerChannel = (0.0,)
    scale: PerChannel = (1.0,)
    order: ChannelOrder = ChannelOrder.BGR
    """As OpenCV and load_and_run have it, if not said otherwise."""
    layout: Layout = Layout.NCHW
    resize: tuple[Pixels, Pixels] | None = None
    """Height and width. If not given: as the model declares, in this layout."""


class Reading(Frozen):
    """How a file is read, where its bytes leave that open."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """Of a ``.npz``: which of its arrays; not needed when there is one, or one with the input's name."""
    dtype: Dtype | None = None
    """Of JSON and images: as the model declares, if not given."""
    image: ImageReading = ImageReading()


class RandomInput(Frozen):
    """Made-up data of the shape and dtype that the model declares. The same seed gives the same data."""

    distribution: Literal["uniform", "normal", "integers"]
    low: Finite = 0.0
    high: Finite = 1.0
    """``uniform``: from low to high, high left out. ``integers``: from low to high, both of them in."""
    mean: Finite = 0.0
    std: Annotated[float, Field(ge=0, le=1e30)] = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.distribution != "normal" and self.low > self.high:
            raise ValueError("low must not be over high")
        return self
