"""The two example networks. Runs in the engine's environment (Python 3.10)."""

import megengine.functional as F
import megengine.module as M
from megengine import Tensor


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
