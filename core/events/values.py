"""Values that several events hold: numbers, enumerations and digests, never words of a person."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from core.events.ids import EngineVersion, Sha256

Count = Annotated[int, Field(ge=0, le=2**53)]
"""A number of things or bytes; bounded, so that every reader can hold it."""
Seconds = Annotated[float, Field(ge=0)]
Computation = Annotated[float, Field(ge=0)]
"""Floating point operations."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A short name that the engine or the operating system gave. Control characters could not be stored by every reader."""


class Frozen(BaseModel):
    """Base of all facts and values: immutable, and nothing unknown is let in."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ProfileOptions(Frozen):
    """How a model is measured. Times in seconds. ``core.options`` says which of these work where; names are load_and_run's own where it has one."""

    iterations: Annotated[int, Field(ge=1, le=100_000)] = 10
    """Runs of the clean timing pass; each one's latency is kept."""
    warmup: Annotated[int, Field(ge=0, le=10_000)] = 1
    """Runs before the timing pass that are not counted."""
    profiled_passes: Annotated[int, Field(ge=1, le=50)] = 5
    """Runs with the engine's profiler attached, after the clean pass."""
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    """CPU threads that the engine computes with."""
    batch_size: Annotated[int, Field(ge=1, le=65_536)] | None = None
    """First dimension of every input; the data are repeated to fill it. By default as the data are."""
    fast_run: bool = False
    """Choose algorithms by timing the optimised ones."""
    full_run: bool = False
    """Choose algorithms by timing all of them."""
    reproducible: bool = False
    """Only algorithms that give the same bits every time."""
    weight_preprocess: bool = False
    """Transform weights once, before the first run, instead of in every run; takes more memory."""
    nchw4: bool = False
    nchw44: bool = False
    nchw44_dot: bool = False
    nchw88: bool = False
    nchw32: bool = False
    nchw64: bool = False
    chwn4: bool = False
    nhwcd4: bool = False
    """These eight: change the layout of tensors to this one. At most one of them."""
    fuse_conv_bias_nonlinearity: bool = False
    """Make one operator of convolution, bias and nonlinearity."""
    fuse_conv_bias_with_z: bool = False
    """Make one operator of convolution, bias and an addition after it; may change results slightly."""
    ioc16: bool = False
    """float16 between operators and inside them."""
    io16xc32: bool = False
    """float16 between operators, float32 inside them."""
    workspace_limit: Annotated[int, Field(ge=0, le=2**53)] | None = None
    """Most bytes that an algorithm may use as workspace."""
    output_dumps: bool = False
    """Keep the outputs of one more run, as ``.npy`` artifacts."""
    output_rms: bool = False
    """Keep the root mean square of each output of one more run."""
    time_limit_s: Annotated[float, Field(gt=0, le=86_400)] = 600.0
    """Longest time from start to end of one attempt."""
    queue_limit_s: Annotated[float, Field(gt=0, le=30 * 86_400)] = 86_400.0
    """Longest time in the queue before the task expires."""


class Latency(Frozen):
    """Distribution of end-to-end latencies of the clean pass, in seconds."""

    count: Count
    min: float
    p50: float
    p90: float
    p99: float
    max: float
    mean: float
    std: float


class Totals(Frozen):
    """Sums over all operators of a profile (medians over the profiled passes)."""

    operators: Count
    device_s: Seconds
    """Device self time, seconds."""
    computation: float
    """Floating point operations."""
    memory: float
    """Bytes read and written."""


class TypeSum(Frozen):
    """Sums over the operators of one type."""

    type: Label
    count: Count
    device_s: Seconds
    computation: float
    memory: float


ArtifactName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
"""One level of a key in the object store, and nothing that leads out of it."""


class Artifact(Frozen):
    """A file that an attempt left in the object store, at ``artifacts/<task>/<attempt>-<name>``."""

    name: ArtifactName
    sha256: Sha256
    size: Count


class DevicePeaks(Frozen):
    """The best that an engine was seen to reach on a device: float32 operations and bytes, each per second."""

    flops: Annotated[float, Field(gt=0, le=1e18)]
    bandwidth: Annotated[float, Field(gt=0, le=1e18)]


class EngineOffer(Frozen):
    """An engine that a runner can run: version, driver and build. ``peaks``: where the runner could measure them."""

    version: EngineVersion
    driver: Label
    build: Label
    peaks: DevicePeaks | None = None
