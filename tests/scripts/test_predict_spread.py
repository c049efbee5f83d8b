"""The spread of networks on a subject's slices, and the volumes of the report's viewer."""

import json
import re

import nibabel
import numpy as np
import pytest

import embed_maps
import predict_maps
import predict_spread
from contrast2map.preprocessing.slices import Slices
from contrast2map.report import viewer_volumes

SHAPE, SELECTED = (20, 24, 10), range(2, 9)  # 20 and 24 are not multiples of the network's 16
PREDICTION = {"precision": "float32", "maximum_deviation_ms": {"T1": 50, "T2": 50}}
ABOUT = {"name": "Maps", "description": "small"}
# As acquired: from right to left, and from front to back.
AFFINE = np.array([[-2.0, 0, 0, 19], [0, -2, 0, 23], [0, 0, 3, -10], [0, 0, 0, 1]])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Folder with two networks, one subject, its maps and their spread."""
    from contrast2map.learning.unet import UNetConfig, build_unet

    folder = tmp_path_factory.mktemp("spread")
    (folder / "sub-01").mkdir()
    options = {"n_filters": 2, "n_levels": 4, "n_convolutions": 1, "initialiser_sd": 0.5}
    sample = np.random.default_rng(2).random((4, 32, 32, 1)).astype(np.float32)
    for seed in (1, 2):
        unet = UNetConfig(**options, normalisation_momentum=0.9)
        model = build_unet(unet, 1, 2, seed)
        last = model.get_layer("maps")
        found = model.predict(sample, verbose=0)
        mean, sd = (of(found, axis=(0, 1, 2)) for of in (np.mean, np.std))
        assert sd.all()  # otherwise the network ignores its input
        # Near tissue whatever the initial kernels: 0.4 and 0.03 of 3 s, with a tenth of that as SD.
        near = np.array([0.4, 0.03])
        last.kernel.assign(last.kernel * (near / 10 / sd))
        last.bias.assign(near * (1 - mean / 10 / sd))
        model.save(folder / f"{seed}.keras")
    rng = np.random.default_rng(1)
    brain = np.zeros(SHAPE, bool)
    brain[4:-4, 3:-3, 1:-1] = True
    scan = nibabel.Nifti1Image(rng.uniform(1, 9, SHAPE).astype(np.float32), AFFINE)
    nibabel.save(scan, folder / "sub-01/scan.nii.gz")
    canonical = nibabel.as_closest_canonical(scan)
    within = np.swapaxes(brain, 0, 2)[list(SELECTED)]
    images = rng.random((*within.shape, 1)).astype(np.float32) * within[..., None]
    Slices(
        inputs=images,
        contrasts=["mprage"],
        maps=rng.random((*within.shape, 2)).astype(np.float32),
        quantities=["T1", "T2"],
        brain=within,
        slice_indices=np.array(SELECTED),
    ).save(folder / "sub-01/slices.npz")
    maps_s = {"T1": rng.uniform(0.5, 2, SHAPE), "T2": rng.uniform(0.05, 0.2, SHAPE)}
    for name, values in {"brain": brain, "registered": canonical.get_fdata(), **maps_s}.items():
        image = nibabel.Nifti1Image(np.asarray(values, np.float32), canonical.affine)
        nibabel.save(image, folder / f"{name}.nii.gz")
    rows = [f"{z}\t{z in SELECTED}\n" for z in range(SHAPE[2])]
    (folder / "selection.tsv").write_text("slice\tselected\n" + "".join(rows))
    predict_maps.predict_maps(
        path_to_model=folder / "1.keras",
        paths_to_slices=[folder / "sub-01/slices.npz"],
        paths_to_scans=[folder / "sub-01/scan.nii.gz"],
        contrasts=["mprage"],
        map_scale_s=3.0,
        about=ABOUT,
        folder=folder / "maps",
        path_to_exactness=folder / "exactness.json",
        **PREDICTION,
    )
    spread(folder, [1, 2], folder / "spread")
    return folder


def spread(folder, networks, to):
    predict_spread.predict_spread(
        subject="01",
        paths_to_models=[folder / f"{seed}.keras" for seed in networks],
        path_to_slices=folder / "sub-01/slices.npz",
        path_to_scan=folder / "sub-01/scan.nii.gz",
        contrasts=["mprage"],
        map_scale_s=3.0,
        about=ABOUT,
        folder=to,
    )


def load(folder, name):
    return nibabel.load(folder / "sub-01" / "anat" / f"sub-01_{name}.nii.gz")


def test_the_spread_is_on_the_grid_of_the_maps_in_seconds(study):
    for quantity in ("T1", "T2"):
        map_s = load(study / "maps", f"{quantity}map")
        spread_s = load(study / "spread", f"desc-spread_{quantity}map")
        assert spread_s.shape == map_s.shape
        assert np.array_equal(spread_s.affine, map_s.affine)
        assert spread_s.get_data_dtype() == np.float32
        assert not spread_s.get_fdata()[map_s.get_fdata() == 0].all()
        selected = np.zeros(SHAPE, bool)
        selected[4:-4, 3:-3, list(SELECTED)] = True
        # The box of the brain is symmetric.
        assert (spread_s.get_fdata() > 0).sum() > 0.5 * selected.sum()
        assert not spread_s.get_fdata()[~selected].any()


def test_the_sidecar_describes_the_members_of_the_spread(study):
    path = study / "spread/sub-01/anat/sub-01_desc-spread_T2map.json"
    content = json.loads(path.read_text())
    assert content["Units"] == "s" and content["Sources"] == ["scan.nii.gz"]
    assert re.search(r"\bT2\b.*\b8 members.*\b2 network", content["EstimationAlgorithm"])
    assert (study / "spread/dataset_description.json").exists()


def test_one_network_has_a_spread_over_flipped_images(study, tmp_path):
    spread(study, [1], tmp_path)
    alone = load(tmp_path, "desc-spread_T1map").get_fdata()
    both = load(study / "spread", "desc-spread_T1map").get_fdata()
    assert alone.any() and not np.allclose(alone, both)


def test_the_embedded_voxels_are_those_of_the_files(study, tmp_path):
    files = {"scan": "registered.nii.gz", "brain": "brain.nii.gz"}
    files |= {"slice_selection": "selection.tsv"}
    for quantity in ("T1", "T2"):
        anat = "sub-01/anat/sub-01"
        files[f"reference_{quantity}"] = f"{quantity}.nii.gz"
        files[f"predicted_{quantity}"] = f"maps/{anat}_{quantity}map.nii.gz"
        files[f"spread_{quantity}"] = f"spread/{anat}_desc-spread_{quantity}map.nii.gz"
    path = tmp_path / "viewer.json"
    embed_maps.embed_maps(
        files={name: {"01": study / file} for name, file in files.items()},
        groups={"01": "suspected_MS"},
        target="mprage",
        budget_mb=1,
        path_to_viewer=path,
    )
    found = json.loads(path.read_text())
    (packed,) = found["subjects"]
    assert found["every"] == found["n_chosen"] == 1
    assert packed["subject"] == "01" and packed["group"] == "suspected MS"
    assert [panel["title"] for panel in found["panels"]["T2"]] == [
        *("MPRAGE", "T2 reference", "T2 network", "T2 error", "T2 spread")
    ]
    box = tuple(slice(a, a + n) for a, n in zip(packed["first"], packed["shape"], strict=True))
    roles = {"network": "predicted", "spread": "spread", "reference": "reference"}
    for name, stored in roles.items():
        for quantity, step in viewer_volumes.STEPS_MS.items():
            path = study / files[f"{stored}_{quantity}"]
            whole_ms = 1000 * nibabel.as_closest_canonical(nibabel.load(path)).get_fdata()
            encoded = packed["maps"][quantity][name]
            shown_ms = viewer_volumes.decode(encoded, packed["shape"])
            known = np.isfinite(shown_ms)
            assert encoded["step"] == step and known.sum() > 500
            assert np.abs(shown_ms - whole_ms[box])[known].max() <= step / 2 + 1e-3
