"""Write a model of resnet18's size and its input: ``python resnet18.py OUT_DIR``, in the engine's environment. Random weights: only the time that it takes matters."""

import sys
from pathlib import Path

import megengine.random
import numpy as np
from megengine import Tensor, functional, module
from megengine.jit import trace


class Block(module.Module):
    """Two 3 by 3 convolutions and a way around them."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.first = module.Sequential(
            module.Conv2d(in_channels, channels, 3, stride, 1, bias=False), module.BatchNorm2d(channels)
        )
        self.second = module.Sequential(
            module.Conv2d(channels, channels, 3, 1, 1, bias=False), module.BatchNorm2d(channels)
        )
        same = in_channels == channels and stride == 1
        around = module.Sequential(
            module.Conv2d(in_channels, channels, 1, stride, bias=False), module.BatchNorm2d(channels)
        )
        self.around = module.Identity() if same else around

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(functional.relu(self.first(x))) + self.around(x))


class ResNet18(module.Module):
    """``data`` float32 (1, 3, 224, 224) in, 1,000 scores out; 11.7 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = module.Sequential(module.Conv2d(3, 64, 7, 2, 3, bias=False), module.BatchNorm2d(64))
        self.pool = module.MaxPool2d(3, 2, 1)
        widths = (64, 64, 64, 128, 128, 256, 256, 512, 512)
        strides = (1, 1, 2, 1, 2, 1, 2, 1)
        pairs = zip(widths[:-1], widths[1:], strides, strict=True)
        self.blocks = module.Sequential(*(Block(before, after, stride) for before, after, stride in pairs))
        self.score = module.Linear(512, 1000)

    def forward(self, data: Tensor) -> Tensor:
        x = self.blocks(self.pool(functional.relu(self.stem(data))))
        return self.score(functional.flatten(functional.avg_pool2d(x, 7), 1))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    megengine.random.seed(18)
    network = ResNet18()
    network.eval()
    data = np.random.RandomState(18).uniform(size=(1, 3, 224, 224)).astype("float32")

    @trace(symbolic=True, capture_as_const=True)
    def infer(x: Tensor) -> Tensor:
        return network(x)

    infer(Tensor(data))
    infer.dump(str(folder / "resnet18.mge"), arg_names=["data"], optimize_for_inference=False)
    np.save(folder / "resnet18-data.npy", data)


if __name__ == "__main__":
    main()
