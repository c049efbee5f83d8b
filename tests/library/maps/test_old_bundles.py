"""Networks from bundles made before the library was split into packages can be read."""

import re
import zipfile

import numpy as np

from contrast2map.any_protocol import pretrained
from contrast2map.learning.unet import UNetConfig, build_unet

# Classes that bundles name, and the module of each when they were made.
MODULES = {
    "FusedBatchNormalization": "batch_normalisation",
    "BilinearUpsampling": "upsampling",
    "NormalStart": "unet",
}


def saved_before(model, path):
    """Write a model as the library of flat modules did: its classes were in other modules."""
    model.save(path)
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    text = parts["config.json"].decode()
    for name, module in MODULES.items():
        pattern = rf'"module": "contrast2map\.[\w.]+", "class_name": "{name}"'
        text = re.sub(pattern, f'"module": "contrast2map.{module}", "class_name": "{name}"', text)
    parts["config.json"] = text.encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return text


def test_a_network_whose_classes_have_moved_is_read_and_predicts_the_same(tmp_path, rng):
    config = UNetConfig(
        n_filters=2, n_levels=2, n_convolutions=1, initialiser_sd=0.2, normalisation_momentum=0.9
    )
    model = build_unet(config, 2, 2, seed=1)
    text = saved_before(model, tmp_path / "model.keras")
    assert '"contrast2map.batch_normalisation"' in text and '"contrast2map.upsampling"' in text
    assert "contrast2map.learning" not in text
    images = rng.random((1, 8, 8, 2)).astype(np.float32)
    found = pretrained.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        found.predict(images, verbose=0), model.predict(images, verbose=0)
    )
