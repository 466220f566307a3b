"""The network: a U-Net at half resolution whose skips are added, not stacked: a third of the work for the same width."""

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (16, 32, 64, 96)  # at 1/2, 1/4, 1/8 and 1/16 of the input
OUTPUTS = 4  # visible iris, whole pupil disc, whole limbus disc, eye opening
GRID = 16  # input height and width are multiples of this


def _convolution(channels: int, out: int, stride: int = 1, size: int = 3, dilation: int = 1) -> nn.Sequential:
    reach = dilation * (size // 2)
    conv = nn.Conv2d(channels, out, size, stride, reach, dilation=dilation, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class IrisSegmenter(nn.Module):
    """x (B, 1, H, W) of zero mean and unit deviation -> logits (B, 4, H/2, W/2); H and W multiples of 16."""

    def __init__(self) -> None:
        super().__init__()
        first = CHANNELS[0]
        self.stem = _convolution(1, first, 2, 5)
        self.down = nn.ModuleList(
            nn.Sequential(_convolution(before, out, 1 if before == out else 2), _convolution(out, out))
            for before, out in zip((first, *CHANNELS), CHANNELS, strict=False)
        )
        deep = CHANNELS[-1]
        self.context = nn.Sequential(_convolution(deep, deep, dilation=2), _convolution(deep, deep, dilation=4))
        climb = list(zip(CHANNELS[:0:-1], CHANNELS[-2::-1], strict=True))
        self.narrow = nn.ModuleList(nn.Conv2d(below, above, 1) for below, above in climb)
        self.up = nn.ModuleList(_convolution(above, above) for _, above in climb)
        self.out = nn.Conv2d(first, OUTPUTS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        x = self.stem(x)
        levels = []
        for down in self.down:
            x = down(x)
            levels.append(x)
        x = x + self.context(x)
        for narrow, up, skip in zip(self.narrow, self.up, levels[-2::-1], strict=True):
            x = up(functional.interpolate(narrow(x), scale_factor=2.0, mode="nearest") + skip)
        logits: Tensor = self.out(x)
        return logits


def export(network: IrisSegmenter, path: str) -> None:
    """Write the network as ONNX with free height and width, batch normalisation folded in."""
    network.eval()
    axes = {"x": {2: "height", 3: "width"}, "y": {2: "half_height", 3: "half_width"}}
    example = torch.zeros(1, 1, 192, 256)
    torch.onnx.export(network, (example,), path, input_names=["x"], output_names=["y"], dynamic_axes=axes, dynamo=False)
