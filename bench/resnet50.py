"""Write a model of resnet50's size and its input: ``python resnet50.py OUT_DIR``, in the engine's environment. Random weights: only its graph and its size matter."""

import sys
from pathlib import Path

import megengine.random
import numpy as np
from megengine import Tensor, functional, module
from megengine.jit import trace

DEPTHS = ((64, 3), (128, 4), (256, 6), (512, 3))
WIDER = 4


def convolution(before: int, after: int, size: int, stride: int = 1) -> module.Sequential:
    """A convolution and the normalisation after it."""
    return module.Sequential(
        module.Conv2d(before, after, size, stride, size // 2, bias=False), module.BatchNorm2d(after)
    )


class Bottleneck(module.Module):
    """Three convolutions, the middle one narrow, and a way around them."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = width * WIDER
        self.narrow = convolution(before, width, 1)
        self.middle = convolution(width, width, 3, stride)
        self.wide = convolution(width, after, 1)
        self.around = module.Identity() if before == after and stride == 1 else convolution(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.middle(functional.relu(self.narrow(x))))
        return functional.relu(self.wide(inner) + self.around(x))


class ResNet50(module.Module):
    """``data`` float32 (1, 3, 224, 224) in, 1,000 scores out; 25.6 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = convolution(3, 64, 7, 2)
        self.pool = module.MaxPool2d(3, 2, 1)
        blocks, before = [], 64
        for width, depth in DEPTHS:
            for number in range(depth):
                blocks.append(Bottleneck(before, width, 2 if number == 0 and width > 64 else 1))
                before = width * WIDER
        self.blocks = module.Sequential(*blocks)
        self.score = module.Linear(before, 1000)

    def forward(self, data: Tensor) -> Tensor:
        x = self.blocks(self.pool(functional.relu(self.stem(data))))
        return self.score(functional.flatten(functional.avg_pool2d(x, 7), 1))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    megengine.random.seed(50)
    network = ResNet50()
    network.eval()
    data = np.random.RandomState(50).uniform(size=(1, 3, 224, 224)).astype("float32")

    @trace(symbolic=True, capture_as_const=True)
    def infer(x: Tensor) -> Tensor:
        return network(x)

    infer(Tensor(data))
    infer.dump(str(folder / "resnet50.mge"), arg_names=["data"], optimize_for_inference=False)
    np.save(folder / "resnet50-data.npy", data)


if __name__ == "__main__":
    main()
