"""Build the example models and matching inputs: ``python build.py OUT_DIR [--broken]``, in the engine's environment.

Fixed seeds: two builds with one engine give the same bytes. ``--broken`` adds the files that a careful service has to refuse or survive.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import megengine
import megengine.functional as F
import megengine.module as M
import megengine.random
import numpy as np
from megengine import Tensor
from megengine.core._imperative_rt.core2 import apply
from megengine.core.ops.builtin import AssertEqual
from megengine.jit import trace

SEED = 20

Arrays = dict[str, np.ndarray]


class ConvBlock(M.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, *, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.conv = M.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False)
        self.norm = M.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


class ResidualBlock(M.Module):
    """Two convolutions and a way around them; the way around has a convolution where the shape changes."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.first = ConvBlock(in_channels, out_channels, stride=stride)
        self.conv = M.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.norm = M.BatchNorm2d(out_channels)
        same_shape = in_channels == out_channels and stride == 1
        self.around = M.Identity() if same_shape else M.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(self.first(x))) + self.around(x))


class ResidualNetwork(M.Module):
    """A small image classifier: ``data`` float32 (1, 3, 64, 64) in, 10 scores out."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvBlock(3, 16, stride=2)
        self.blocks = M.Sequential(ResidualBlock(16, 16, 1), ResidualBlock(16, 32, 2), ResidualBlock(32, 64, 2))
        self.score = M.Linear(64, 10)

    def forward(self, data: Tensor) -> Tensor:
        features = self.blocks(self.stem(data))
        return self.score(F.flatten(F.avg_pool2d(features, 8), 1))


class TwoInputNetwork(M.Module):
    """An image and a row of numbers: ``image`` float32 (1, 3, 32, 32) and ``numbers`` float32 (1, 16) in, 4 scores out."""

    def __init__(self) -> None:
        super().__init__()
        self.image = M.Sequential(ConvBlock(3, 8, stride=2), ConvBlock(8, 16, stride=2))
        self.numbers = M.Linear(16, 16)
        self.score = M.Linear(32, 4)

    def forward(self, image: Tensor, numbers: Tensor) -> Tensor:
        seen = F.flatten(F.avg_pool2d(self.image(image), 8), 1)
        return F.softmax(self.score(F.concat([seen, F.relu(self.numbers(numbers))], axis=1)), axis=1)


def dump(
    path: Path, function: Callable[..., Tensor], inputs: Arrays, *, keep_names: int = 1, as_written: bool = False
) -> None:
    """Trace ``function`` over ``inputs`` into a graph, and write it with its inputs (``<model>-<input>.npy``) beside it."""

    @trace(symbolic=True, capture_as_const=True)
    def traced(*tensors: Tensor) -> Tensor:
        return function(*tensors)

    traced(*(Tensor(array) for array in inputs.values()))
    traced.dump(str(path), arg_names=list(inputs), keep_var_name=keep_names, optimize_for_inference=not as_written)
    for name, array in inputs.items():
        np.save(path.with_name(f"{path.stem}-{name}.npy"), array)


def build_examples(out: Path) -> None:
    """``resnet.mge`` with the input ``data``; ``two_inputs.mge`` with the inputs ``image`` and ``numbers``."""
    megengine.random.seed(SEED)
    rng = np.random.default_rng(SEED)

    def floats(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape, dtype=np.float32)

    residual, two_inputs = ResidualNetwork(), TwoInputNetwork()
    residual.eval()
    two_inputs.eval()
    dump(out / "resnet.mge", residual, {"data": floats(1, 3, 64, 64)})
    dump(out / "two_inputs.mge", two_inputs, {"image": floats(1, 3, 32, 32), "numbers": floats(1, 16)})


def build_broken(out: Path) -> None:
    """Files that must fail, each in its own way.

    ``checkpoint.mge``: weights saved with ``megengine.save``, a pickle and not a graph. ``crash.mge``: divides integers by an input of zeros, which ends the engine's
    process with SIGFPE. ``huge.mge``: spreads one number to the shape that its input asks for, 160 GB. ``slow.mge``:
    as good as endless at the size that its input asks for. ``talk.mge``: writes 250 kB to the log in each run. And one that need not fail, but has outputs that
    are no numbers: ``normed.mge`` keeps its normalisations.
    """
    megengine.save(ResidualNetwork().state_dict(), str(out / "checkpoint.mge"))
    ones = np.ones(4, dtype=np.int32)
    dump(out / "crash.mge", lambda number, divisor: number // divisor, {"number": ones, "divisor": ones})
    np.save(out / "crash-divisor.npy", np.zeros(4, dtype=np.int32))
    dump(
        out / "huge.mge",
        lambda x, shape: F.broadcast_to(x, shape) + 1,
        {"x": np.ones((1, 1), np.float32), "shape": np.ones(2, np.int32)},
    )
    np.save(out / "huge-shape.npy", np.full(2, 200_000, dtype=np.int32))
    dump(out / "slow.mge", sines, {"x": np.ones((1, 1), np.float32), "shape": np.ones(2, np.int32)})
    np.save(out / "slow-shape.npy", np.full(2, 4096, dtype=np.int32))
    dump(out / "talk.mge", assertions, {"x": np.ones(1, np.float32)}, keep_names=2)
    block = ConvBlock(3, 4)
    block.eval()
    dump(out / "normed.mge", block, {"data": np.ones((1, 3, 8, 8), np.float32)}, as_written=True)


def sines(x: Tensor, shape: Tensor) -> Tensor:
    """The sine, five hundred times, of as many numbers as ``shape`` says: at 4096 by 4096 that takes half a minute at best."""
    spread = F.broadcast_to(x, shape)
    for _ in range(500):
        spread = F.sin(spread)
    return spread


def assertions(x: Tensor) -> Tensor:
    """Fifty assertions that hold, and say so: each says the name of what it looks at, and that is long."""
    named = x + 1
    named.name = "a" * 5000
    error, total = (x - x).max(), x
    for largest in range(50):
        (same,) = apply(AssertEqual(maxerr=1.0 + largest, verbose=True), named, named, error)
        total = total + same
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--broken", action="store_true", help="build the files that must fail, too")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    build_examples(arguments.out)
    if arguments.broken:
        build_broken(arguments.out)
    for path in sorted(arguments.out.iterdir()):
        print(path)


if __name__ == "__main__":
    main()
