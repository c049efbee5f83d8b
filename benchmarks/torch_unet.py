"""Network and loss of contrast2map in idiomatic PyTorch, channels last."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Group(nn.Sequential):
    """Repeated convolution, batch normalisation and ReLU."""

    def __init__(self, n_in, n_out, n_convolutions):
        layers = []
        for number in range(n_convolutions):
            layers += [
                nn.Conv2d(n_out if number else n_in, n_out, 3, padding=1, bias=False),
                nn.BatchNorm2d(n_out, eps=1e-3),
                nn.ReLU(inplace=True),
            ]
        super().__init__(*layers)

    def fold(self):
        """Fold each batch normalisation into the convolution before it, for prediction."""
        for number in range(0, len(self), 3):
            self[number] = fuse_conv_bn_eval(self[number], self[number + 1])
            self[number + 1] = nn.Identity()


class UNet(nn.Module):
    """Like contrast2map.learning.unet.build_unet."""

    def __init__(self, n_filters, n_levels, n_convolutions, n_contrasts, n_quantities):
        super().__init__()
        widths = [n_filters * 2**level for level in range(n_levels + 1)]
        self.down = nn.ModuleList(
            Group(n_in, n_out, n_convolutions)
            for n_in, n_out in zip([n_contrasts, *widths[:-1]], widths, strict=True)
        )
        self.upconv = nn.ModuleList(
            nn.Conv2d(2 * n, n, 2, padding="same") for n in reversed(widths[:-1])
        )
        self.up = nn.ModuleList(Group(2 * n, n, n_convolutions) for n in reversed(widths[:-1]))
        self.maps = nn.Conv2d(n_filters, n_quantities, 1)

    def forward(self, features):
        """Maps, shape (batch, quantity, height, width), of images of that shape."""
        skips = []
        for group in self.down[:-1]:
            features = group(features)
            skips.append(features)
            features = functional.avg_pool2d(features, 2)
        features = self.down[-1](features)
        for upconv, group in zip(self.upconv, self.up, strict=True):
            features = functional.interpolate(
                features, scale_factor=2, mode="bilinear", align_corners=False
            )
            features = group(torch.cat([skips.pop(), upconv(features)], dim=1))
        return self.maps(features)


def loss(predicted, target, window, ssim_weight):
    """L1 + ssim_weight (1 - SSIM), with a Gaussian window applied along both axes in turn."""
    fields = torch.cat([target, predicted, target**2 + predicted**2, target * predicted], dim=1)
    n_channels = fields.shape[1]
    blurred = functional.conv2d(fields, window.expand(n_channels, 1, -1, 1), groups=n_channels)
    blurred = functional.conv2d(
        blurred, window.transpose(2, 3).expand(n_channels, 1, 1, -1), groups=n_channels
    )
    mean_t, mean_p, squares, products = blurred.chunk(4, dim=1)
    data_range = target.max() - target.min()
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    means = mean_t**2 + mean_p**2
    ssim = (2 * mean_t * mean_p + c1) / (means + c1)
    ssim = ssim * (2 * (products - mean_t * mean_p) + c2) / (squares - means + c2)
    return (target - predicted).abs().mean() + ssim_weight * (1 - ssim.mean())


def training_step(n_filters, images, maps, precision):
    """Function that trains one step on a batch.

    Args:
        n_filters: Number of filters at full resolution.
        images: NumPy array, shape (batch, height, width, contrast).
        maps: NumPy array, shape (batch, height, width, quantity).
        precision: "float32" or "bfloat16".
    """
    torch.set_num_threads(torch.get_num_threads())
    model = UNet(n_filters, 4, 3, images.shape[-1], maps.shape[-1])
    model = model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), 1e-4, betas=(0.5, 0.999))
    offsets = torch.arange(11) - 5.0
    window = torch.exp(-(offsets**2) / (2 * 1.5**2))
    window = (window / window.sum()).reshape(1, 1, 11, 1)

    def step():
        batch, target = (
            torch.from_numpy(each).permute(0, 3, 1, 2) for each in (images, maps)
        )  # a view: channels are already last in memory
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            predicted = model(batch)
        optimiser.zero_grad(set_to_none=True)
        loss(predicted.float(), target, window, 0.1).backward()
        optimiser.step()

    return step


def prediction_step(n_filters, images, n_quantities, precision):
    """Function that predicts maps of a batch, with batch normalisations folded.

    Args:
        n_filters: Number of filters at full resolution.
        images: NumPy array, shape (batch, height, width, contrast).
        n_quantities: Number of maps.
        precision: "float32" or "bfloat16".
    """
    model = UNet(n_filters, 4, 3, images.shape[-1], n_quantities).eval()
    for group in [*model.down, *model.up]:
        group.fold()
    model = model.to(memory_format=torch.channels_last)

    def step():
        batch = torch.from_numpy(images).permute(0, 3, 1, 2)  # a view, as in training
        with (
            torch.inference_mode(),
            torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"),
        ):
            return model(batch).float().permute(0, 2, 3, 1).numpy()

    return step
