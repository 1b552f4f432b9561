"""Write a model of a residual network's size and its input: ``python residual.py resnet18|resnet50 OUT_DIR``, in the engine's environment.

Random weights: only its graph, its size and the time that it takes matter.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import megengine.random
import numpy as np
from megengine import Tensor, functional, module
from megengine.jit import trace

WIDTHS = (64, 128, 256, 512)
WIDER = 4
"""So many times as many channels go out of a bottleneck as are inside."""


def convolution(before: int, after: int, size: int, stride: int = 1) -> module.Sequential:
    """A convolution and the normalisation after it."""
    return module.Sequential(
        module.Conv2d(before, after, size, stride, size // 2, bias=False), module.BatchNorm2d(after)
    )


class Block(module.Module):
    """Convolutions one after the other, and a way around them."""

    def __init__(self, before: int, after: int, stride: int, *inner: module.Sequential) -> None:
        super().__init__()
        self.first, self.last = module.Sequential(*inner[:-1]), inner[-1]
        self.around = module.Identity() if before == after and stride == 1 else convolution(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = x
        for one in self.first:
            inner = functional.relu(one(inner))
        return functional.relu(self.last(inner) + self.around(x))


def plain(before: int, width: int, stride: int) -> tuple[Block, int]:
    """Two 3 by 3 convolutions. Gives how many channels go out, too."""
    return Block(before, width, stride, convolution(before, width, 3, stride), convolution(width, width, 3)), width


def bottleneck(before: int, width: int, stride: int) -> tuple[Block, int]:
    """Three convolutions, the middle one narrow. Gives how many channels go out, too."""
    after = width * WIDER
    inner = convolution(before, width, 1), convolution(width, width, 3, stride), convolution(width, after, 1)
    return Block(before, after, stride, *inner), after


class Network(module.Module):
    """``data`` float32 (1, 3, 224, 224) in, 1,000 scores out."""

    def __init__(self, make: Callable[[int, int, int], tuple[Block, int]], depths: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = convolution(3, 64, 7, 2)
        self.pool = module.MaxPool2d(3, 2, 1)
        blocks, channels = [], 64
        for width, depth in zip(WIDTHS, depths, strict=True):
            for number in range(depth):
                block, channels = make(channels, width, 2 if number == 0 and width > 64 else 1)
                blocks.append(block)
        self.blocks = module.Sequential(*blocks)
        self.score = module.Linear(channels, 1000)

    def forward(self, data: Tensor) -> Tensor:
        x = self.blocks(self.pool(functional.relu(self.stem(data))))
        return self.score(functional.flatten(functional.avg_pool2d(x, 7), 1))


NETWORKS = {"resnet18": (18, plain, (2, 2, 2, 2)), "resnet50": (50, bottleneck, (3, 4, 6, 3))}
"""Name -> seed, block, blocks of each width: 11.7 and 25.6 million parameters."""


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    seed, make, depths = NETWORKS[name]
    folder.mkdir(parents=True, exist_ok=True)
    megengine.random.seed(seed)
    network = Network(make, depths)
    network.eval()
    data = np.random.RandomState(seed).uniform(size=(1, 3, 224, 224)).astype("float32")

    @trace(symbolic=True, capture_as_const=True)
    def infer(x: Tensor) -> Tensor:
        return network(x)

    infer(Tensor(data))
    infer.dump(str(folder / f"{name}.mge"), arg_names=["data"], optimize_for_inference=False)
    np.save(folder / f"{name}-data.npy", data)


if __name__ == "__main__":
    main()
